import { Mark, messages } from "@lectern/ui";
import type { ReactNode } from "react";

export default function Page(): ReactNode {
  return (
    <main className="mx-auto flex min-h-dvh max-w-3xl items-center gap-3 p-6">
      <Mark />
      <h1 className="text-xl font-semibold">{messages.admin.title}</h1>
    </main>
  );
}
