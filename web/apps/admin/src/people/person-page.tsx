"use client";

import type { Schemas } from "@lectern/client";
import { Card, LinkButton, LocalTime, messages, Page, PageHead, Section } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Fact, Facts } from "../frame/facts";
import { PersonForm } from "./person-form";
import { Standing } from "./standing";
import { Suspension } from "./suspension";

const words = messages.admin.person;

/** One person: who they are, what they may, whether they may come in. */
export function PersonPage({ first, isOneself }: { first: Schemas["Person"]; isOneself: boolean }): ReactNode {
  const [person, setPerson] = useState(first);
  return (
    <Page>
      <PageHead
        before={<Link href="/people" className="inline-flex min-h-11 items-center self-start underline underline-offset-4">{words.back}</Link>}
        title={person.name}
        intro={<Standing person={person} />}
      />
      <Section title={words.about} id="about">
        <Card>
          <Facts>
            <Fact title={messages.admin.people.email}>{person.email}</Fact>
            <Fact title={words.signedUp}><LocalTime at={person.created_at} /></Fact>
            <Fact title={words.id}><code className="text-sm">{person.id}</code></Fact>
          </Facts>
        </Card>
      </Section>
      <Section title={words.change} id="change">
        <PersonForm person={person} isOneself={isOneself} onSaved={setPerson} />
      </Section>
      {isOneself ? null : (
        <Section title={words.suspension} id="suspension">
          <Suspension person={person} onChanged={setPerson} />
        </Section>
      )}
      <div><LinkButton href={`/audit?person=${person.id}`} icon="list" className="py-2 text-center">{words.trail}</LinkButton></div>
    </Page>
  );
}
