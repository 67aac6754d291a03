import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { WebhooksPage } from "../../../webhooks/webhooks-page";

export const metadata: Metadata = { title: `${messages.admin.webhooks.title} · ${messages.product}` };

export default function Page(): ReactNode {
  return <WebhooksPage />;
}
