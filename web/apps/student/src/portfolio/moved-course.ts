import type { Schemas } from "@lectern/client";

type Portfolio = Schemas["Portfolio"];

/** The title of a course in which something is another than before. */
export function movedCourse(before: Portfolio, now: Portfolio): string | undefined {
  const old = new Map(before.courses.map((course) => [course.id, course]));
  return now.courses.find((course) => {
    const then = old.get(course.id);
    return then === undefined || then.percent !== course.percent || then.completed !== course.completed || then.score !== course.score;
  })?.title;
}
