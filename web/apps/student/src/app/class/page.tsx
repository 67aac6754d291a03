import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StudentApp } from "../../classroom/student-app";

export const metadata: Metadata = { title: `${messages.ticket.title} · ${messages.product}` };

/** The classroom for who has a link; at `/?room=…` too. */
export default function ClassPage(): ReactNode {
  return <StudentApp />;
}
