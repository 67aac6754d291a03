"use client";

import type { Schemas } from "@lectern/client";
import { Card, MarkedText, messages, Page, PageHead, ProgressBar, Section, useSchoolEvent } from "@lectern/ui";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Leaderboard } from "../leaderboard/leaderboard";
import { Enrolment, LeaveCourse } from "./enrolment";
import { LiveClasses } from "./live-classes";
import { Outline } from "./outline";
import { Recordings } from "./recordings";

const words = messages.student.course;

/** A course: what it is, the way in, its lessons. */
export function CourseView({ course, lessons, viewer }: {
  course: Schemas["Course"];
  lessons: readonly Schemas["LessonSummary"][];
  /** The id of whoever looks; `undefined` for who is not signed in. */
  viewer: string | undefined;
}): ReactNode {
  const signedIn = viewer !== undefined;
  const member = course.enrolled || course.may_change;
  const completed = lessons.filter((lesson) => lesson.completed_at != null).length;
  return (
    <Page>
      <PageHead title={course.title} intro={<><p>{course.summary}</p>{course.tutors.length === 0 ? null : <p className="pt-1 text-sm">{words.by(course.tutors)}</p>}</>} />
      {course.enrolled ? (
        <Card>
          <ProgressBar label={words.progress} percent={lessons.length === 0 ? 0 : (completed / lessons.length) * 100} text={words.progressText(completed, lessons.length)} />
        </Card>
      ) : <Enrolment course={course} signedIn={signedIn} />}
      {signedIn ? <Follow course={course.id} /> : null}
      <Section title={words.lessons} id="lessons">
        <Outline lessons={lessons} open={member} />
      </Section>
      {member ? <LiveClasses course={course.id} /> : null}
      {member ? <Recordings course={course.id} /> : null}
      {course.description === "" ? null : (
        <Section title={words.about} id="about">
          <MarkedText text={course.description} />
        </Section>
      )}
      {member && signedIn ? <Leaderboard board={{ course: course.id }} viewer={viewer} /> : null}
      {course.enrolled ? <LeaveCourse course={course.id} /> : null}
    </Page>
  );
}

/** Makes the page anew when something about the course happens. */
function Follow({ course }: { course: string }): null {
  const router = useRouter();
  useSchoolEvent(["lesson.completed", "course.changed", "enrolment.started", "enrolment.ended", "resync"], (event) => {
    if (!("course" in event) || event.course === course) router.refresh();
  });
  return null;
}
