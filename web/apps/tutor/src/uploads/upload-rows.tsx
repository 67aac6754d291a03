"use client";

import type { LecternError } from "@lectern/client";
import { Button, explain, IconButton, messages, ProgressBar } from "@lectern/ui";
import { type ReactNode, useSyncExternalStore } from "react";
import { useLeavingGuard } from "../school/leaving-guard";
import { type UploadJob, UploadQueue } from "./upload-queue";

const words = messages.tutor.uploads;
const NONE: readonly UploadJob[] = [];

/** The uploads of this tab. */
export const uploads = new UploadQueue();

function useUploads(): readonly UploadJob[] {
  return useSyncExternalStore(uploads.subscribe, uploads.jobs, () => NONE);
}

/** Asks before the page is closed while something is sent. Once in the app. */
export function UploadGuard(): ReactNode {
  useLeavingGuard(useUploads().some(({ state }) => state !== "failed" && state !== "done"));
  return null;
}

/** The files on their way to a place, each with its bar. */
export function UploadRows({ place }: { place: string }): ReactNode {
  const jobs = useUploads().filter((job) => job.place === place);
  if (jobs.length === 0) return null;
  return (
    <ul aria-label={words.title} className="flex flex-col gap-2">
      {jobs.map((job) => <li key={job.id}><Row job={job} /></li>)}
    </ul>
  );
}

function Row({ job }: { job: UploadJob }): ReactNode {
  const { id, name, size, sent, state, error } = job;
  const percent = state === "sending" || state === "confirming" ? (size === 0 ? 100 : (sent / size) * 100) : state === "waiting" ? 0 : undefined;
  const text = state === "sending" ? words.sent(bytes(sent), bytes(size)) : words.states[state];
  return (
    <div className="flex flex-col gap-2 rounded-2xl border border-line bg-surface px-4 py-3">
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          {state === "failed" ? <p className="truncate font-medium">{name}</p> : <ProgressBar label={name} percent={percent} text={text} />}
        </div>
        <IconButton icon="close" label={words.cancel(name)} onPress={() => uploads.cancel(id)} className="bg-transparent" />
      </div>
      {error === undefined ? null : (
        <div role="alert" className="flex flex-wrap items-center justify-between gap-2">
          <p className="min-w-0 flex-1 text-sm text-bad">{reason(error)}</p>
          <Button onPress={() => uploads.retry(id)}>{messages.tryAgain}</Button>
        </div>
      )}
    </div>
  );
}

function reason(error: LecternError): string {
  // The school lists media types, which nobody knows.
  if (error.at("/content_type") !== undefined) return words.wrongType;
  return error.fields.length === 0 ? explain(error) : error.fields.map(({ message }) => messages.forms.allowed(message)).join(" ");
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size for people. */
export function bytes(size: number): string {
  const power = Math.min(UNITS.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power] ?? ""}`;
}
