"use client";

import type { Schemas } from "@lectern/client";
import { AppShell, messages, type Place } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.student.places;
const COURSES: Place = { href: "/", label: words.courses, icon: "search", holds: (path) => path === "/" || path.startsWith("/courses/") };
const MINE: Place = { href: "/me", label: words.mine, icon: "book", holds: (path) => /^\/(me|lessons|quizzes|recordings)(\/|$)/.test(path) };
const CALENDAR: Place = { href: "/calendar", label: words.calendar, icon: "calendar" };

/** The frame with the student's places; a visitor has the courses alone. */
export function StudentFrame({ viewer, children }: { viewer: Schemas["Person"] | null; children: ReactNode }): ReactNode {
  return <AppShell viewer={viewer} places={viewer === null ? [] : [COURSES, MINE, CALENDAR]}>{children}</AppShell>;
}
