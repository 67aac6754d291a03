import { viewer } from "@lectern/ui/server";
import type { ReactNode } from "react";
import { StudentFrame } from "../../student-frame";

/** The frame of all pages but the class and the login. */
export default async function SchoolLayout({ children }: { children: ReactNode }): Promise<ReactNode> {
  return <StudentFrame viewer={await viewer()}>{children}</StudentFrame>;
}
