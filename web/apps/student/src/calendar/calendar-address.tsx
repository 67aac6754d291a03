"use client";

import { asLecternError } from "@lectern/client";
import { Button, Confirm, explain, messages, Notice, school, Section, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";

const words = messages.student.calendar;

/** The secret address under which calendar programs find the classes. It is shown once; a new one voids the old one. */
export function CalendarAddress(): ReactNode {
  const [url, setUrl] = useState<string>();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setAsked(false);
    setBusy(true);
    try {
      setUrl((await school.post("/v1/me/calendar_address")).url);
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    } finally {
      setBusy(false);
    }
  };
  const copy = (text: string) => navigator.clipboard.writeText(text).then(() => toast(words.copied), () => toast(words.notCopied, "bad"));
  return (
    <Section title={words.subscribe} id="subscribe">
      <p className="max-w-prose text-muted">{words.subscribeText}</p>
      {url === undefined ? <div><Button icon="calendar" isPending={busy} onPress={() => setAsked(true)}>{words.address}</Button></div> : (
        <Notice tone="info" title={words.secret} action={<Button icon="copy" onPress={() => void copy(url)}>{words.copy}</Button>}>
          <code className="wrap-anywhere">{url}</code>
        </Notice>
      )}
      <Confirm title={words.address} text={words.addressText} confirm={words.addressConfirm} cancel={messages.cancel} isOpen={asked} onConfirm={() => void make()} onClose={() => setAsked(false)} />
    </Section>
  );
}
