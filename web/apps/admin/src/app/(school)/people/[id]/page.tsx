import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PersonPage } from "../../../../people/person-page";

export const metadata: Metadata = { title: `${messages.admin.person.about} · ${messages.product}` };

export default async function Page({ params }: { params: Promise<{ id: string }> }): Promise<ReactNode> {
  const { id } = await params;
  const here = `/admin/people/${id}`;
  const viewer = await requireViewer(here);
  // The frame says so.
  if (viewer.role !== "admin") return null;
  const person = await found((await serverSchool()).get("/v1/people/{id}", { path: { id } }), here);
  return <PersonPage key={person.id} first={person} isOneself={person.id === viewer.id} />;
}
