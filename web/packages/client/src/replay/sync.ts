/** A picture that is off by more is led back by speed, seconds. */
const TOLERANCE_S = 0.02;
/** A picture that is off by more is led back by a seek, seconds. */
const SEEK_S = 1;
/** So much faster or slower at most: nobody sees it. */
const NUDGE_MAX = 0.03;
/** How fast an error is made up for: 60 ms with the whole nudge, less with less, so that it does not swing. */
const GAIN = 0.5;
/** Speeds are set in such steps: each is a call into the browser. */
const STEP = 0.005;

/** What brings a picture back to the sound: a factor of its speed, or `"seek"`. `drift_s`: how far it is ahead. */
export function correction(drift_s: number): number | "seek" {
  if (Math.abs(drift_s) > SEEK_S) return "seek";
  if (Math.abs(drift_s) <= TOLERANCE_S) return 1;
  const nudge = Math.max(-NUDGE_MAX, Math.min(NUDGE_MAX, -drift_s * GAIN));
  return 1 + Math.round(nudge / STEP) * STEP;
}
