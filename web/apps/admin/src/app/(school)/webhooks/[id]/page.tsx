import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { WebhookPage } from "../../../../webhooks/webhook-page";

export const metadata: Metadata = { title: `${messages.admin.webhooks.title} · ${messages.product}` };

export default async function Page({ params }: { params: Promise<{ id: string }> }): Promise<ReactNode> {
  const { id } = await params;
  const here = `/admin/webhooks/${id}`;
  // The frame says so.
  if ((await requireViewer(here)).role !== "admin") return null;
  const webhook = await found((await serverSchool()).get("/v1/webhooks/{id}", { path: { id } }), here);
  return <WebhookPage key={webhook.id} first={webhook} />;
}
