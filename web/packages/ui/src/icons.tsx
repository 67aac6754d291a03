import type { ReactNode } from "react";

/** Drawn on a grid of 24, with one stroke width; always beside a label or inside of something that has one. */
const PATHS = {
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21",
  micOff: "M15 10.5V6a3 3 0 0 0-5.9-.8M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11a6.5 6.5 0 0 0 10.4 5.2M18.5 11a6.5 6.5 0 0 1-.7 2.9M12 17.5V21M4 4l16 16",
  camera: "M4.5 6.5h8a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM14.5 10.5l6-3.5v10l-6-3.5",
  cameraOff: "M9.5 6.5h3a2 2 0 0 1 2 2v3M14.5 14.6v.9a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.6-2M14.5 10.5l6-3.5v10l-3-1.8M4 4l16 16",
  screen: "M4 4.5h16a1.5 1.5 0 0 1 1.5 1.5v9.5A1.5 1.5 0 0 1 20 17H4a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 4 4.5zM8.5 20.5h7M12 17v3.5M12 13.5V8M9.5 10.2L12 7.8l2.5 2.4",
  screenOff: "M4 4.5h16a1.5 1.5 0 0 1 1.5 1.5v9.5A1.5 1.5 0 0 1 20 17H4a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 4 4.5zM8.5 20.5h7M12 17v3.5M9.8 8.5l4.4 4.4M14.2 8.5l-4.4 4.4",
  volume: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  volumeOff: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  headphones: "M4 15.5v-3a8 8 0 0 1 16 0v3M4 15.5a2 2 0 0 1 2-2h1v6H6a2 2 0 0 1-2-2zM20 15.5a2 2 0 0 0-2-2h-1v6h1a2 2 0 0 0 2-2z",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM9 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z",
  chart: "M4 20h16M7 16.5v-4M12 16.5v-9M17 16.5v-6.5",
  expand: "M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15",
  shrink: "M9 4v3.5A1.5 1.5 0 0 1 7.5 9H4M20 9h-3.5A1.5 1.5 0 0 1 15 7.5V4M15 20v-3.5a1.5 1.5 0 0 1 1.5-1.5H20M4 15h3.5A1.5 1.5 0 0 1 9 16.5V20",
  keyboard: "M4 6.5h16A1.5 1.5 0 0 1 21.5 8v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 16V8A1.5 1.5 0 0 1 4 6.5zM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8",
  leave: "M9.5 4.5h-3a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h3M15 8l4.5 4L15 16M19.5 12H10",
  swap: "M7 4.5L3.5 8 7 11.5M3.5 8H16M17 12.5l3.5 3.5-3.5 3.5M20.5 16H8",
  people: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3 19.5c.5-3.4 2.8-5.2 6-5.2s5.500 1.800 6 5.200M16 11.200a2.800 2.800 0 1 0-.9-5.400M17.200 14.500c2.100.4 3.500 2 3.900 4.400",
  chevron: "M6.5 9.500l5.500 5.500 5.500-5.500",
  check: "M5 12.500l4.500 4.500L19 7.500",
  close: "M6 6l12 12M18 6L6 18",
  alert: "M12 4L2.800 19.500h18.400zM12 10v4.500M12 17h.01",
  info: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 11v5M12 8h.01",
  broadcast: "M12 10.200a1.800 1.800 0 1 1 0 3.600 1.800 1.800 0 0 1 0-3.600M8.200 8.200a5.400 5.400 0 0 0 0 7.600M15.800 8.200a5.400 5.400 0 0 1 0 7.600M5.400 5.400a9.300 9.300 0 0 0 0 13.200M18.600 5.400a9.300 9.300 0 0 1 0 13.200",
  stop: "M7 7h10v10H7z",
  person: "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.7-4.200 3.500-6.300 7.500-6.300s6.800 2.100 7.500 6.300",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A picture beside words; a screen reader leaves it out. */
export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" className={`shrink-0 ${className}`}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a lectern with an open book. */
export function Mark({ className = "size-7" }: { className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <path d="M16 11.500c-2.200-1.700-5-2.300-8-2v8.300c3-.3 5.800.3 8 2 2.200-1.700 5-2.300 8-2V9.500c-3-.3-5.800.3-8 2zM16 11.500v8.300M16 22.300v2.200M11.500 24.500h9" fill="none" strokeWidth="1.900" strokeLinecap="round" strokeLinejoin="round" className="stroke-on-accent" />
    </svg>
  );
}
