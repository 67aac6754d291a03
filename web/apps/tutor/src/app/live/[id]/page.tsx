import type { ReactNode } from "react";
import { LiveStudio } from "../../../live/live-studio";
import { SchoolFrame } from "../../../school/school-frame";

export default async function Page({ params }: { params: Promise<{ id: string }> }): Promise<ReactNode> {
  const { id } = await params;
  return (
    <SchoolFrame returnTo={`/tutor/live/${id}`} bare>
      <LiveStudio id={id} />
    </SchoolFrame>
  );
}
