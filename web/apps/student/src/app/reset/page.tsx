import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";

export const metadata: Metadata = { title: `${messages.account.resetTitle} · ${messages.product}` };
export { ResetPage as default } from "@lectern/ui";
