/** H.264 first, since nearly every device decodes it in hardware; then the better of those that every browser has. */
export const DEFAULT_PREFERENCE = ["H264", "VP9", "VP8"];
const RESILIENCE = new Set(["video/rtx", "video/red", "video/ulpfec", "video/flexfec-03"]);
/** The codec of a capability, if it is one of ours. */
export function codecName(mimeType) {
    const name = mimeType.toUpperCase().replace("VIDEO/", "");
    return name === "H264" || name === "VP9" || name === "VP8" || name === "AV1" ? name : undefined;
}
/**
 * The list for `setCodecPreferences`: the codecs of `preference` in its order, the most widely decoded variant first
 * (H.264 constrained baseline, profile 0 of VP9 and AV1), then what repairs losses. Empty when the browser knows none of them.
 */
export function preferredCodecs(capabilities, preference) {
    const media = preference.flatMap((name) => capabilities
        .filter((codec) => codecName(codec.mimeType) === name && variantRank(codec) < 4)
        .sort((a, b) => variantRank(a) - variantRank(b)));
    return media.length === 0 ? [] : [...media, ...capabilities.filter((codec) => RESILIENCE.has(codec.mimeType.toLowerCase()))];
}
/** 0 is the best; 4 and more is not offered: an SFU forwards, so a variant that few decode helps nobody. */
function variantRank(codec) {
    const fmtp = codec.sdpFmtpLine ?? "";
    switch (codecName(codec.mimeType)) {
        case "H264":
            if (!fmtp.includes("packetization-mode=1"))
                return 4;
            return fmtp.includes("profile-level-id=42e0") ? 0 : fmtp.includes("profile-level-id=4200") ? 1 : 2;
        case "VP9":
            return /profile-id=[^0]/.test(fmtp) ? 4 : 0;
        case "AV1":
            return /profile=[^0]/.test(fmtp) ? 4 : 0;
        case "VP8":
        case undefined:
            return 0;
    }
}
