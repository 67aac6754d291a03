import type { ReactNode } from "react";
import { TutorApp } from "../tutor-app";

export default function Page(): ReactNode {
  return <TutorApp />;
}
