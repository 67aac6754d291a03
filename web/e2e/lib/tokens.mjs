/** Tokens that no server ever signed: enough for a page, which reads them and does not verify. */

/**
 * @param {string} room
 * @param {{ role?: string, expiresInS?: number }} [options]
 */
export function unsignedToken(room, { role = "student", expiresInS = 3600 } = {}) {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + expiresInS;
  return `${part({ alg: "none" })}.${part({ room, sub: "p1", name: "Ada", role, exp, iat: exp - 1 })}.AAAA`;
}
