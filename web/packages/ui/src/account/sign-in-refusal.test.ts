import { describe, expect, it } from "vitest";
import { messages } from "../messages";
import { signInRefusal } from "./sign-in-refusal";

describe("a login elsewhere that was refused", () => {
  it("is explained in words of its own", () => {
    const codes = ["denied", "expired", "unavailable", "failed", "untrusted", "email_missing", "email_taken", "sign_up_closed"];
    const texts = [...codes.map((code) => `oidc_${code}`), "suspended", "email_taken", "database_unavailable"].map(signInRefusal);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).not.toContain(messages.account.elsewhereFailed);
  });

  it("says nothing that somebody else put into the address", () => {
    for (const code of ["", "constructor", "__proto__", "<b>Call 555</b>"]) expect(signInRefusal(code)).toBe(messages.account.elsewhereFailed);
  });
});
