import type { ReactNode } from "react";
import { StudentProgress } from "../../../../../people/student-progress";

export default async function Page({ params }: { params: Promise<{ person: string }> }): Promise<ReactNode> {
  return <StudentProgress id={(await params).person} />;
}
