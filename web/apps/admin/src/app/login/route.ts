/**
 * The login page is the student's app's, of the same origin but above this app's path, which Next would put in front of
 * every address that it redirects to.
 */
export function GET(request: Request): Response {
  const { search } = new URL(request.url);
  return new Response(null, { status: 307, headers: { location: `/login${search}` } });
}
