"use client";

import type { Schemas } from "@lectern/client";
import { asLecternError } from "@lectern/client";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { explain } from "../form/use-form";
import { Icon, type IconName } from "../icons";
import { messages } from "../messages";
import { toast } from "../page/toasts";
import { school } from "../school";
import { signedOut } from "./session-keeper";

const words = messages.shell;

/** Ends the session of this browser and goes to the start. */
export async function signOut(): Promise<void> {
  try {
    await school.delete("/v1/session");
  } catch (thrown) {
    const error = asLecternError(thrown);
    // Over already is over.
    if (error.status !== 401) {
      toast(explain(error), "bad");
      return;
    }
  }
  signedOut();
}

/** Behind the person's initial: the other apps that are theirs, their account, the way out. */
export function AccountMenu({ viewer, base }: { viewer: Schemas["Person"]; base: string }): ReactNode {
  const apps: { id: string; href: string; icon: IconName; label: string; shown: boolean }[] = [
    { id: "learn", href: "/me", icon: "book", label: words.learn, shown: base !== "" },
    { id: "teach", href: "/tutor", icon: "broadcast", label: words.teach, shown: base !== "/tutor" && viewer.role !== "student" },
    { id: "administer", href: "/admin", icon: "shield", label: words.administer, shown: base !== "/admin" && viewer.role === "admin" },
    { id: "settings", href: "/account", icon: "settings", label: words.settings, shown: true },
  ];
  const item = "flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focus:bg-sunken";
  return (
    <MenuTrigger>
      <AriaButton aria-label={words.accountOf(viewer.name)} className="grid size-11 cursor-pointer place-items-center rounded-full bg-accent-soft font-semibold uppercase text-ink hover:bg-line">
        <span aria-hidden="true">{Array.from(viewer.name)[0]}</span>
      </AriaButton>
      <Popover placement="bottom end" className="appear min-w-60 max-w-80 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <Menu aria-label={words.account} className="outline-none" onAction={(key) => {
          if (key === "out") void signOut();
        }}>
          <MenuSection>
            <Header className="flex flex-col px-3 pb-2 pt-1.5 leading-tight">
              <span className="font-semibold wrap-anywhere">{viewer.name}</span>
              <span className="text-sm text-muted wrap-anywhere">{viewer.email}</span>
            </Header>
            {apps.filter(({ shown }) => shown).map(({ id, href, icon, label }) => (
              <MenuItem key={id} id={id} href={href} textValue={label} className={item}>
                <Icon name={icon} />
                {label}
              </MenuItem>
            ))}
            <MenuItem id="out" textValue={words.signOut} className={item}>
              <Icon name="leave" />
              {words.signOut}
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
