"use client";

import { type ReactNode, useSyncExternalStore } from "react";
import { Icon } from "../icons";
import { messages } from "../messages";

function subscribe(changed: () => void): () => void {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}

/** Says so while this computer has no network, to a screen reader too. */
export function OfflineNotice(): ReactNode {
  const offline = useSyncExternalStore(subscribe, () => !navigator.onLine, () => false);
  return (
    <div role="status">
      {offline ? (
        <p className="border-t border-line bg-warn-soft px-4 py-2 sm:px-6">
          <span className="mx-auto flex max-w-6xl items-center gap-2.5 text-sm sm:px-6"><Icon name="alert" className="size-5 text-warn" />{messages.offline}</span>
        </p>
      ) : null}
    </div>
  );
}
