"use client";

import { type ReactNode, useState } from "react";
import { Button } from "../button";
import { DevicePanel } from "../device-panel";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { Picture } from "../media";
import { messages, problemText } from "../messages";
import { useRoom } from "./room-context";
import type { StageVisit } from "./use-stage";

const words = messages.onStage;

/** The question whether one comes on stage, with a look into the mirror before. */
export function StageInvitation({ visit }: { visit: StageVisit }): ReactNode {
  const { ask } = useRoom();
  const [busy, setBusy] = useState(false);
  const { capture } = visit;
  const decline = () => void ask({ type: "stage_decline" });
  const accept = async () => {
    setBusy(true);
    await ask({ type: "stage_accept" });
    setBusy(false);
  };
  const blocked = capture.state === "failed" ? problemText(capture.error?.code ?? "capture_failed") : undefined;
  return (
    <Dialog title={words.invitation} isOpen={visit.invited} onClose={decline}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">{words.invitationText}</p>
        <div className="relative aspect-video overflow-hidden rounded-card bg-stage text-on-stage">
          {capture.camera === null ? (
            <p className="absolute inset-0 grid place-items-center p-4 text-center">
              {blocked === undefined ? <Icon name="cameraOff" className="size-8" /> : <span><b className="block font-semibold">{blocked.title}</b><span className="text-sm text-on-stage-muted">{blocked.text}</span></span>}
            </p>
          ) : <Picture track={capture.camera} label={messages.studio.preview} fit="cover" mirrored />}
        </div>
        {capture.state === "closed" || capture.state === "failed" ? (
          <Button icon="camera" onPress={capture.open}>{messages.studio.allow}</Button>
        ) : <DevicePanel capture={capture} bare />}
        <div className="flex flex-col gap-2 sm:flex-row-reverse">
          <Button variant="primary" isDisabled={busy || capture.state !== "open"} onPress={() => void accept()} className="min-h-12 sm:flex-1">{words.accept}</Button>
          <Button onPress={decline} className="min-h-12 sm:flex-1">{words.decline}</Button>
        </div>
      </div>
    </Dialog>
  );
}
