"use client";

import { Mark, messages, TicketForm, useTicket } from "@lectern/ui";
import type { ReactNode } from "react";
import { Studio } from "./studio";

/** A ticket leads into the studio, none to the form for one. */
export function TutorApp(): ReactNode {
  const ticket = useTicket();
  if (ticket === undefined) {
    return (
      <div className="grid min-h-dvh place-items-center">
        <Mark className="breathe size-12" />
      </div>
    );
  }
  if (ticket === null) return <TicketForm title={messages.ticket.tutorTitle} intro={messages.ticket.tutorIntro} />;
  return <Studio key={`${ticket.room} ${ticket.token}`} ticket={ticket} />;
}
