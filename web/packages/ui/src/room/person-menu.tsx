"use client";

import type { Person } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Confirm } from "../dialog";
import { Icon, type IconName } from "../icons";
import { messages } from "../messages";
import { nameOf } from "./person";
import { useRoom } from "./room-context";

const words = messages.people;

/** What may be done about somebody. Empty for oneself, and for those who may do nothing. */
export function PersonMenu({ person, onStage, dark = false }: { person: Person; onStage: boolean; dark?: boolean }): ReactNode {
  const { state, ask, may } = useRoom();
  const [question, setQuestion] = useState<"remove" | "ban">();
  if (state === undefined || person.id === state.you.person.id) return null;
  const { id } = person;
  const muted = state.muted.includes(id);
  const invited = state.invitations.some((each) => each.id === id);
  const helper = state.coTutors.includes(id);
  const handUp = state.hands.some((hand) => hand.person.id === id);
  const teaches = person.role === "tutor" || person.role === "admin";
  const entries: { id: string; icon: IconName; label: string; shown: boolean; run: () => unknown; bad?: boolean }[] = [
    { id: "invite", icon: "broadcast", label: messages.hands.invite, shown: !onStage && !invited && may("stage_invite"), run: () => ask({ type: "stage_invite", person: id }) },
    { id: "unstage", icon: "leave", label: invited ? messages.hands.takeBack : messages.onStage.remove, shown: (onStage || invited) && may("stage_remove"), run: () => ask({ type: "stage_remove", person: id }) },
    { id: "hand", icon: "hand", label: messages.hands.lower, shown: handUp && may("hand_dismiss"), run: () => ask({ type: "hand_dismiss", person: id }) },
    { id: "mute", icon: muted ? "mic" : "micOff", label: muted ? words.unmute : words.mute, shown: may("mute") && (onStage || muted), run: () => ask({ type: "mute", person: id, on: !muted }) },
    { id: "helper", icon: "star", label: helper ? words.noCoTutor : words.coTutor, shown: may("co_tutor") && !teaches, run: () => ask({ type: "co_tutor", person: id, on: !helper }) },
    { id: "remove", icon: "close", label: words.remove, shown: may("remove") && !teaches, run: () => setQuestion("remove"), bad: true },
    { id: "ban", icon: "shield", label: words.ban, shown: may("ban") && !teaches, run: () => setQuestion("ban"), bad: true },
  ];
  const shown = entries.filter((entry) => entry.shown);
  if (shown.length === 0) return null;
  const name = nameOf(person);
  return (
    <>
      <MenuTrigger>
        <AriaButton aria-label={words.actions(name)} className={`grid size-11 shrink-0 cursor-pointer place-items-center rounded-full ${dark ? "bg-black/55 text-white hover:bg-black/75" : "text-muted hover:bg-sunken hover:text-ink"}`}>
          <Icon name="dots" />
        </AriaButton>
        <Popover placement="bottom end" className="appear min-w-56 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
          <Menu className="outline-none" aria-label={words.actions(name)} onAction={(key) => void entries.find((entry) => entry.id === key)?.run()}>
            {shown.map((entry) => (
              <MenuItem key={entry.id} id={entry.id} textValue={entry.label} className={`flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focus:bg-sunken ${entry.bad === true ? "text-bad" : ""}`}>
                <Icon name={entry.icon} />
                {entry.label}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <Confirm
        title={question === "ban" ? words.banTitle(name) : words.removeTitle(name)} text={question === "ban" ? words.banText : words.removeText}
        confirm={question === "ban" ? words.ban : words.remove} cancel={messages.cancel} isOpen={question !== undefined} onClose={() => setQuestion(undefined)}
        onConfirm={() => {
          setQuestion(undefined);
          void ask(question === "ban" ? { type: "ban", person: id } : { type: "remove", person: id });
        }}
      />
    </>
  );
}
