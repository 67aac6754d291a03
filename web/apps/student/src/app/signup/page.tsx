import { SignUpPage } from "@lectern/ui";
import { messages } from "@lectern/ui/messages";
import { signInProviders } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = { title: `${messages.account.signUpTitle} · ${messages.product}` };

export default async function Page({ searchParams }: { searchParams: Promise<{ return_to?: string | string[] }> }): Promise<ReactNode> {
  const { return_to: wanted } = await searchParams;
  return <SignUpPage returnTo={typeof wanted === "string" ? wanted : "/me"} providers={await signInProviders()} />;
}
