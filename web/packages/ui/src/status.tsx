"use client";

import type { ConnectionStats, Quality } from "@lectern/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon, type IconName } from "./icons";
import { messages } from "./messages";

/** What the connection feels like, in bars and in words. */
export function ConnectionBadge({ quality }: { quality: Quality | "connecting" }): ReactNode {
  const bars = { good: 3, poor: 2, lost: 0, connecting: 1 }[quality];
  const colour = { good: "text-good", poor: "text-warn", lost: "text-bad", connecting: "text-muted" }[quality];
  const word = messages.connection[quality];
  return (
    <span className={`inline-flex h-7 items-center gap-1.5 text-sm ${colour}`} title={messages.connection.label(word)}>
      <svg viewBox="0 0 16 16" className="size-4" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect key={bar} x={1 + bar * 5} y={10 - bar * 4} width="3.5" height={5 + bar * 4} rx="1.2" fill="currentColor" opacity={bar < bars ? 1 : 0.25} />
        ))}
      </svg>
      <span className="sr-only">{messages.connection.label(word)}</span>
      {quality === "good" ? null : (
        <span aria-hidden="true" className="hidden sm:inline">
          {word}
        </span>
      )}
    </span>
  );
}

/** The red mark of something that others see now. */
export function LiveBadge({ label, on = true }: { label: string; on?: boolean }): ReactNode {
  return (
    <span className={`inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-sm font-semibold ${on ? "bg-live text-on-live" : "bg-sunken text-muted"}`}>
      <span className={`size-2 rounded-full bg-current ${on ? "" : "opacity-50"}`} />
      {label}
    </span>
  );
}

/** How many are here, as the room tells it; else how many watch. */
export function Audience({ present, viewers }: { present: number | undefined; viewers: number | undefined }): ReactNode {
  const count = present ?? viewers;
  if (count === undefined) return null;
  const words = present === undefined ? messages.viewers(count) : messages.present(count);
  return (
    <span className="inline-flex h-7 items-center gap-1.5 text-sm tabular-nums text-muted" title={words}>
      <Icon name="people" className="size-4.5" />
      <span aria-hidden="true">{count.toLocaleString("en")}</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}

const TONES = {
  info: "border-line bg-surface text-ink",
  warn: "border-warn/40 bg-warn-soft text-ink",
  bad: "border-bad/40 bg-bad-soft text-ink",
} as const;
const TONE_ICONS: Record<keyof typeof TONES, [IconName, string]> = { info: ["info", "text-accent"], warn: ["alert", "text-warn"], bad: ["alert", "text-bad"] };

/** A word to the person, with what can be done about it. */
export function Notice({ tone, title, children, action }: { tone: keyof typeof TONES; title?: string; children?: ReactNode; action?: ReactNode }): ReactNode {
  const [icon, colour] = TONE_ICONS[tone];
  return (
    <div className={`appear flex flex-wrap items-center justify-end gap-3 rounded-2xl border px-4 py-3 shadow-lift ${TONES[tone]}`}>
      <Icon name={icon} className={`size-5 self-start ${colour}`} />
      {/* Where it is narrow, what can be done stands below. */}
      <div className="min-w-52 flex-1 text-[0.9375rem] leading-snug">
        {title === undefined ? null : <p className="font-semibold">{title}</p>}
        {children}
      </div>
      {action}
    </div>
  );
}

/** Says changes to a screen reader without moving the focus. Equal text is said once. */
export function Announcer({ text }: { text: string }): ReactNode {
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}

/** Minutes and seconds (and hours) since `sinceMs`. Not announced: a clock that speaks is noise. */
export function Elapsed({ sinceMs, label }: { sinceMs: number; label: string }): ReactNode {
  const [nowMs, setNowMs] = useState(sinceMs);
  useEffect(() => {
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [sinceMs]);
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const text = `${hours > 0 ? `${hours}:` : ""}${hours > 0 ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return (
    <span role="timer" aria-live="off" aria-label={label} className="text-sm tabular-nums text-muted">
      {text}
    </span>
  );
}

/** A bar as long as the microphone is loud. `read` is asked at every frame; React is not. */
export function LevelBar({ label, read }: { label: string; read: (() => number) | undefined }): ReactNode {
  const fill = useRef<HTMLDivElement>(null);
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (read === undefined) return;
    let frame = 0;
    let shown = 0;
    const draw = () => {
      // Up at once, down slowly: the eye can follow.
      shown = Math.max(read(), shown * 0.92);
      fill.current?.style.setProperty("--level", shown.toFixed(3));
      meter.current?.setAttribute("aria-valuenow", String(Math.round(shown * 100)));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [read]);
  return (
    <div ref={meter} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0} className="h-2 overflow-hidden rounded-full bg-sunken">
      <div ref={fill} className="level-fill h-full rounded-full bg-good" />
    </div>
  );
}

/** The figures behind the picture. */
export function StatisticsTable({ stats, nameOf }: { stats: ConnectionStats | undefined; nameOf: (mid: string, kind: "audio" | "video") => string }): ReactNode {
  const words = messages.statistics;
  if (stats === undefined || stats.intervalMs === 0) return <p className="text-muted">{words.empty}</p>;
  const tracks = stats.tracks.filter((track) => track.packets > 0 || track.kind === "video");
  const columns = [words.stream, words.codec, words.bitrate, words.picture, words.frames, words.loss, words.jitter, words.dropped];
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Figure label={words.rtt} value={stats.rttMs === undefined ? words.nothing : `${Math.round(stats.rttMs)} ms`} />
        {stats.bitrateInBps > 0 ? <Figure label={words.received} value={bitrate(stats.bitrateInBps)} /> : null}
        {stats.bitrateOutBps > 0 ? <Figure label={words.sent} value={bitrate(stats.bitrateOutBps)} /> : null}
      </dl>
      <div className="-mx-5 overflow-x-auto px-5 sm:-mx-6 sm:px-6" tabIndex={0} role="region" aria-label={words.title}>
        <table className="w-full text-left text-sm tabular-nums">
          <thead>
            <tr className="text-muted">
              {columns.map((column) => (
                <th key={column} scope="col" className="whitespace-nowrap border-b border-line py-2 pr-4 font-medium">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tracks.map((track) => (
              <tr key={`${track.direction}${track.mid}${track.rid ?? ""}`} className="border-b border-line/60 last:border-0">
                <th scope="row" className="whitespace-nowrap py-2 pr-4 font-medium">
                  {nameOf(track.mid, track.kind)}
                  {track.rid === undefined ? "" : `, ${words.layer(track.rid)}`}
                </th>
                <Cell>{track.codec ?? words.nothing}</Cell>
                <Cell>{bitrate(track.bitrateBps)}</Cell>
                <Cell>{track.height > 0 ? `${track.width} × ${track.height}` : words.nothing}</Cell>
                <Cell>{track.kind === "video" ? Math.round(track.fps) : words.nothing}</Cell>
                <Cell>{`${(track.lossRatio * 100).toFixed(1)} %`}</Cell>
                <Cell>{`${Math.round(track.jitterMs)} ms`}</Cell>
                <Cell>{track.kind === "video" ? track.framesDropped : words.nothing}</Cell>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Figure({ label, value }: { label: string; value: string }): ReactNode {
  return (
    <div className="rounded-2xl bg-sunken px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="text-lg font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

function Cell({ children }: { children: ReactNode }): ReactNode {
  return <td className="whitespace-nowrap py-2 pr-4">{children}</td>;
}

function bitrate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;
}
