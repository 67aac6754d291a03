"use client";

import type { Schemas } from "@lectern/client";
import { Button, type Column, Confirm, EmptyState, Icon, LocalTime, messages, PagedTable, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback, useState } from "react";
import { useCourse } from "../courses/course-context";
import { act } from "../school/act";
import { AddStudents } from "./add-students";

const words = messages.tutor.people;
type Student = Schemas["Page_Student"]["items"][number];

/** Who is in the course, and how more come in. */
export function CoursePeople(): ReactNode {
  const { id } = useCourse();
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/enrolments", { path: { id }, query: { after, limit: 50 }, signal }), [id]);
  const pages = usePages(load);
  const [removing, setRemoving] = useState<Student>();
  useSchoolEvent(["enrolment.started", "enrolment.ended", "resync"], (event) => {
    if (!("course" in event) || event.course === id) pages.reload();
  });
  const remove = (student: Student) => {
    setRemoving(undefined);
    void act(() => school.delete("/v1/courses/{id}/enrolments/{person}", { path: { id, person: student.id } }), words.removed(student.name)).then((done) => {
      if (done) pages.update((items) => items.filter((each) => each.id !== student.id));
    });
  };
  const columns: Column<Student>[] = [
    { id: "name", title: words.columns.name, render: (row) => <Link href={`/courses/${id}/people/${row.id}`} className="inline-block rounded-md py-1 underline-offset-4 hover:underline">{row.name}</Link> },
    { id: "email", title: words.columns.email, render: (row) => row.email },
    { id: "since", title: words.columns.since, isWhole: true, render: (row) => <LocalTime at={row.enrolled_at} style="date" /> },
    { id: "how", title: words.columns.how, isWhole: true, render: (row) => words.sources[row.source] },
    { id: "remove", title: "", align: "end", render: (row) => <Button variant="quiet" className="whitespace-nowrap max-sm:-mx-5" aria-label={words.remove(row.name)} onPress={() => setRemoving(row)}>{words.removeConfirm}</Button> },
  ];
  return (
    <div className="grid items-start gap-8 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Section title={words.title} id="people">
        <PagedTable pages={pages} label={words.title} columns={columns} keyOf={(row) => row.id} empty={<EmptyState icon={<Icon name="people" className="size-8" />} title={words.none} text={words.noneText} />} />
      </Section>
      <AddStudents onAdded={pages.reload} />
      <Confirm title={words.removeTitle(removing?.name ?? "")} text={words.removeText} confirm={words.removeConfirm} cancel={messages.cancel} isOpen={removing !== undefined} onClose={() => setRemoving(undefined)} onConfirm={() => {
        if (removing !== undefined) remove(removing);
      }} />
    </div>
  );
}
