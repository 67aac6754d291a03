"use client";

import type { School, Schemas } from "@lectern/client";
import { Card, Form, IconButton, messages, missing, NumberField, school, SelectField, SubmitButton, toast, useForm } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { act } from "../school/act";
import { Shown } from "../school/shown";
import { type Loaded, useLoaded } from "../school/use-loaded";

const words = messages.tutor.quizzes;
/** As many students as can be chosen from in a list. */
const STUDENTS_MAX = 1_000;

type Student = Schemas["Page_Student"]["items"][number];
interface Times {
  readonly students: readonly Student[];
  readonly times: readonly Schemas["ExtraTime"][];
}

/** Who has more time for a quiz, and how much. */
export function ExtraTime({ id }: { id: string }): ReactNode {
  const { id: course } = useCourse();
  const load = useCallback(async (signal: AbortSignal): Promise<Times> => {
    const [{ items: times }, students] = await Promise.all([school.get("/v1/quizzes/{id}/extra_time", { path: { id }, signal }), studentsOf(school, course, signal)]);
    return { students, times };
  }, [id, course]);
  const loaded = useLoaded(load);
  return <Shown loaded={loaded}>{(data) => <TimesOf id={id} data={data} loaded={loaded} />}</Shown>;
}

async function studentsOf(school: School, course: string, signal: AbortSignal): Promise<readonly Student[]> {
  const students: Student[] = [];
  let after: string | undefined;
  do {
    const page = await school.get("/v1/courses/{id}/enrolments", { path: { id: course }, query: { after, limit: 100 }, signal });
    students.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined && students.length < STUDENTS_MAX);
  return students;
}

function TimesOf({ id, data, loaded }: { id: string; data: Times; loaded: Loaded<Times> }): ReactNode {
  const { students, times } = data;
  const write = async (person: string, minutes: number) => {
    const { items } = await school.put("/v1/quizzes/{id}/extra_time", { path: { id }, body: { person, extra_s: Math.round(minutes * 60) } });
    loaded.set({ ...data, times: items });
  };
  const form = useForm<{ readonly person: string; readonly extra_s: number | null }>({
    initial: { person: "", extra_s: 15 },
    check: ({ person, extra_s }) => [...(person === "" ? [missing("person")] : []), ...(extra_s === null ? [missing("extra_s")] : [])],
    submit: async ({ person, extra_s }) => {
      await write(person, extra_s ?? 0);
      form.reset({ person: "", extra_s });
      toast(messages.forms.saved);
    },
  });
  const nameOf = (person: string) => students.find((each) => each.id === person)?.name ?? words.formerStudent;
  if (students.length === 0) return <p className="text-muted">{words.noStudents}</p>;
  return (
    <Card className="flex flex-col gap-5">
      <p className="max-w-prose text-muted">{words.extraTimeIntro}</p>
      {times.length === 0 ? null : (
        <ul aria-label={words.extraTime} className="flex flex-col divide-y divide-line">
          {times.map(({ person, extra_s }) => (
            <li key={person} className="flex items-center gap-3 py-1">
              <span className="min-w-0 flex-1 wrap-anywhere">{nameOf(person)}</span>
              <span className="tabular-nums">{words.minutes(Math.round(extra_s / 60))}</span>
              <IconButton icon="close" label={words.takeTimeAway(nameOf(person))} onPress={() => void act(() => write(person, 0), messages.forms.saved)} className="bg-transparent" />
            </li>
          ))}
        </ul>
      )}
      <Form form={form} label={words.giveTime} className="max-w-xl">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label={words.fields.student} choices={students.map((each) => ({ id: each.id, label: each.name }))} {...form.field("person")} />
          <NumberField label={words.fields.extra} unit="min" min={1} max={1440} {...form.field("extra_s")} />
        </div>
        <SubmitButton form={form} variant="plain" className="self-start">{words.giveTime}</SubmitButton>
      </Form>
    </Card>
  );
}
