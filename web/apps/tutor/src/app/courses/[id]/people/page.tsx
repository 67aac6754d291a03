import type { ReactNode } from "react";
import { CoursePeople } from "../../../../people/course-people";

export default function Page(): ReactNode {
  return <CoursePeople />;
}
