"use client";

import type { Schemas } from "@lectern/client";
import { AppShell, messages, SessionKeeper, Toasts } from "@lectern/ui";
import type { ReactNode } from "react";
import { UploadGuard } from "../uploads/upload-rows";

const words = messages.tutor;
/** The frame, and what goes on behind all pages; `bare` without the frame, for the studio. */
export function TutorShell({ viewer, bare, children }: { viewer: Schemas["Person"]; bare: boolean; children: ReactNode }): ReactNode {
  return (
    <>
      {bare ? (
        <>
          {children}
          <SessionKeeper />
          <Toasts />
        </>
      ) : <AppShell places={[]} viewer={viewer} base="/tutor" name={words.title}>{children}</AppShell>}
      <UploadGuard />
    </>
  );
}
