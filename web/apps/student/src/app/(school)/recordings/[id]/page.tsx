import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import { cache, type ReactNode } from "react";
import { RecordingView } from "../../../../recording/recording-view";

interface Props {
  readonly params: Promise<{ id: string }>;
}

const recordingAt = cache(async (id: string) => {
  await requireViewer(`/recordings/${id}`);
  return found((await serverSchool()).get("/v1/recordings/{id}", { path: { id } }), `/recordings/${id}`);
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const recording = await recordingAt((await params).id);
  return { title: `${recording.title} · ${messages.product}` };
}

export default async function RecordingPage({ params }: Props): Promise<ReactNode> {
  const recording = await recordingAt((await params).id);
  return <RecordingView key={recording.id} recording={recording} />;
}
