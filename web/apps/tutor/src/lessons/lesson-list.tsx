"use client";

import type { Schemas } from "@lectern/client";
import { Confirm, EmptyState, Icon, type MenuEntry, messages, MoreMenu, school, Section, toast } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { GridList, GridListItem } from "react-aria-components/GridList";
import { useDragAndDrop } from "react-aria-components/useDragAndDrop";
import { useCourse } from "../courses/course-context";
import { act } from "../school/act";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { AddLesson } from "./add-lesson";
import { moved, movedBeside } from "./lesson-order";

const words = messages.tutor.lessons;
type Summary = Schemas["LessonSummary"];

/** The lessons of the course in their order, which can be changed by hand, key and menu. */
export function LessonList(): ReactNode {
  const { outline } = useCourse();
  return (
    <Section title={words.title} id="lessons">
      <Shown loaded={outline}>{({ items }) => <Lessons items={items} />}</Shown>
      <AddLesson />
    </Section>
  );
}

function Lessons({ items }: { items: readonly Summary[] }): ReactNode {
  const { id, outline } = useCourse();
  const [removing, setRemoving] = useState<Summary>();
  const path = { id };

  const reorder = (next: readonly Summary[]) => {
    const before = items;
    outline.set({ items: [...next] });
    void act(async () => outline.set(await school.put("/v1/courses/{id}/lessons/order", { path, body: { lessons: next.map((lesson) => lesson.id) } }))).then((done) => {
      if (done) return;
      outline.set({ items: [...before] });
      outline.reload();
    });
  };
  const publish = (lesson: Summary, published: boolean) =>
    void act(() => school.patch("/v1/lessons/{id}", { path: { id: lesson.id }, body: { published } }), published ? words.nowPublished(lesson.title) : words.nowHidden(lesson.title)).then(outline.reload);
  const remove = (lesson: Summary) => {
    setRemoving(undefined);
    void act(() => school.delete("/v1/lessons/{id}", { path: { id: lesson.id } }), words.removed(lesson.title)).then(outline.reload);
  };
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => reorder(movedBeside(items, [...keys].map(String), String(target.key), target.dropPosition === "before")),
  });
  const menu = (lesson: Summary, index: number): MenuEntry[] => {
    const step = (by: -1 | 1) => () => {
      reorder(moved(items, index, by));
      toast(words.movedTo(lesson.title, index + 1 + by));
    };
    return [
      ...(index > 0 ? [{ id: "up", icon: "up" as const, label: words.moveUp, run: step(-1) }] : []),
      ...(index < items.length - 1 ? [{ id: "down", icon: "down" as const, label: words.moveDown, run: step(1) }] : []),
      { id: "publish", icon: lesson.published ? "eyeOff" : "eye", label: lesson.published ? words.hide : words.publish, run: () => publish(lesson, !lesson.published) },
      { id: "remove", icon: "bin", label: words.remove, run: () => setRemoving(lesson) },
    ];
  };

  if (items.length === 0) return <EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} />;
  return (
    <>
      <GridList aria-label={words.title} items={items} dragAndDropHooks={dragAndDropHooks} keyboardNavigationBehavior="tab" className="flex flex-col gap-2 outline-none" dependencies={[items]}>
        {items.map((lesson, index) => (
          <GridListItem key={lesson.id} id={lesson.id} textValue={lesson.title} className="flex items-center gap-1 rounded-(--radius-card) border border-line bg-surface py-1.5 pl-1 pr-2 data-[dragging]:opacity-50 sm:gap-2">
            <AriaButton slot="drag" aria-label={words.drag(lesson.title)} className="grid size-11 shrink-0 cursor-grab place-items-center rounded-full text-muted hover:bg-sunken">
              <Icon name="grip" />
            </AriaButton>
            <Row lesson={lesson} number={index + 1} titles={new Map(items.map((each) => [each.id, each.title]))} />
            <MoreMenu label={words.actions(lesson.title)} entries={menu(lesson, index)} className="bg-transparent" />
          </GridListItem>
        ))}
      </GridList>
      <Confirm title={words.removeTitle(removing?.title ?? "")} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={removing !== undefined} onClose={() => setRemoving(undefined)} onConfirm={() => {
        if (removing !== undefined) remove(removing);
      }} />
    </>
  );
}

function Row({ lesson, number, titles }: { lesson: Summary; number: number; titles: ReadonlyMap<string, string> }): ReactNode {
  const { id } = useCourse();
  const requires = lesson.requires.map((each) => titles.get(each) ?? "").filter((title) => title !== "");
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <div className="min-w-0 flex-1 basis-52 leading-snug">
        <Link href={`/courses/${id}/lessons/${lesson.id}`} className="inline-block rounded-md py-1 font-medium wrap-anywhere underline-offset-4 hover:underline">
          {number}. {lesson.title}
        </Link>
        <p className="text-sm text-muted">
          {words.completions[lesson.completion](lesson.watched_percent)}
          {requires.length === 0 ? null : <> · {words.after(requires)}</>}
        </p>
      </div>
      {lesson.published ? null : <Badge icon="eyeOff">{words.hidden}</Badge>}
    </div>
  );
}
