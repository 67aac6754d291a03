import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { SystemPage } from "../../../system/system-page";

export const metadata: Metadata = { title: `${messages.admin.system.title} · ${messages.product}` };

export default function Page(): ReactNode {
  return <SystemPage />;
}
