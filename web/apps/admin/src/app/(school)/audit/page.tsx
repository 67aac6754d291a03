import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { AuditPage } from "../../../audit/audit-page";

export const metadata: Metadata = { title: `${messages.admin.audit.title} · ${messages.product}` };

export default function Page(): ReactNode {
  return <AuditPage />;
}
