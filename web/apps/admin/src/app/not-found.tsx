import { NotFoundPage } from "@lectern/ui";
import type { ReactNode } from "react";

export default function NotFound(): ReactNode {
  return <NotFoundPage />;
}
