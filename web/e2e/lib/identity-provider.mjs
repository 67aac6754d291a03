/** An OpenID Connect provider, as small as can be: one person at a time, and a page on which they say yes or no. */
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import { URLSearchParams } from "node:url";

export const CLIENT = { id: "lectern", secret: "correct-horse" };

/** @typedef {{ sub: string, email: string, email_verified: boolean, name: string }} Person */

/**
 * Starts it; `issuer` is its address, and `person` whoever sits before it.
 * @param {Person} person
 */
export async function startIdentityProvider(person) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  /** @type {Map<string, URLSearchParams>} what was asked for, by the code that was given for it */
  const grants = new Map();
  const provider = { issuer: "", person, stop: async () => {} };

  /** @param {URLSearchParams} asked */
  const consent = (asked) => {
    const back = (/** @type {Record<string, string>} */ answer) => {
      const url = new URL(asked.get("redirect_uri") ?? "");
      for (const [name, value] of Object.entries({ ...answer, state: asked.get("state") ?? "" })) url.searchParams.set(name, value);
      return url.href.replaceAll("&", "&amp;");
    };
    const code = randomUUID();
    grants.set(code, asked);
    return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Example ID</title>
      <p>${provider.person.name}, may the school know who you are?</p>
      <a href="${back({ code })}">Allow</a> <a href="${back({ error: "access_denied" })}">Deny</a>`;
  };

  /** @param {URLSearchParams} form @param {string | undefined} authorization */
  const tokens = (form, authorization) => {
    const code = form.get("code") ?? "";
    const asked = grants.get(code);
    grants.delete(code);
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    const basic = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}`;
    if (asked === undefined || authorization !== basic || challenge !== asked.get("code_challenge")) return undefined;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: provider.issuer, aud: CLIENT.id, nonce: asked.get("nonce"), iat: now, exp: now + 300, ...provider.person };
    const part = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
    return { token_type: "Bearer", access_token: "none", id_token: `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}` };
  };

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", provider.issuer);
    const json = (/** @type {unknown} */ body, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (pathname === "/.well-known/openid-configuration") {
      const at = (/** @type {string} */ path) => `${provider.issuer}/${path}`;
      json({ issuer: provider.issuer, authorization_endpoint: at("authorize"), token_endpoint: at("token"), jwks_uri: at("keys") });
    } else if (pathname === "/keys") {
      json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] });
    } else if (pathname === "/authorize") {
      response.writeHead(200, { "content-type": "text/html" }).end(consent(searchParams));
    } else if (pathname === "/token") {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const answer = tokens(new URLSearchParams(body), request.headers.authorization);
      json(answer ?? { error: "invalid_grant" }, answer === undefined ? 400 : 200);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  provider.issuer = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  provider.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return provider;
}
