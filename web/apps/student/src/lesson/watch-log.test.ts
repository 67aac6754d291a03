import { describe, expect, it } from "vitest";
import { WatchLog } from "./watch-log";

const play = (log: WatchLog, from: number, to: number) => {
  for (let at = from; at <= to; at += 0.25) log.at(at, true);
};

describe("what was watched", () => {
  it("is told as it goes, without gaps", () => {
    const log = new WatchLog(7);
    play(log, 0, 5.25);
    const [first] = log.reports();
    expect(first).toEqual({ position_s: 5, watched: { from_s: 0, to_s: 5 }, counter: 8 });
    if (first !== undefined) log.acknowledged(first);
    play(log, 5.5, 10);
    expect(log.reports()).toEqual([{ position_s: 10, watched: { from_s: 5, to_s: 10 }, counter: 9 }]);
  });

  it("waits until it is acknowledged, united with what came since", () => {
    const log = new WatchLog(0);
    play(log, 0, 5);
    log.reports();
    play(log, 5.25, 10);
    expect(log.reports().map(({ watched }) => watched)).toEqual([{ from_s: 0, to_s: 10 }]);
  });

  it("does not lose what came while a report was on its way", () => {
    const log = new WatchLog(0);
    play(log, 0, 5);
    const [sent] = log.reports();
    play(log, 5.25, 10);
    log.at(10, false);
    if (sent !== undefined) log.acknowledged(sent);
    expect(log.reports().map(({ watched }) => watched)).toEqual([{ from_s: 0, to_s: 10 }]);
  });

  it("leaves out what was leapt over, and what stands still", () => {
    const log = new WatchLog(0);
    play(log, 0, 3);
    log.at(60, true);
    play(log, 60.25, 62);
    log.at(62, false);
    log.at(90, false);
    expect(log.reports().map(({ watched }) => watched)).toEqual([{ from_s: 0, to_s: 3 }, { from_s: 60, to_s: 62 }]);
    expect(log.reports()[0]?.position_s).toBe(90);
  });

  it("is bounded, the oldest going first", () => {
    const log = new WatchLog(0);
    for (let n = 0; n < 60; n += 1) {
      play(log, n * 10, n * 10 + 2);
      log.at(n * 10 + 2, false);
    }
    const reports = log.reports();
    expect([reports.length, reports[0]?.watched?.from_s]).toEqual([50, 100]);
  });
});
