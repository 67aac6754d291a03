import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CalendarView } from "../../../calendar/calendar-view";

export const metadata: Metadata = { title: `${messages.student.calendar.title} · ${messages.product}` };

export default async function CalendarPage(): Promise<ReactNode> {
  await requireViewer("/calendar");
  const first = await found((await serverSchool()).get("/v1/me/calendar"), "/calendar");
  return <CalendarView first={first} />;
}
