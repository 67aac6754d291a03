"use client";

import type { Schemas } from "@lectern/client";
import { asLecternError } from "@lectern/client";
import { Button, Confirm, EmptyState, explain, Icon, LocalTime, messages, Page, PagedTable, PageHead, school, toast, usePages } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { StateBadge } from "../frame/state-badge";

type Course = Schemas["CourseSummary"];

const words = messages.admin.courses;

/** To an admin, the courses that they may change are all there are. */
function load(after: string | undefined, signal: AbortSignal): Promise<Schemas["Page_CourseSummary"]> {
  return school.get("/v1/me/teaching", { query: { after }, signal });
}

/** All courses, and the way to take one out of the catalogue or back into it. */
export function CoursesPage(): ReactNode {
  const pages = usePages(load);
  const [leaving, setLeaving] = useState<Course>();
  const set = async (course: Course, state: "published" | "archived") => {
    try {
      await school.patch("/v1/courses/{id}", { path: { id: course.id }, body: { state } });
      pages.update((items) => items.map((each) => (each.id === course.id ? { ...each, state } : each)));
      toast(state === "archived" ? words.archived(course.title) : words.restored(course.title));
    } catch (error) {
      toast(explain(asLecternError(error)), "bad");
    }
  };
  return (
    <Page wide>
      <PageHead title={words.title} intro={words.intro} />
      <PagedTable
        pages={pages}
        label={words.list}
        keyOf={({ id }) => id}
        columns={[
          { id: "title", title: words.course, render: ({ id, title }) => <a href={`/courses/${id}`} className="underline decoration-edge underline-offset-4 hover:decoration-ink">{title}</a> },
          { id: "state", title: words.state, render: ({ state }) => <CourseState state={state} /> },
          { id: "lessons", title: words.lessons, align: "end", render: ({ lessons }) => lessons },
          { id: "published", title: words.published, render: ({ published_at }) => (published_at == null ? <span className="text-muted">{words.notYet}</span> : <LocalTime at={published_at} style="date" />) },
          { id: "change", title: "", align: "end", render: (course) => <Change course={course} onArchive={() => setLeaving(course)} onRestore={() => set(course, "published")} /> },
        ]}
        empty={<EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} />}
      />
      <Confirm
        isOpen={leaving !== undefined}
        title={words.archiveTitle(leaving?.title ?? "")}
        text={words.archiveText}
        confirm={words.archive}
        cancel={messages.cancel}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => {
          if (leaving !== undefined) void set(leaving, "archived");
          setLeaving(undefined);
        }}
      />
    </Page>
  );
}

function CourseState({ state }: { state: Course["state"] }): ReactNode {
  const [tone, icon] = ({ draft: ["quiet", "edit"], published: ["good", "check"], archived: ["quiet", "archive"] } as const)[state];
  return <StateBadge tone={tone} icon={icon}>{words.states[state]}</StateBadge>;
}

/** A draft has nothing to be taken back from; it is its tutors' to publish. */
function Change({ course, onArchive, onRestore }: { course: Course; onArchive: () => void; onRestore: () => Promise<void> }): ReactNode {
  const [busy, setBusy] = useState(false);
  if (course.state === "draft") return null;
  if (course.state === "published") return <Button aria-label={words.archiveOf(course.title)} onPress={onArchive}>{words.archive}</Button>;
  const restore = async () => {
    setBusy(true);
    await onRestore();
    setBusy(false);
  };
  return <Button aria-label={words.restoreOf(course.title)} isPending={busy} onPress={() => void restore()}>{words.restore}</Button>;
}
