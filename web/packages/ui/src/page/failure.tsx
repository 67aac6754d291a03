"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, startTransition, useEffect } from "react";
import { Button } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { LinkButton } from "./link-button";
import { EmptyState, Page, PageHead } from "./page";

/** For `error.tsx`: a page that could not be made, and the way to try it again. */
export function FailurePage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }): ReactNode {
  const router = useRouter();
  useEffect(() => {
    console.error(error);
  }, [error]);
  // What failed was made by the server: it has to make it anew.
  const again = () => startTransition(() => {
    router.refresh();
    reset();
  });
  return (
    <Page>
      <PageHead title={messages.failure.title} />
      <EmptyState icon={<Icon name="alert" className="size-8" />} title={messages.failure.text} action={<Button variant="primary" onPress={again}>{messages.failure.tryAgain}</Button>} />
    </Page>
  );
}

/** For `not-found.tsx`. */
export function NotFoundPage(): ReactNode {
  return (
    <Page>
      <PageHead title={messages.notFound.title} intro={messages.notFound.text} />
      <div><LinkButton href="/" icon="home">{messages.shell.home}</LinkButton></div>
    </Page>
  );
}
