"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, EmptyState, explain, Icon, type IconName, LocalTime, messages, PagedTable, school, Section, toast, usePages } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { StateBadge } from "../frame/state-badge";

type Delivery = Schemas["Delivery"];

const words = messages.admin.webhook;
/** How often it is looked what became of deliveries that are to be tried soon, milliseconds. */
const EVERY_MS = 2_000;
/** What is to be tried later than that is not waited for, milliseconds. */
const SOON_MS = 90_000;
/** One page: what was loaded beyond it would be lost by loading anew. */
const LIMIT = 30;
const LOOKS: Readonly<Record<string, readonly ["good" | "warn" | "bad", IconName]>> = { pending: ["warn", "clock"], delivered: ["good", "check"], failed: ["bad", "close"] };

/** What became of a webhook's events, as it goes on. */
export function Deliveries({ webhook, onWebhook }: { webhook: Schemas["Webhook"]; onWebhook: (webhook: Schemas["Webhook"]) => void }): ReactNode {
  const { id } = webhook;
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/webhooks/{id}/deliveries", { path: { id }, query: { after, limit: LIMIT }, signal }), [id]);
  const pages = usePages<Delivery>(load);
  const [busy, setBusy] = useState(false);
  const { items, loading, reload } = pages;
  const look = async () => {
    reload();
    onWebhook(await school.get("/v1/webhooks/{id}", { path: { id } }));
  };
  useEffect(() => {
    const isSoon = ({ state, next_at }: Delivery) => state === "pending" && next_at != null && Date.parse(next_at) - Date.now() < SOON_MS;
    if (loading || items.length > LIMIT || !items.some(isSoon)) return;
    const timer = setInterval(() => {
      if (!document.hidden) void look().catch(() => undefined);
    }, EVERY_MS);
    return () => clearInterval(timer);
  });
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast(explain(asLecternError(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  const test = () => during(async () => {
    await school.post("/v1/webhooks/{id}/test", { path: { id } });
    toast(words.testSent);
    reload();
  });
  return (
    <Section title={words.deliveries} id="deliveries" actions={(
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => void during(look)}>{words.reload}</Button>
        <Button icon="send" isDisabled={!webhook.enabled} isPending={busy} onPress={() => void test()}>{words.test}</Button>
      </div>
    )}>
      <p className="max-w-prose text-muted">{words.deliveriesText}</p>
      <PagedTable
        pages={pages}
        label={words.deliveries}
        keyOf={(delivery) => delivery.id}
        columns={[
          { id: "event", isWhole: true, title: words.event, render: ({ kind }) => <code>{kind}</code> },
          { id: "state", isWhole: true, title: words.state, render: ({ state }) => <DeliveryState state={state} /> },
          { id: "attempts", title: words.attempts, align: "end", render: ({ attempts }) => attempts },
          { id: "answer", title: words.answer, render: ({ status, error }) => (status == null && error == null ? <Nothing /> : [status, error].filter((each) => each != null).join(", ")) },
          { id: "at", isWhole: true, title: words.at, render: ({ created_at }) => <LocalTime at={created_at} /> },
          { id: "next", isWhole: true, title: words.next, render: ({ next_at }) => (next_at == null ? <Nothing /> : <LocalTime at={next_at} />) },
        ]}
        empty={<EmptyState icon={<Icon name="send" className="size-8" />} title={words.noDeliveries} text={words.noDeliveriesText} />}
      />
    </Section>
  );
}

function DeliveryState({ state }: { state: string }): ReactNode {
  const [tone, icon] = LOOKS[state] ?? ["warn", "alert"];
  return <StateBadge tone={tone} icon={icon}>{words.states[state] ?? state}</StateBadge>;
}

function Nothing(): ReactNode {
  return <span aria-hidden="true" className="text-muted">–</span>;
}
