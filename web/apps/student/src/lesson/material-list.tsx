"use client";

import type { Schemas } from "@lectern/client";
import { Button, Icon, IconButton, messages, ProgressBar, useMaterialDownload } from "@lectern/ui";
import type { ReactNode } from "react";
import { sizeText } from "./size-text";

const words = messages.student.lesson;

/** The files of a lesson, each with the way to have it, and how far that is. */
export function MaterialList({ materials }: { materials: readonly Schemas["Material"][] }): ReactNode {
  const { running, start, cancel } = useMaterialDownload();
  return (
    <ul className="overflow-hidden rounded-(--radius-card) border border-line bg-surface">
      {materials.map((material) => (
        <li key={material.id} className="flex min-h-16 items-center gap-4 border-b border-line px-4 py-2 last:border-0 sm:px-5">
          <Icon name="file" className="size-6 text-accent" />
          {running.has(material.id) ? (
            <>
              <div className="min-w-0 flex-1"><ProgressBar label={messages.downloads.progress(material.name)} percent={running.get(material.id)} /></div>
              <IconButton icon="close" label={messages.downloads.cancel(material.name)} onPress={() => cancel(material.id)} className="bg-transparent" />
            </>
          ) : (
            <>
              <div className="min-w-0 flex-1">
                <p className="font-medium wrap-anywhere">{material.name}</p>
                <p className="text-sm text-muted">{sizeText(material.bytes)}</p>
              </div>
              <Button variant="quiet" icon="download" onPress={() => start(material)} className="max-sm:px-3"><span className="max-sm:sr-only">{words.download}</span><span className="sr-only">: {material.name}</span></Button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
