import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import { cache, type ReactNode } from "react";
import { LiveDoor } from "../../../classroom/live-door";

interface Props {
  readonly params: Promise<{ live: string }>;
}

const liveAt = cache(async (id: string) => {
  await requireViewer(`/class/${id}`);
  return found((await serverSchool()).get("/v1/live/{id}", { path: { id } }), `/class/${id}`);
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const live = await liveAt((await params).live);
  return { title: `${live.title} · ${messages.product}` };
}

export default async function LivePage({ params }: Props): Promise<ReactNode> {
  return <LiveDoor first={await liveAt((await params).live)} />;
}
