/**
 * React Aria's two ways to hide the native control behind one of its own, a list's and a radio button's: the style attributes
 * that a server sends.
 */
const HIDDEN = "'sha256-nlaag70CeJ4ApAK6zDhDoc67sPQgJmu/ZcrF3ZRA718=' 'sha256-OPvH+zTsq+vvwlH2fikB1Fveiha+jXy32l3j4fYaEpA='";

/**
 * The headers that keep a page to itself. Scripts run only with the nonce of this answer; nothing comes from other hosts.
 * Another media node is another origin: `LECTERN_CONNECT_SRC` (origins, separated by spaces) names those a page may speak to,
 * `LECTERN_BLOB_SRC` those of the blob store, from which it also shows pictures and plays videos.
 */
export function securityHeaders(nonce: string, options: { development: boolean; connectSrc: string; blobSrc: string }): Record<string, string> {
  const { development, connectSrc, blobSrc } = options;
  const sources = (...lists: string[]) => lists.filter((list) => list !== "").join(" ");
  const directives = [
    "default-src 'none'",
    // 'strict-dynamic': what a trusted script loads is trusted. The development server evaluates code.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    `style-src-attr ${development ? "'unsafe-inline'" : `'unsafe-hashes' ${HIDDEN}`}`,
    `img-src ${sources("'self' data: blob:", blobSrc)}`,
    `media-src ${sources("'self' blob:", blobSrc)}`,
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src ${sources("'self'", development ? "ws:" : "", connectSrc, blobSrc)}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": directives.join("; "),
    "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), autoplay=(self), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}
