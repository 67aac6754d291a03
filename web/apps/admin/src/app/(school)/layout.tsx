import { requireViewer } from "@lectern/ui/server";
import type { ReactNode } from "react";
import { AdminFrame } from "../../frame/admin-frame";

/** Who is not signed in goes to log in; who is no admin is told so, and none of the pages is made for them. */
export default async function Layout({ children }: { children: ReactNode }): Promise<ReactNode> {
  return <AdminFrame viewer={await requireViewer("/admin")}>{children}</AdminFrame>;
}
