import { describe, expect, it } from "vitest";
import { DEFAULT_PREFERENCE, preferredCodecs } from "./codecs.js";
import { cameraEncodings } from "./encodings.js";
const codec = (name, sdpFmtpLine = "") => ({ mimeType: `video/${name}`, clockRate: 90_000, sdpFmtpLine });
const CHROMIUM = [
    codec("VP8"), codec("rtx"), codec("H264", "packetization-mode=1;profile-level-id=42001f"), codec("H264", "packetization-mode=0;profile-level-id=42e01f"),
    codec("H264", "packetization-mode=1;profile-level-id=42e01f"), codec("AV1", "profile=0"), codec("VP9", "profile-id=2"), codec("VP9", "profile-id=0"), codec("red"),
];
describe("codec preference", () => {
    it("is H.264, VP9, VP8, the most common variants first, then repair", () => {
        expect(preferredCodecs(CHROMIUM, DEFAULT_PREFERENCE).map((c) => `${c.mimeType} ${c.sdpFmtpLine}`.trim())).toEqual([
            "video/H264 packetization-mode=1;profile-level-id=42e01f", "video/H264 packetization-mode=1;profile-level-id=42001f",
            "video/VP9 profile-id=0", "video/VP8", "video/rtx", "video/red",
        ]);
    });
    it("is empty when a forced codec is not there", () => {
        expect(preferredCodecs([codec("VP8"), codec("rtx")], ["AV1"])).toEqual([]);
        expect(preferredCodecs(CHROMIUM, ["AV1"])[0]?.mimeType).toBe("video/AV1");
    });
});
describe("camera layers", () => {
    it("are q, h, f; VP9 and AV1 say their scalability mode, the others do not", () => {
        const layers = cameraEncodings({ simulcast: true, codec: "H264" });
        expect(layers.map((layer) => [layer.rid, layer.scaleResolutionDownBy])).toEqual([["q", 4], ["h", 2], ["f", 1]]);
        expect(layers.some((layer) => "scalabilityMode" in layer)).toBe(false);
        expect(cameraEncodings({ simulcast: true, codec: "AV1" }).every((layer) => layer.scalabilityMode === "L1T3")).toBe(true);
        expect(cameraEncodings({ simulcast: false, codec: "VP9" })).toEqual([{ maxBitrate: 1_700_000 }]);
    });
});
