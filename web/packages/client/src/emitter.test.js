import { expect, it } from "vitest";
import { Emitter } from "./emitter.js";
it("tells listeners until they leave, by function or by signal", () => {
    const emitter = new Emitter();
    const heard = [];
    const abort = new AbortController();
    const off = emitter.on("n", (n) => heard.push(`a${n}`));
    emitter.on("n", (n) => heard.push(`b${n}`), abort.signal);
    emitter.emit("n", 1);
    off();
    emitter.emit("n", 2);
    abort.abort();
    emitter.on("n", (n) => heard.push(`c${n}`), abort.signal);
    emitter.emit("n", 3);
    expect(heard).toEqual(["a1", "b1", "b2"]);
});
