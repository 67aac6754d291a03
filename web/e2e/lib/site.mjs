/**
 * A front end that is none of ours, as small as can be: an empty page with the client library in it, of an origin of its
 * own. What works in it works across origins and without the apps.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const WEB = join(import.meta.dirname, "..", "..");
const PAGE = `<!doctype html><meta charset="utf-8"><title>participant</title><link rel="icon" href="data:,">
<script type="importmap">{"imports":{"@lectern/client":"/packages/client/dist/index.js"}}</script>
<script type="module" src="/e2e/page/participant.mjs"></script>`;
/** What is served besides the page, under the path that it has below `web/`. */
const SCRIPT = /^\/(e2e\/page|packages\/client\/dist(?:\/replay)?)\/[\w-]+\.m?js$/;

/** Starts it; `origin` is the page's address. */
export async function startSite() {
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    try {
      const script = SCRIPT.test(path);
      const body = script ? await readFile(join(WEB, path)) : path === "/" ? PAGE : undefined;
      response.writeHead(body === undefined ? 404 : 200, { "content-type": script ? "text/javascript" : "text/html" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = () => {
    server.closeAllConnections();
    return /** @type {Promise<void>} */ (new Promise((resolve) => server.close(() => resolve())));
  };
  return { origin: `http://127.0.0.1:${port}/`, stop };
}
