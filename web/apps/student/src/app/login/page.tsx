import { SignInPage } from "@lectern/ui";
import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = { title: `${messages.account.signInTitle} · ${messages.product}` };

export default async function Page({ searchParams }: { searchParams: Promise<{ return_to?: string | string[]; ended?: string | string[] }> }): Promise<ReactNode> {
  const { return_to: wanted, ended } = await searchParams;
  return <SignInPage ended={ended !== undefined} returnTo={typeof wanted === "string" ? wanted : "/me"} providers={[]} />;
}
