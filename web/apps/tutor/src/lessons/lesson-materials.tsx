"use client";

import type { Schemas } from "@lectern/client";
import {
  Button, Card, Confirm, Dialog, Form, Icon, IconButton, messages, missing, MoreMenu, ProgressBar, school, Section, SubmitButton, TextField, toast, useForm, useMaterialDownload,
} from "@lectern/ui";
import { type ReactNode, useCallback, useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { act } from "../school/act";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { mediaType } from "../uploads/media-type";
import { bytes, UploadRows, uploads } from "../uploads/upload-rows";

const words = messages.tutor.materials;
type Material = Schemas["Material"];

/** Announced, but not there: an upload that goes on, here or elsewhere, or broke off. */
const isPending = ({ state }: Material) => state === "pending";

/** The files of a lesson. */
export function LessonMaterials({ lesson }: { lesson: string }): ReactNode {
  const path = { id: lesson };
  const place = `materials ${lesson}`;
  const [open, setOpen] = useState<{ readonly what: "rename" | "remove"; readonly material: Material }>();
  const loaded = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/lessons/{id}/materials", { path: { id: lesson }, signal }), [lesson]));
  const send = (file: File) => uploads.add(place, file, {
    begin: async (signal) => {
      const body = { name: file.name, content_type: mediaType(file), bytes: file.size };
      const { id, upload } = await school.post("/v1/lessons/{id}/materials", { path, body, signal });
      const finish = async () => {
        await school.post("/v1/materials/{id}/confirm", { path: { id }, idempotent: true, signal });
        toast(words.ready(file.name));
        loaded.reload();
      };
      return { target: upload, finish, discard: () => school.delete("/v1/materials/{id}", { path: { id } }) };
    },
  });
  const downloads = useMaterialDownload();
  const remove = (material: Material) => {
    setOpen(undefined);
    void act(() => school.delete("/v1/materials/{id}", { path: { id: material.id } }), words.removed(material.name)).then(loaded.reload);
  };
  return (
    <Section title={words.title} id="materials">
      <Card className="flex flex-col gap-4">
        <p className="text-sm text-muted">{words.hint}</p>
        <Shown loaded={loaded}>
          {({ items }) => items.every(isPending) ? <p className="text-muted">{words.none}</p> : (
            <ul aria-label={words.title} className="flex flex-col divide-y divide-line">
              {items.filter((material) => !isPending(material)).map((material) => (
                <li key={material.id} className="flex items-center gap-2 py-1">
                  <Icon name="file" className="size-5 shrink-0 text-muted" />
                  {downloads.running.has(material.id) ? (
                    <>
                      <div className="min-w-0 flex-1"><ProgressBar label={messages.downloads.progress(material.name)} percent={downloads.running.get(material.id)} /></div>
                      <IconButton icon="close" label={messages.downloads.cancel(material.name)} onPress={() => downloads.cancel(material.id)} className="bg-transparent" />
                    </>
                  ) : (
                    <>
                      <button type="button" onClick={() => downloads.start(material)} className="min-w-0 flex-1 cursor-pointer rounded-md py-2 text-left leading-tight underline-offset-4 hover:underline">
                        <span className="sr-only">{words.download} </span><span className="wrap-anywhere">{material.name}</span> <span className="whitespace-nowrap text-sm text-muted">{bytes(material.bytes)}</span>
                      </button>
                      <MoreMenu label={words.actions(material.name)} className="bg-transparent" entries={[
                        { id: "rename", icon: "edit", label: words.rename, run: () => setOpen({ what: "rename", material }) },
                        { id: "remove", icon: "bin", label: words.remove, run: () => setOpen({ what: "remove", material }) },
                      ]} />
                    </>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Shown>
        <UploadRows place={place} />
        <FileTrigger allowsMultiple onSelect={(files) => {
          for (const file of files ?? []) send(file);
        }}>
          <Button icon="upload" className="self-start">{words.add}</Button>
        </FileTrigger>
      </Card>
      <Dialog title={words.renameTitle} isOpen={open?.what === "rename"} onClose={() => setOpen(undefined)}>
        {open === undefined ? null : (
          <RenameForm material={open.material} onDone={() => {
            setOpen(undefined);
            loaded.reload();
          }} />
        )}
      </Dialog>
      <Confirm title={words.removeTitle(open?.material.name ?? "")} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={open?.what === "remove"} onClose={() => setOpen(undefined)} onConfirm={() => {
        if (open !== undefined) remove(open.material);
      }} />
    </Section>
  );
}

function RenameForm({ material, onDone }: { material: Material; onDone: () => void }): ReactNode {
  const form = useForm({
    initial: { name: material.name },
    check: ({ name }) => (name.trim() === "" ? [missing("name")] : []),
    submit: async (body) => {
      await school.patch("/v1/materials/{id}", { path: { id: material.id }, body });
      onDone();
    },
  });
  return (
    <Form form={form}>
      <TextField label={words.name} {...form.field("name")} />
      <SubmitButton form={form}>{messages.forms.save}</SubmitButton>
    </Form>
  );
}
