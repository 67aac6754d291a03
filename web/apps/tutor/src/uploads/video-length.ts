import { LecternError } from "@lectern/client";

/** A browser that has not understood a file by then will not, milliseconds. */
const PATIENCE_MS = 15_000;
/** Behind the end of every video, seconds. */
const FAR_S = 1e9;

/**
 * How long a video is, seconds, as this browser reads it. What was recorded in a browser does not say so itself: its end is
 * looked for. Rejects with `video_unreadable` if there is no way to know.
 */
export function videoLength(file: File): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file);
    const video = document.createElement("video");
    const end = (outcome: () => void) => {
      clearTimeout(timer);
      video.onerror = video.onloadedmetadata = video.ondurationchange = null;
      video.removeAttribute("src");
      URL.revokeObjectURL(url);
      outcome();
    };
    const fail = () => end(() => reject(new LecternError("video_unreadable", "The browser cannot read this video.")));
    const timer = setTimeout(fail, PATIENCE_MS);
    const look = () => {
      const { duration } = video;
      if (Number.isFinite(duration) && duration > 0 && duration < FAR_S) end(() => resolve(duration));
    };
    video.preload = "metadata";
    video.muted = true;
    video.onerror = fail;
    video.ondurationchange = look;
    video.onloadedmetadata = () => {
      look();
      if (video.duration === Infinity) video.currentTime = FAR_S;
    };
    video.src = url;
  });
}
