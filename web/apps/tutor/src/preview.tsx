"use client";

import { Button, type Capture, Icon, type IconName, messages, Picture, problemText } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.studio;

/** What the students will see: the tutor as in a mirror; the screen large when it is shared. */
export function Preview({ capture, screen }: { capture: Capture; screen: MediaStreamTrack | undefined }): ReactNode {
  const { camera } = capture;
  return (
    <section aria-label={words.preview} className={`relative w-full shrink-0 overflow-hidden rounded-card bg-stage lg:max-h-none lg:min-h-0 lg:flex-1 ${camera === null && screen === undefined ? "min-h-72 lg:aspect-auto" : "aspect-video max-h-[60dvh] lg:aspect-auto"}`}>
      {screen === undefined ? null : <Picture track={screen} label={words.yourScreen} />}
      {camera === null ? null : (
        <div className={screen === undefined ? "absolute inset-0" : "absolute bottom-3 right-3 z-[1] aspect-video w-1/4 min-w-28 max-w-72 overflow-hidden rounded-xl border-2 border-white/25"}>
          <Picture track={camera} label={words.preview} fit={screen === undefined ? "contain" : "cover"} mirrored />
        </div>
      )}
      {camera === null && screen === undefined ? <Instead capture={capture} /> : null}
      {capture.muted && capture.state === "open" ? (
        <p className="absolute bottom-3 left-3 flex items-center gap-1.5 rounded-full bg-black/65 px-3 py-1 text-sm font-medium text-white">
          <Icon name="micOff" className="size-4" />
          {words.muted}
        </p>
      ) : null}
    </section>
  );
}

/** In place of a picture. */
function Instead({ capture }: { capture: Capture }): ReactNode {
  switch (capture.state) {
    case "closed":
      return (
        <Card icon="camera" title={words.allowTitle} text={words.allowText}>
          <Button variant="primary" className="mt-3" onPress={capture.open}>
            {words.allow}
          </Button>
        </Card>
      );
    case "opening":
      return <Card icon="camera" title={words.opening} text="" moving />;
    case "failed": {
      const { title, text } = problemText(capture.error?.code ?? "capture_failed");
      return (
        <Card icon="alert" title={title} text={text}>
          <Button variant="primary" className="mt-3" onPress={capture.open}>
            {messages.tryAgain}
          </Button>
        </Card>
      );
    }
    case "open":
      return <Card icon="cameraOff" title={words.previewOff} text="" />;
  }
}

function Card({ icon, title, text, moving = false, children }: { icon: IconName; title: string; text: string; moving?: boolean; children?: ReactNode }): ReactNode {
  return (
    <div className="absolute inset-0 grid place-items-center overflow-auto p-5 text-center text-on-stage">
      <div className="appear flex max-w-md flex-col items-center gap-2">
        <span className="relative mb-1 grid size-14 place-items-center sm:mb-2 sm:size-20">
          <span className={`absolute inset-0 rounded-full bg-white/8 ${moving ? "breathe" : ""}`} />
          <Icon name={icon} className="relative size-7 sm:size-8" />
        </span>
        <h2 className="text-lg font-semibold sm:text-xl">{title}</h2>
        {text === "" ? null : <p className="text-sm text-on-stage-muted sm:text-base">{text}</p>}
        {children}
      </div>
    </div>
  );
}
