"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, Card, Confirm, explain, Form, LinkButton, loginPath, messages, missing, Notice, school, SubmitButton, TextField, toast, useForm } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";

const words = messages.student.course;

/** The way into a course for who is not in it: a button, a code, or why there is none. */
export function Enrolment({ course, signedIn }: { course: Schemas["Course"]; signedIn: boolean }): ReactNode {
  const router = useRouter();
  const form = useForm({
    initial: { code: "" },
    check: ({ code }) => (course.enrolment === "code" && code.trim() === "" ? [missing("code")] : []),
    submit: async ({ code }) => {
      await school.post("/v1/courses/{id}/enrolment", { path: { id: course.id }, body: course.enrolment === "code" ? { code: code.trim() } : {}, idempotent: true });
      toast(words.nowEnrolled);
      router.refresh();
    },
  });
  if (course.may_change) return null;
  if (course.state === "archived") return <Notice tone="info">{words.archived}</Notice>;
  if (course.enrolment === "list") return <Notice tone="info">{words.enrolList}</Notice>;
  if (!signedIn) {
    return <div><LinkButton variant="primary" href={loginPath(`/courses/${course.id}`)}>{words.enrolSignIn}</LinkButton></div>;
  }
  return (
    <Card className={course.enrolment === "code" ? "" : "border-0 bg-transparent p-0"}>
      <Form form={form} label={words.enrol} className="max-w-sm items-start">
        {course.enrolment === "code" ? <TextField {...form.field("code")} label={words.enrolCode} hint={words.enrolCodeHint} autoComplete="off" className="w-full" /> : null}
        <SubmitButton form={form}>{words.enrol}</SubmitButton>
      </Form>
    </Card>
  );
}

/** The way out. */
export function LeaveCourse({ course }: { course: string }): ReactNode {
  const router = useRouter();
  const [asked, setAsked] = useState(false);
  const leave = async () => {
    setAsked(false);
    try {
      await school.delete("/v1/courses/{id}/enrolment", { path: { id: course } });
      toast(words.left);
      router.refresh();
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    }
  };
  return (
    <div>
      <Button variant="quiet" icon="leave" onPress={() => setAsked(true)}>{words.leave}</Button>
      <Confirm title={words.leaveTitle} text={words.leaveText} confirm={words.leaveConfirm} cancel={words.stay} isOpen={asked} onConfirm={() => void leave()} onClose={() => setAsked(false)} />
    </div>
  );
}
