import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PeoplePage } from "../../../people/people-page";

export const metadata: Metadata = { title: `${messages.admin.people.title} · ${messages.product}` };

export default function Page(): ReactNode {
  return <PeoplePage />;
}
