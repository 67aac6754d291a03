import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { AccountView } from "../../../account/account-view";

export const metadata: Metadata = { title: `${messages.shell.settings} · ${messages.product}` };

export default async function AccountPage(): Promise<ReactNode> {
  const person = await requireViewer("/account");
  const sessions = await found((await serverSchool()).get("/v1/me/sessions"), "/account");
  return <AccountView person={person} sessions={sessions} />;
}
