import type { ReactNode } from "react";
import { StudentApp } from "../student-app";

export default function Page(): ReactNode {
  return <StudentApp />;
}
