import { expect, test } from "vitest";
import { Coverage, type Stretch } from "./coverage.js";
import { Ensemble, type Track } from "./ensemble.js";
import type { TrackName } from "./playback.js";

/** A track whose element is this object; `tick` is its clock. */
class FakeTrack implements Track {
  readonly name: TrackName;
  coverage: Coverage;
  time_s = 0;
  isReady = true;
  isSeeking = false;
  playing = false;
  rate = 1;
  seeks: number[] = [];
  /** Runs so much faster than told. */
  skew = 1;

  constructor(name: TrackName, ...stretches: [number, number][]) {
    this.name = name;
    this.coverage = new Coverage(stretches.map(([from_s, to_s]): Stretch => ({ from_s, to_s })));
  }

  seek(time_s: number): void {
    this.seeks.push(time_s);
    this.time_s = time_s;
  }

  play(): void {
    this.playing = true;
  }

  pause(): void {
    this.playing = false;
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  tick(seconds: number): void {
    if (this.playing) this.time_s += seconds * this.rate * this.skew;
  }
}

function ensembleOf(...tracks: FakeTrack[]) {
  const ensemble = new Ensemble(0);
  ensemble.tracks = tracks;
  const run = (seconds: number) => {
    for (let tick = 0; tick < Math.round(seconds * 10); tick += 1) {
      for (const track of tracks) track.tick(0.1);
      ensemble.step();
    }
  };
  return { ensemble, run };
}

test("pictures follow the sound, and a skewed one stays within 80 ms without a seek", () => {
  const [sound, camera] = [new FakeTrack("sound", [0, 600]), new FakeTrack("camera", [0, 600])];
  camera.skew = 1.01;
  const { ensemble, run } = ensembleOf(sound, camera);
  ensemble.play();
  camera.time_s = 0.7;
  run(60);
  for (let second = 0; second < 60; second += 1) {
    run(1);
    expect(Math.abs(camera.time_s - sound.time_s)).toBeLessThan(0.08);
  }
  expect(camera.seeks).toEqual([]);
  expect(sound.rate).toBe(1);
  expect(ensemble.time_s).toBeCloseTo(120, 0);
});

test("a picture that is off by more than a second is sent there", () => {
  const [sound, camera] = [new FakeTrack("sound", [0, 600]), new FakeTrack("camera", [0, 600])];
  const { ensemble, run } = ensembleOf(sound, camera);
  ensemble.play();
  run(5);
  camera.time_s -= 1.2;
  run(0.1);
  expect(camera.seeks).toHaveLength(1);
  expect(camera.time_s).toBeCloseTo(sound.time_s, 0);
});

test("one that is not loaded makes the others wait", () => {
  const [sound, camera, screen] = [new FakeTrack("sound", [0, 60]), new FakeTrack("camera", [0, 60]), new FakeTrack("screen", [0, 60])];
  const { ensemble, run } = ensembleOf(sound, camera, screen);
  ensemble.play();
  run(1);
  screen.isReady = false;
  run(2);
  expect(ensemble.motion).toBe("buffering");
  expect([sound.playing, camera.playing, screen.playing]).toEqual([false, false, false]);
  expect(ensemble.time_s).toBeLessThan(1.2);
  screen.isReady = true;
  run(1);
  expect(ensemble.motion).toBe("playing");
  expect(ensemble.time_s).toBeGreaterThan(1.5);
});

test("a screen that is shared for a while is not waited for before, and ready when it begins", () => {
  const [sound, screen] = [new FakeTrack("sound", [0, 60]), new FakeTrack("screen", [20, 30], [40, 50])];
  const { ensemble, run } = ensembleOf(sound, screen);
  ensemble.play();
  run(10);
  expect([ensemble.shown.screen, screen.playing, screen.seeks]).toEqual([false, false, []]);
  run(6);
  expect(screen.seeks).toEqual([20]);
  run(6);
  expect([ensemble.shown.screen, screen.playing]).toEqual([true, true]);
  expect(Math.abs(screen.time_s - sound.time_s)).toBeLessThan(0.1);
  run(10);
  expect([ensemble.shown.screen, screen.playing, sound.playing]).toEqual([false, false, true]);
  run(10);
  expect(screen.seeks).toEqual([20, 40]);
});

test("a hole in everything is leapt over; before the first thing there is nothing", () => {
  const [sound, camera] = [new FakeTrack("sound", [3, 10], [29, 40]), new FakeTrack("camera", [1.5, 10], [29, 40])];
  const { ensemble, run } = ensembleOf(sound, camera);
  ensemble.step();
  expect([ensemble.time_s, ensemble.from_s, ensemble.to_s]).toEqual([1.5, 1.5, 40]);
  ensemble.play();
  run(12);
  expect(ensemble.time_s).toBeGreaterThan(29);
  expect(sound.seeks).toContain(29);
  expect(ensemble.motion).toBe("playing");
});

test("the end is the end, and play begins anew", () => {
  const [sound, camera] = [new FakeTrack("sound", [0, 10]), new FakeTrack("camera", [0, 10])];
  const { ensemble, run } = ensembleOf(sound, camera);
  ensemble.play();
  run(9.8);
  // Media ends a little before the playlist says so.
  sound.isReady = camera.isReady = false;
  run(0.3);
  expect([ensemble.motion, ensemble.wanted, ensemble.time_s]).toEqual(["ended", false, 10]);
  sound.isReady = camera.isReady = true;
  ensemble.play();
  expect([ensemble.motion, ensemble.time_s]).toEqual(["playing", 0]);
});

test("at the end of what a live class has, it waits for more", () => {
  const sound = new FakeTrack("sound", [0, 10]);
  const { ensemble, run } = ensembleOf(sound);
  ensemble.isLive = true;
  ensemble.play();
  run(12);
  expect([ensemble.motion, ensemble.time_s]).toEqual(["buffering", 10]);
  sound.coverage = new Coverage([{ from_s: 0, to_s: 14 }]);
  run(1);
  expect(ensemble.motion).toBe("playing");
});

test("a segment that cannot be had is passed over without a loop", () => {
  const [sound, screen] = [new FakeTrack("sound", [0, 60]), new FakeTrack("screen", [0, 60])];
  const { ensemble, run } = ensembleOf(sound, screen);
  // As the library does: it is sent into the hole, and goes on behind it.
  screen.seek = (time_s) => {
    screen.seeks.push(time_s);
    screen.time_s = time_s >= 4 && time_s < 8 ? 8 : time_s;
  };
  ensemble.seek(5);
  ensemble.play();
  run(2);
  expect(screen.seeks).toEqual([5]);
  expect([screen.playing, sound.playing]).toEqual([false, true]);
  run(3);
  expect(screen.playing).toBe(true);
  expect(Math.abs(screen.time_s - sound.time_s)).toBeLessThan(0.2);
});

test("without sound the camera leads, and the speed is everybody's", () => {
  const [camera, screen] = [new FakeTrack("camera", [0, 60]), new FakeTrack("screen", [0, 60])];
  const { ensemble, run } = ensembleOf(camera, screen);
  ensemble.rate = 2;
  ensemble.play();
  run(5);
  expect(ensemble.time_s).toBeCloseTo(10, 0);
  expect([camera.rate, screen.rate]).toEqual([2, 2]);
});

test("a picture that the layout leaves out rests, and comes back where the others are", () => {
  const [sound, camera, screen] = [new FakeTrack("sound", [0, 60]), new FakeTrack("camera", [0, 60]), new FakeTrack("screen", [0, 60])];
  const { ensemble, run } = ensembleOf(sound, camera, screen);
  ensemble.layout = "screen";
  ensemble.play();
  run(5);
  expect([camera.playing, screen.playing]).toEqual([false, true]);
  ensemble.layout = "beside";
  run(0.2);
  expect(camera.playing).toBe(true);
  expect(Math.abs(camera.time_s - sound.time_s)).toBeLessThan(0.2);
});
