/** A TCP connection's way to a server, which can be cut and mended. */
import { createConnection, createServer } from "node:net";

/** Opens one to an origin such as `http://127.0.0.1:10000`. @param {string} origin */
export async function openWire(origin) {
  const { hostname, port } = new URL(origin);
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = createConnection(Number(port), hostname);
    for (const [socket, other] of /** @type {const} */ ([[near, far], [far, near]])) {
      sockets.add(socket);
      // An error is followed by this, too.
      socket.on("error", () => undefined).on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
