/** A network that can be cut: everything over TCP to an address, as long as the test lets it through. */
import { connect, createServer } from "node:net";

/** @param {string} origin of the server */
export async function cuttable(origin) {
  const { hostname, port } = new URL(origin);
  let open = true;
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  const server = createServer((client) => {
    if (!open) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : 0;
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${listening}`,
    /** Breaks every connection and lets none in. */
    cut: () => {
      open = false;
      drop();
    },
    mend: () => {
      open = true;
    },
    stop: () => {
      drop();
      return /** @type {Promise<void>} */ (new Promise((resolve) => server.close(() => resolve())));
    },
  };
}
