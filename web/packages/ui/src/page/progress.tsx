import type { ReactNode } from "react";

const whole = (percent: number) => Math.round(Math.min(100, Math.max(0, percent)));

/** How much of something is done, as a bar. Without `percent` it only says that something goes on. */
export function ProgressBar({ label, percent, text }: { label: string; percent: number | undefined; text?: string }): ReactNode {
  const value = percent === undefined ? undefined : whole(percent);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex justify-between gap-3 text-sm text-muted">
        <span className="min-w-0 truncate">{label}</span>
        <span className="tabular-nums">{text ?? (value === undefined ? "" : `${value} %`)}</span>
      </div>
      {/* Drawn, because the policy allows no style in an attribute. */}
      <svg role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={value} aria-valuetext={text} viewBox="0 0 100 2" preserveAspectRatio="none" className="h-2 w-full overflow-hidden rounded-full bg-sunken">
        <rect width={value ?? 100} height="2" className={`fill-accent transition-[width] duration-300 ${value === undefined ? "animate-pulse opacity-50" : ""}`} />
      </svg>
    </div>
  );
}

const RADIUS = 20;
const ROUND = 2 * Math.PI * RADIUS;

/** The same as a ring, with the number in its middle. */
export function ProgressRing({ label, percent, className = "size-16" }: { label: string; percent: number; className?: string }): ReactNode {
  const value = whole(percent);
  return (
    <svg role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={value} viewBox="0 0 48 48" className={`shrink-0 ${className}`}>
      <circle cx="24" cy="24" r={RADIUS} fill="none" strokeWidth="5" className="stroke-sunken" />
      <circle cx="24" cy="24" r={RADIUS} fill="none" strokeWidth="5" strokeLinecap="round" strokeDasharray={`${(value / 100) * ROUND} ${ROUND}`} transform="rotate(-90 24 24)"
        className={`transition-[stroke-dasharray] duration-500 ${value === 0 ? "stroke-transparent" : "stroke-accent"}`} />
      <text x="24" y="24" textAnchor="middle" dominantBaseline="central" className={`fill-ink font-semibold tabular-nums ${value === 100 ? "text-[0.625rem]" : "text-[0.75rem]"}`}>{value}%</text>
    </svg>
  );
}
