"use client";

import type { FieldError, Schemas } from "@lectern/client";
import { Button, Dialog, type FieldOf, Form, Icon, IconButton, messages, school, SelectField, SubmitButton, toast, useForm } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useId, useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { act } from "../school/act";
import { languageName, LANGUAGES } from "./languages";

const words = messages.tutor.recordings.captions;
/** As the school takes them. */
const BYTES_MAX = 2 << 20;

/** The captions of a recording: those that there are, and a way to attach more. */
export function CaptionsDialog({ recording, isOpen, onClose }: { recording: Schemas["Recording"]; isOpen: boolean; onClose: () => void }): ReactNode {
  return (
    <Dialog title={words.title} isOpen={isOpen} onClose={onClose}>
      <CaptionsOf recording={recording.id} />
    </Dialog>
  );
}

function CaptionsOf({ recording }: { recording: string }): ReactNode {
  const [items, setItems] = useState<readonly Schemas["Captions"][]>([]);
  const load = useCallback((signal?: AbortSignal) => act(async () => setItems((await school.get("/v1/recordings/{id}/captions", { path: { id: recording }, ...(signal && { signal }) })).items)), [recording]);
  useEffect(() => {
    const abort = new AbortController();
    void school.get("/v1/recordings/{id}/captions", { path: { id: recording }, signal: abort.signal }).then((list) => setItems(list.items), () => undefined);
    return () => abort.abort();
  }, [recording]);
  const remove = ({ language, label }: Schemas["Captions"]) =>
    void act(() => school.delete("/v1/recordings/{id}/captions/{language}", { path: { id: recording, language } }), words.removed(label)).then(() => load());
  return (
    <div className="flex flex-col gap-5">
      <p className="text-muted">{words.intro}</p>
      {items.length === 0 ? null : (
        <ul className="flex flex-col divide-y divide-line rounded-2xl border border-line">
          {items.map((captions) => (
            <li key={captions.language} className="flex min-h-13 items-center gap-3 py-1 pl-4 pr-1">
              <span lang={captions.language} className="min-w-0 flex-1 wrap-anywhere">{captions.label}</span>
              <IconButton icon="bin" label={words.remove(captions.label)} onPress={() => remove(captions)} className="bg-transparent" />
            </li>
          ))}
        </ul>
      )}
      <AttachForm recording={recording} taken={items.map(({ language }) => language)} onDone={() => void load()} />
    </div>
  );
}

interface Attached {
  readonly language: string;
  readonly text: File | undefined;
}

function AttachForm({ recording, taken, onDone }: { recording: string; taken: readonly string[]; onDone: () => void }): ReactNode {
  const form = useForm<Attached>({
    initial: { language: "en", text: undefined },
    check: ({ text }) => (text === undefined ? [wrongFile(words.chooseFirst)] : text.size > BYTES_MAX ? [wrongFile(words.tooLarge)] : []),
    submit: async ({ language, text }) => {
      const label = languageName(language, language);
      await school.put("/v1/recordings/{id}/captions/{language}", { path: { id: recording, language }, body: { label, text: (await text?.text()) ?? "" } });
      toast(words.attached(label));
      form.reset({ language, text: undefined });
      onDone();
    },
  });
  const language = form.field("language");
  return (
    <Form form={form} label={words.attach}>
      <SelectField {...language} label={words.language} choices={LANGUAGES} hint={taken.includes(language.value) ? words.replaces : undefined} />
      <VttField {...form.field("text")} />
      <SubmitButton form={form} className="self-start">{words.attach}</SubmitButton>
    </Form>
  );
}

/** The file, with what is wrong with it below. */
function VttField({ name, value, onChange, error }: FieldOf<File | undefined>): ReactNode {
  const id = useId();
  return (
    <div data-field={`/${name}`} data-label={words.file} role="group" aria-labelledby={id} aria-describedby={`${id}-notes`} className="flex min-w-0 flex-col gap-1.5">
      <span id={id} className="text-sm font-medium">{words.file}</span>
      <div className="flex min-w-0 flex-wrap items-center gap-3">
        <FileTrigger acceptedFileTypes={[".vtt", "text/vtt"]} onSelect={(files) => onChange(files?.[0])}>
          <Button icon="file">{value === undefined ? words.choose : words.chooseAnother}</Button>
        </FileTrigger>
        {value === undefined ? null : <span className="min-w-0 wrap-anywhere">{value.name}</span>}
      </div>
      <div id={`${id}-notes`} className="flex flex-col gap-1.5 text-sm">
        <p className="text-muted">{words.fileHint}</p>
        {error === undefined ? null : <p className="flex gap-2 text-bad"><Icon name="alert" className="mt-px size-4.5" /><span className="min-w-0 wrap-anywhere">{error}</span></p>}
      </div>
    </div>
  );
}

function wrongFile(message: string): FieldError {
  return { in: "body", field: "/text", message };
}
