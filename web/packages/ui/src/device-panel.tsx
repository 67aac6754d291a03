"use client";

import type { Device } from "@lectern/client";
import type { ReactNode } from "react";
import { type Choice, Picker } from "./field";
import { Icon } from "./icons";
import { messages } from "./messages";
import { LevelBar } from "./status";
import type { Capture } from "./use-capture";

const words = messages.studio;

/** Which camera, which microphone, and whether it hears something. */
export function DevicePanel({ capture, bare = false, checklist = false, className = "flex" }: { capture: Capture; bare?: boolean; checklist?: boolean; className?: string }): ReactNode {
  const { camera, microphone } = capture;
  const placeholder = capture.state === "open" || capture.state === "failed" ? words.noDevice : words.notYet;
  return (
    <aside aria-label={words.devices} className={`${className} flex-col gap-5 ${bare ? "" : "rounded-card border border-line bg-surface p-5 lg:w-80 lg:shrink-0 lg:overflow-y-auto"}`}>
      <Picker label={words.camera} icon="camera" placeholder={placeholder} choices={choices(capture.devices, "camera", words.camera)}
        value={camera?.getSettings().deviceId} onChange={capture.chooseCamera} />
      <div className="flex flex-col gap-3">
        <Picker label={words.microphone} icon="mic" placeholder={placeholder} choices={choices(capture.devices, "microphone", words.microphone)}
          value={microphone?.getSettings().deviceId} onChange={capture.chooseMicrophone} />
        <LevelBar label={words.level} read={capture.muted ? undefined : capture.level} />
        <p className="text-sm text-muted">{capture.muted ? words.muted : words.levelHint}</p>
      </div>
      {!checklist ? null : (
        <div className="hidden flex-col gap-2 border-t border-line pt-5 lg:flex">
          <h2 className="text-sm font-medium text-muted">{words.checklistTitle}</h2>
          <ul className="flex flex-col gap-2">
            {words.checklist.map((item) => (
              <li key={item} className="flex items-center gap-2.5 text-[0.9375rem]">
                <Icon name="check" className="size-4 text-accent" />
                {item}
              </li>
            ))}
          </ul>
        </div>
      )}
    </aside>
  );
}

function choices(devices: readonly Device[], kind: Device["kind"], word: string): Choice[] {
  return devices
    .filter((device) => device.kind === kind)
    .map((device, index) => ({ id: device.id, label: device.label === "" ? messages.unknownDevice(word, index + 1) : device.label }));
}
