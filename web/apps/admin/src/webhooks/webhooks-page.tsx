"use client";

import type { Schemas } from "@lectern/client";
import { Button, EmptyState, Icon, LocalTime, messages, Page, PagedTable, PageHead, school, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { NewWebhookDialog } from "./new-webhook-dialog";
import { WebhookState } from "./webhook-state";

const words = messages.admin.webhooks;

/** There are 50 at most: one page has them all. */
async function load(_: string | undefined, signal: AbortSignal): Promise<{ items: readonly Schemas["Webhook"][]; next: null }> {
  return { items: (await school.get("/v1/webhooks", { signal })).items, next: null };
}

/** All systems that are told what happens. */
export function WebhooksPage(): ReactNode {
  const pages = usePages(load);
  const [creating, setCreating] = useState(false);
  const create = <Button variant="primary" icon="plus" onPress={() => setCreating(true)}>{words.create}</Button>;
  return (
    <Page wide>
      <PageHead title={words.title} intro={words.intro} actions={create} />
      <PagedTable
        pages={pages}
        label={words.list}
        keyOf={({ id }) => id}
        columns={[
          { id: "url", title: words.url, render: ({ id, url }) => <Link href={`/webhooks/${id}`} className="underline decoration-edge underline-offset-4 hover:decoration-ink">{url}</Link> },
          { id: "events", isWhole: true, title: words.events, render: ({ kinds }) => (kinds.length === 0 ? words.all : words.some(kinds.length)) },
          { id: "state", isWhole: true, title: words.state, render: (webhook) => <WebhookState webhook={webhook} /> },
          { id: "since", isWhole: true, title: words.since, render: ({ created_at }) => <LocalTime at={created_at} style="date" /> },
        ]}
        empty={<EmptyState icon={<Icon name="send" className="size-8" />} title={words.none} text={words.noneText} />}
      />
      <NewWebhookDialog isOpen={creating} onMade={pages.reload} onClose={() => setCreating(false)} />
    </Page>
  );
}
