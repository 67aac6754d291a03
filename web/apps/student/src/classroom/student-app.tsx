"use client";

import { Mark, messages, TicketForm, useTicket } from "@lectern/ui";
import type { ReactNode } from "react";
import { Classroom } from "./classroom";

/** A ticket leads into the classroom, none to the form for one. */
export function StudentApp(): ReactNode {
  const ticket = useTicket();
  if (ticket === undefined) {
    return (
      <div className="grid min-h-dvh place-items-center">
        <Mark className="breathe size-12" />
      </div>
    );
  }
  if (ticket === null) return <TicketForm title={messages.ticket.title} intro={messages.ticket.intro} />;
  return <Classroom key={`${ticket.room} ${ticket.token}`} ticket={ticket} />;
}
