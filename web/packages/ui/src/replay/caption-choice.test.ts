import { expect, test } from "vitest";
import { preferredCaptions } from "./caption-choice";

const offers = ["de", "en", "pt-BR"].map((language) => ({ language, label: language, url: `/${language}` }));

test("those of the last time, else what one speaks, else the first", () => {
  expect(preferredCaptions(offers, "en", ["pt-PT", "de"])).toBe("en");
  expect(preferredCaptions(offers, "fr", ["pt-PT", "de"])).toBe("pt-BR");
  expect(preferredCaptions(offers, "", ["fr-FR", "en-GB", "de"])).toBe("en");
  expect(preferredCaptions(offers, "", ["fr"])).toBe("de");
  expect(preferredCaptions([], "en", ["en"])).toBeUndefined();
});
