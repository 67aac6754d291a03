"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { createContext, type ReactNode, use, useCallback, useMemo } from "react";
import { type Loaded, useLoaded } from "../school/use-loaded";

/** The course whose pages are open. */
export interface OpenCourse {
  readonly id: string;
  readonly course: Loaded<Schemas["Course"]>;
  readonly outline: Loaded<Schemas["Outline"]>;
}

const Context = createContext<OpenCourse | undefined>(undefined);

/** The course around the page. */
export function useCourse(): OpenCourse {
  const open = use(Context);
  if (open === undefined) throw new Error("useCourse outside of CourseProvider");
  return open;
}

/** Loads the course and its lessons for the pages below. */
export function CourseProvider({ id, children }: { id: string; children: ReactNode }): ReactNode {
  const course = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/courses/{id}", { path: { id }, signal }), [id]));
  const outline = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/courses/{id}/lessons", { path: { id }, signal }), [id]));
  return <Context value={useMemo(() => ({ id, course, outline }), [id, course, outline])}>{children}</Context>;
}
