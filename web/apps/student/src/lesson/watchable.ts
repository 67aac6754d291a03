import type { Replay } from "@lectern/client";
import type { Watchable } from "./use-heartbeats";

/** A lesson's video, in the browser's own player. */
export function watchVideo(video: HTMLVideoElement): Watchable {
  return {
    position_s: () => video.currentTime,
    isPlaying: () => !video.paused && !video.seeking && !video.ended,
    follow(onMove, onStop, signal) {
      for (const name of ["timeupdate", "seeking", "playing"]) video.addEventListener(name, onMove, { signal });
      for (const name of ["pause", "ended", "seeked"]) video.addEventListener(name, onStop, { signal });
    },
  };
}

/** A lesson's recording. What is waited for is not watched. */
export function watchReplay(replay: Replay): Watchable {
  const isPlaying = () => replay.state.motion === "playing";
  return {
    position_s: () => replay.state.time_s,
    isPlaying,
    follow(onMove, onStop, signal) {
      let played = isPlaying();
      replay.on("state", ({ motion }) => {
        // Nothing moves before there is anything, or while it waits for the first touch.
        if (motion === "loading" || (!played && motion !== "playing")) return;
        if (played && motion !== "playing") onStop();
        else onMove();
        played = motion === "playing";
      }, signal);
    },
  };
}
