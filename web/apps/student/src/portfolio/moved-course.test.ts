import type { Schemas } from "@lectern/client";
import { expect, it } from "vitest";
import { movedCourse } from "./moved-course";

const course = (id: string, percent: number): Schemas["CourseStanding"] => ({ id, title: `T${id}`, summary: "", state: "published", lessons: 4, completed: 1, percent, last_activity_at: "2026-11-26T00:00:00Z" });
const portfolio = (...courses: Schemas["CourseStanding"][]): Schemas["Portfolio"] => ({ courses, lessons_completed: 1, streak: { days: 1, best: 1, today: true } });

it("names the course that moved, a new one too", () => {
  const before = portfolio(course("a", 20), course("b", 30));
  expect(movedCourse(before, portfolio(course("b", 40), course("a", 20)))).toBe("Tb");
  expect(movedCourse(before, portfolio(course("c", 0), ...before.courses))).toBe("Tc");
});

it("names none when nothing moved, or one is gone", () => {
  const before = portfolio(course("a", 20), course("b", 30));
  expect(movedCourse(before, before)).toBeUndefined();
  expect(movedCourse(before, portfolio(course("a", 20)))).toBeUndefined();
});
