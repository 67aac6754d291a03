/** The ICE half of a local description as a fragment for `PATCH` (RFC 8840 section 9; RFC 9725 section 4.3.2). */
export function iceFragment(sdp) {
    const lines = sdp.split(/\r?\n/);
    const firstMedia = lines.findIndex((line) => line.startsWith("m="));
    const session = lines.slice(0, Math.max(firstMedia, 0));
    const media = lines.slice(Math.max(firstMedia, 0));
    const secondMedia = media.findIndex((line, index) => index > 0 && line.startsWith("m="));
    // Everything is bundled, so the first section speaks for all.
    const first = secondMedia < 0 ? media : media.slice(0, secondMedia);
    const wanted = ["m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"];
    return [
        ...session.filter((line) => line.startsWith("a=ice-options:") || line.startsWith("a=group:BUNDLE")),
        ...first.filter((line) => wanted.some((prefix) => line.startsWith(prefix))),
        "",
    ].join("\r\n");
}
/** The remote description with the credentials and candidates of an ICE restart's answer; `undefined` when it brings none. */
export function withIceFragment(sdp, fragment) {
    const value = (name) => new RegExp(`^a=${name}:(.+)$`, "m").exec(fragment.replaceAll("\r", ""))?.[1];
    const ufrag = value("ice-ufrag");
    const pwd = value("ice-pwd");
    if (ufrag === undefined || pwd === undefined)
        return undefined;
    const candidates = fragment.split(/\r?\n/).filter((line) => line.startsWith("a=candidate:"));
    const replaced = [];
    for (const line of sdp.split(/\r?\n/)) {
        if (line.startsWith("a=candidate:") && candidates.length > 0)
            continue;
        if (line.startsWith("a=ice-ufrag:"))
            replaced.push(`a=ice-ufrag:${ufrag}`);
        else if (line.startsWith("a=ice-pwd:"))
            replaced.push(`a=ice-pwd:${pwd}`, ...candidates);
        else
            replaced.push(line);
    }
    return replaced.join("\r\n");
}
