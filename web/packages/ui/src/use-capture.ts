"use client";

import { asLecternError, type Device, DeviceList, type LecternError, LevelMeter, openCamera, openMicrophone } from "@lectern/client";
import { useCallback, useEffect, useRef, useState } from "react";

/** What this page captures. */
export interface Capture {
  /** `closed` until the person allowed it. */
  readonly state: "closed" | "opening" | "open" | "failed";
  readonly error: LecternError | undefined;
  readonly devices: readonly Device[];
  /** `null` when it is switched off. */
  readonly camera: MediaStreamTrack | null;
  readonly microphone: MediaStreamTrack | null;
  readonly muted: boolean;
  readonly cameraOn: boolean;
  readonly open: () => void;
  readonly chooseCamera: (id: string) => void;
  readonly chooseMicrophone: (id: string) => void;
  readonly setMuted: (muted: boolean) => void;
  readonly setCameraOn: (on: boolean) => void;
  /** The microphone's level now, 0 to 1; undefined without one. */
  readonly level: (() => number) | undefined;
}

const CAMERA_KEY = "lectern.camera";
const MICROPHONE_KEY = "lectern.microphone";

/** Camera and microphone of the person at this page while `wanted`: opened once allowed, remembered, followed when they come and go. */
export function useCapture(wanted = true): Capture {
  const [state, setState] = useState<Capture["state"]>("closed");
  const [error, setError] = useState<LecternError>();
  const [devices, setDevices] = useState<readonly Device[]>([]);
  const [camera, setCamera] = useTrack();
  const [microphone, setMicrophone] = useTrack();
  const [muted, setMutedState] = useState(false);
  const [cameraOn, setCameraOnState] = useState(true);
  const level = useLevel(microphone);
  const list = useRef<DeviceList>(undefined);

  useEffect(() => {
    const abort = new AbortController();
    const current = new DeviceList(abort.signal);
    list.current = current;
    current.on("change", setDevices, abort.signal);
    return () => abort.abort();
  }, []);

  const attempt = useCallback((work: () => Promise<void>) => {
    setError(undefined);
    work().catch((thrown: unknown) => {
      setError(asLecternError(thrown));
      setState((before) => (before === "opening" ? "failed" : before));
    });
  }, []);

  const wants = useRef(wanted);
  useEffect(() => {
    wants.current = wanted;
  }, [wanted]);
  const open = useCallback(() => {
    setState("opening");
    attempt(async () => {
      // What comes too late is let go of.
      const keep = (set: (track: MediaStreamTrack) => void, track: MediaStreamTrack) => (wants.current ? set(track) : track.stop());
      // One after the other: two questions at once confuse, and one device may be missing without the other.
      const video = await openCamera(remembered(CAMERA_KEY)).catch(unlessMissing);
      if (video !== undefined) keep(setCamera, video);
      else setCameraOnState(false);
      keep(setMicrophone, await openMicrophone(remembered(MICROPHONE_KEY)));
      if (!wants.current) return;
      setState("open");
      await list.current?.refresh();
    });
  }, [attempt, setCamera, setMicrophone]);

  useEffect(() => {
    if (!wanted) return;
    let current = true;
    // Who allowed it before need not press a button again.
    void alreadyAllowed().then((allowed) => {
      if (allowed && current) open();
    });
    return () => {
      current = false;
      // Nothing is captured that nobody wants: the lamp beside the lens goes out.
      setCamera(null);
      setMicrophone(null);
      setState("closed");
      setMutedState(false);
      setCameraOnState(true);
    };
  }, [wanted, open, setCamera, setMicrophone]);

  const chooseCamera = useCallback((id: string) => {
    window.localStorage.setItem(CAMERA_KEY, id);
    attempt(async () => {
      setCamera(await openCamera(id));
      setCameraOnState(true);
    });
  }, [attempt, setCamera]);

  const chooseMicrophone = useCallback((id: string) => {
    window.localStorage.setItem(MICROPHONE_KEY, id);
    attempt(async () => setMicrophone(await openMicrophone(id)));
  }, [attempt, setMicrophone]);

  const setCameraOn = useCallback((on: boolean) => {
    setCameraOnState(on);
    // Off means off: the lamp beside the lens goes out.
    if (on) attempt(async () => setCamera(await openCamera(remembered(CAMERA_KEY))));
    else setCamera(null);
  }, [attempt, setCamera]);

  useEffect(() => {
    if (microphone !== null) microphone.enabled = !muted;
  }, [microphone, muted]);

  return {
    state, error, devices, camera, microphone, muted, cameraOn, open, chooseCamera, chooseMicrophone, setMuted: setMutedState, setCameraOn, level,
  };
}

/** A track that is stopped when another takes its place or the page ends. */
function useTrack(): [MediaStreamTrack | null, (track: MediaStreamTrack | null) => void] {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const held = useRef<MediaStreamTrack>(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
      held.current?.stop();
      held.current = null;
    };
  }, []);
  const replace = useCallback((next: MediaStreamTrack | null) => {
    if (!alive.current) {
      next?.stop();
      return;
    }
    const before = held.current;
    held.current = next;
    setTrack(next);
    // After the new one is in place, so that there is no gap.
    setTimeout(() => before?.stop(), 500);
  }, []);
  return [track, replace];
}

/** A level meter on a track, as a function to ask at every frame. */
function useLevel(track: MediaStreamTrack | null): (() => number) | undefined {
  const [read, setRead] = useState<() => number>();
  useEffect(() => {
    if (track === null) return;
    const meter = new LevelMeter(track);
    setRead(() => () => meter.read());
    return () => {
      setRead(undefined);
      meter.close();
    };
  }, [track]);
  return read;
}

/** Who has no camera can still be heard. */
function unlessMissing(thrown: unknown): undefined {
  const error = asLecternError(thrown);
  if (error.code !== "capture_not_found") throw error;
}

function remembered(key: string): string | undefined {
  return window.localStorage.getItem(key) ?? undefined;
}

async function alreadyAllowed(): Promise<boolean> {
  try {
    const states = await Promise.all(["camera", "microphone"].map((name) => navigator.permissions.query({ name: name as PermissionName })));
    return states.every(({ state }) => state === "granted");
  } catch {
    // Not every browser can be asked about these.
    return false;
  }
}
