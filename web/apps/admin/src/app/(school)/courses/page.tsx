import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CoursesPage } from "../../../courses/courses-page";

export const metadata: Metadata = { title: `${messages.admin.courses.title} · ${messages.product}` };

export default function Page(): ReactNode {
  return <CoursesPage />;
}
