import { SignInPage } from "@lectern/ui";
import { messages } from "@lectern/ui/messages";
import { signInProviders } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = { title: `${messages.account.signInTitle} · ${messages.product}` };

export default async function Page({ searchParams }: {
  searchParams: Promise<{ return_to?: string | string[]; ended?: string | string[]; error?: string | string[] }>;
}): Promise<ReactNode> {
  const { return_to: wanted, ended, error } = await searchParams;
  return (
    <SignInPage
      returnTo={typeof wanted === "string" ? wanted : "/me"}
      ended={ended !== undefined}
      error={typeof error === "string" ? error : undefined}
      providers={await signInProviders()}
    />
  );
}
