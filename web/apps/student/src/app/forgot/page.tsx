import { messages } from "@lectern/ui/messages";
import type { Metadata } from "next";

export const metadata: Metadata = { title: `${messages.account.forgotTitle} · ${messages.product}` };
export { ForgotPage as default } from "@lectern/ui";
