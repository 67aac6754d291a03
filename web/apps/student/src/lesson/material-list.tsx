"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, explain, Icon, messages, school, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { sizeText } from "./size-text";

const words = messages.student.lesson;

/** The files of a lesson. An address is good for a short time, so each is asked for when it is wanted. */
export function MaterialList({ materials }: { materials: readonly Schemas["Material"][] }): ReactNode {
  const [busy, setBusy] = useState<string>();
  const open = async (id: string) => {
    setBusy(id);
    try {
      const { url } = await school.get("/v1/materials/{id}/address", { path: { id } });
      window.location.assign(url);
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <ul className="overflow-hidden rounded-(--radius-card) border border-line bg-surface">
      {materials.map((material) => (
        <li key={material.id} className="flex min-h-16 items-center gap-4 border-b border-line px-4 py-2 last:border-0 sm:px-5">
          <Icon name="file" className="size-6 text-accent" />
          <div className="min-w-0 flex-1">
            <p className="font-medium wrap-anywhere">{material.name}</p>
            <p className="text-sm text-muted">{sizeText(material.bytes)}</p>
          </div>
          <Button variant="quiet" icon="download" isPending={busy === material.id} onPress={() => void open(material.id)}>{words.download}<span className="sr-only">: {material.name}</span></Button>
        </li>
      ))}
    </ul>
  );
}
