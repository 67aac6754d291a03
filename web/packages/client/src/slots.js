/** Before anything is known. */
export const EMPTY_VIEW = { contents: new Map(), layers: new Map(), speaker: undefined, viewerCount: undefined };
/** A slot that nobody sends into. */
export const EMPTY_SLOT = { active: false, source: undefined, receiving: undefined };
/** The events asked for. The draft's `active` and `inactive` say nothing that `slots` does not say better. */
export const EVENT_NAMES = ["layers", "viewercount", "slots", "speaker", "reconnect"];
/** The view after a server-sent event. What cannot be understood changes nothing: the server may be newer than we are. */
export function applyEvent(view, event, data) {
    const body = parseRecord(data);
    switch (event) {
        case "slots":
            return Array.isArray(body?.["slots"]) ? { ...view, contents: contentsFrom(body["slots"]) } : view;
        case "layers":
            return body === undefined ? view : { ...view, layers: layersFrom(body) };
        case "speaker":
            return body === undefined ? view : { ...view, speaker: textOf(body["source"]) };
        case "viewercount":
            return { ...view, viewerCount: numberOf(body?.["viewercount"]) ?? view.viewerCount };
        default:
            return view;
    }
}
/** How long to wait before moving, when the server asks for that by a `reconnect` event. */
export function reconnectDelayMs(data) {
    return Math.min(Math.max(numberOf(parseRecord(data)?.["retryAfterMs"]) ?? 0, 0), 60_000);
}
function contentsFrom(entries) {
    const contents = new Map();
    for (const entry of entries) {
        const mid = isRecord(entry) ? textOf(entry["mid"]) : undefined;
        if (!isRecord(entry) || mid === undefined)
            continue;
        const source = textOf(entry["source"]);
        contents.set(mid, { active: source !== undefined, source, receiving: layerFrom(entry["layer"]) });
    }
    return contents;
}
/** The draft lists each layer once per temporal layer, best first; here each is once, lowest first. */
function layersFrom(body) {
    const byLine = new Map();
    for (const [line, entries] of Object.entries(body)) {
        if (!/^\d+$/.test(line) || !Array.isArray(entries))
            continue;
        const bySpatial = new Map();
        for (const layer of entries.map(layerFrom)) {
            if (layer !== undefined && !bySpatial.has(layer.spatial))
                bySpatial.set(layer.spatial, layer);
        }
        byLine.set(Number(line), [...bySpatial.values()].sort((a, b) => a.spatial - b.spatial));
    }
    return byLine;
}
function layerFrom(value) {
    if (!isRecord(value))
        return undefined;
    return {
        rid: textOf(value["rid"]),
        spatial: numberOf(value["spatialLayerId"]) ?? 0,
        bitrateBps: numberOf(value["bitrate"]) ?? 0,
        width: numberOf(value["width"]) ?? 0,
        height: numberOf(value["height"]) ?? 0,
    };
}
function parseRecord(data) {
    try {
        const body = JSON.parse(data);
        return isRecord(body) ? body : undefined;
    }
    catch {
        return undefined;
    }
}
function isRecord(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
function textOf(value) {
    return typeof value === "string" && value !== "" ? value : undefined;
}
function numberOf(value) {
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
