"use client";

import type { ClassRoom } from "@lectern/client";
import { type ReactNode, useEffect, useState } from "react";
import { messages } from "../messages";
import { Announcer } from "../status";
import { nameOf } from "./person";
import { useRoom } from "./room-context";

/** A lively chat is summed up, or a screen reader would never fall silent. */
const GATHER_MS = 2_500;
const TEXT_MAX = 140;

/** Says what happens in the room to a screen reader, wherever its user is. */
export function RoomAnnouncer(): ReactNode {
  const { room } = useRoom();
  const [text, setText] = useState("");
  useEffect(() => {
    if (room === undefined) return;
    const abort = new AbortController();
    const gathered: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      if (gathered.length === 0) return;
      setText(gathered.length === 1 ? (gathered[0] ?? "") : messages.chat.newMessages(gathered.length));
      gathered.length = 0;
      timer = setTimeout(tell, GATHER_MS);
    };
    room.on("chat_posted", ({ event: { message } }) => {
      if (message.from.id === room.state?.you.person.id) return;
      gathered.push(messages.chat.said(nameOf(message.from), Array.from(message.text).slice(0, TEXT_MAX).join("")));
      timer ??= setTimeout(tell, 0);
    }, abort.signal);
    listen(room, setText, abort.signal);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [room]);
  return <Announcer text={text} />;
}

function listen(room: ClassRoom, say: (text: string) => void, signal: AbortSignal): void {
  const self = () => room.state?.you.person.id;
  room.on("poll_opened", ({ event: { poll } }) => say(poll.quiz ? messages.polls.openedQuiz(poll.question) : messages.polls.opened(poll.question)), signal);
  room.on("poll_closed", () => say(messages.polls.nowClosed), signal);
  room.on("hand_raised", ({ event: { hand } }) => {
    if (hand.person.id !== self()) say(messages.hands.raised(nameOf(hand.person)));
  }, signal);
  room.on("stage_joined", ({ event: { place } }) => say(place.person.id === self() ? messages.onStage.here : messages.onStage.joined(nameOf(place.person))), signal);
  room.on("stage_left", ({ event: { place } }) => {
    if (place.person.id === self()) say(messages.onStage.left);
  }, signal);
  room.on("muted", ({ event }) => {
    if (event.person === self()) say(event.on ? messages.onStage.youMuted : messages.onStage.youUnmuted);
  }, signal);
}
