import { CentredCard, LinkButton, messages } from "@lectern/ui";
import { requireViewer } from "@lectern/ui/server";
import type { ReactNode } from "react";
import { TutorShell } from "./tutor-shell";

const words = messages.tutor;

/** What surrounds the tutor's pages. Who is not signed in goes to log in and comes back; a student learns whose pages these are. */
export async function SchoolFrame({ returnTo, bare = false, children }: { returnTo: string; bare?: boolean; children: ReactNode }): Promise<ReactNode> {
  const viewer = await requireViewer(returnTo);
  if (viewer.role === "student") {
    return (
      <CentredCard title={words.notTutor.title} intro={words.notTutor.text} product={messages.product} home="/">
        <LinkButton href="/me" variant="primary" outside>{words.notTutor.action}</LinkButton>
      </CentredCard>
    );
  }
  return <TutorShell viewer={viewer} bare={bare}>{children}</TutorShell>;
}
