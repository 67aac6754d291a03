"use client";

import type { Schemas } from "@lectern/client";
import { AppShell, LinkButton, messages, Page, PageHead, type Place } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.admin;

const PLACES: readonly Place[] = [
  { href: "/people", label: words.places.people, icon: "people" },
  { href: "/courses", label: words.places.courses, icon: "book" },
  { href: "/audit", label: words.places.audit, icon: "list" },
  { href: "/webhooks", label: words.places.webhooks, icon: "send" },
  { href: "/system", label: words.places.system, icon: "pulse" },
];

/** The frame around every page of the administration; for somebody who does not run the school, a page that says so. */
export function AdminFrame({ viewer, children }: { viewer: Schemas["Person"]; children: ReactNode }): ReactNode {
  const isAdmin = viewer.role === "admin";
  return (
    <AppShell places={isAdmin ? PLACES : []} viewer={viewer} base="/admin" name={words.title}>
      {isAdmin ? children : <NotAdmin name={viewer.name} />}
    </AppShell>
  );
}

function NotAdmin({ name }: { name: string }): ReactNode {
  return (
    <Page>
      <PageHead title={words.notAdmin.title} intro={words.notAdmin.text(name)} />
      <div className="flex flex-wrap gap-3">
        <LinkButton href="/me" outside variant="primary">{words.notAdmin.home}</LinkButton>
      </div>
    </Page>
  );
}
