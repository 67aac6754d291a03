import { expect, it } from "vitest";
import { mediaType } from "./media-type";

it("is what the browser says, without parameters", () => {
  expect(mediaType({ name: "talk.webm", type: "video/webm;codecs=vp8,opus" })).toBe("video/webm");
  expect(mediaType({ name: "Slides.PDF", type: "application/pdf" })).toBe("application/pdf");
});

it("is what the name says where systems disagree or know nothing", () => {
  expect(mediaType({ name: "all.ZIP", type: "application/x-zip-compressed" })).toBe("application/zip");
  expect(mediaType({ name: "marks.csv", type: "application/vnd.ms-excel" })).toBe("text/csv");
  expect(mediaType({ name: "notes.md", type: "" })).toBe("text/markdown");
  expect(mediaType({ name: "phone.MOV", type: "" })).toBe("video/quicktime");
});

it("is none in particular when nobody knows", () => {
  expect(["strange.xyz", "noextension", ""].map((name) => mediaType({ name, type: "" }))).toEqual(Array(3).fill("application/octet-stream"));
});
