import { LecternError } from "@lectern/client";

/** A browser that has not understood a file by then will not, milliseconds. */
const PATIENCE_MS = 15_000;

/** How long a video is, seconds, as this browser reads it. Rejects with `video_unreadable` if it cannot. */
export function videoLength(file: File): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file);
    const video = document.createElement("video");
    const end = (outcome: () => void) => {
      clearTimeout(timer);
      video.removeAttribute("src");
      URL.revokeObjectURL(url);
      outcome();
    };
    const fail = () => end(() => reject(new LecternError("video_unreadable", "The browser cannot read this video.")));
    const timer = setTimeout(fail, PATIENCE_MS);
    video.preload = "metadata";
    video.onerror = fail;
    video.onloadedmetadata = () => {
      const { duration } = video;
      if (Number.isFinite(duration) && duration > 0) end(() => resolve(duration));
      else fail();
    };
    video.src = url;
  });
}
