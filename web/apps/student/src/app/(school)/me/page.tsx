import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PortfolioView } from "../../../portfolio/portfolio-view";

export const metadata: Metadata = { title: `${messages.student.portfolio.courses} · ${messages.product}` };

export default async function PortfolioPage(): Promise<ReactNode> {
  const person = await requireViewer("/me");
  const portfolio = await found((await serverSchool()).get("/v1/me/portfolio"), "/me");
  return <PortfolioView name={person.name} portfolio={portfolio} />;
}
