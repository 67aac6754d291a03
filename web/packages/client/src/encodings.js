/** The simulcast layers, lowest quality first. */
export const RIDS = ["q", "h", "f"];
/** VP9 and AV1 send simulcast only when each encoding says how many layers it has. */
export function scalabilityMode(codec, simulcast) {
    return simulcast && (codec === "VP9" || codec === "AV1") ? "L1T3" : undefined;
}
/**
 * The layers of a camera. With simulcast a quarter, half and full of the picture; `maxBitrateBps` bounds the full one
 * (1.7 Mbit/s suits 720p at 30 frames per second).
 */
export function cameraEncodings(options) {
    const full = options.maxBitrateBps ?? 1_700_000;
    if (!options.simulcast)
        return [{ maxBitrate: full }];
    const mode = scalabilityMode(options.codec, true);
    return RIDS.map((rid, index) => ({
        rid,
        active: true,
        scaleResolutionDownBy: 2 ** (RIDS.length - 1 - index),
        maxBitrate: Math.round([full / 11, full / 3.4, full][index] ?? full),
        ...(mode === undefined ? {} : { scalabilityMode: mode }),
    }));
}
/** The one layer of a screen: sharp before smooth. */
export function screenEncodings(maxBitrateBps = 2_500_000) {
    return [{ maxBitrate: maxBitrateBps }];
}
