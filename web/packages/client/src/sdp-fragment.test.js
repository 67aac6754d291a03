import { describe, expect, it } from "vitest";
import { iceFragment, withIceFragment } from "./sdp-fragment.js";
const SDP = [
    "v=0", "o=- 1 2 IN IP4 127.0.0.1", "a=group:BUNDLE 0 1", "a=ice-options:trickle", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0",
    "a=ice-ufrag:old", "a=ice-pwd:oldoldoldoldoldoldoldold", "a=candidate:1 1 udp 1 10.0.0.1 5000 typ host", "a=rtpmap:111 opus/48000/2",
    "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:1", "a=ice-ufrag:old", "a=ice-pwd:oldoldoldoldoldoldoldold", "",
].join("\r\n");
describe("ICE fragment", () => {
    it("has the first section's ICE lines and nothing else", () => {
        expect(iceFragment(SDP).split("\r\n")).toEqual([
            "a=group:BUNDLE 0 1", "a=ice-options:trickle", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=ice-ufrag:old",
            "a=ice-pwd:oldoldoldoldoldoldoldold", "a=candidate:1 1 udp 1 10.0.0.1 5000 typ host", "",
        ]);
    });
    it("replaces credentials in every section, and candidates when it brings some", () => {
        const after = withIceFragment(SDP, "a=ice-ufrag:new\r\na=ice-pwd:newnew\r\na=candidate:2 1 udp 1 10.0.0.2 6000 typ host\r\n");
        expect(after?.match(/a=ice-ufrag:new/g)).toHaveLength(2);
        expect(after).not.toContain("old");
        expect(after).not.toContain("10.0.0.1 5000");
        expect(withIceFragment(SDP, "a=ice-ufrag:new\na=ice-pwd:newnew\n")).toContain("10.0.0.1 5000");
    });
    it("without credentials is none", () => {
        expect(withIceFragment(SDP, "a=ice-ufrag:new\r\n")).toBeUndefined();
    });
});
