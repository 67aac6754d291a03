import { proxyTo } from "@lectern/ui/proxy";
import type { NextRequest, NextResponse } from "next/server";

/** A link into a class is `/?room=…#token=…`: with a room, the root is the classroom. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, searchParams } = request.nextUrl;
  return proxyTo(request, pathname === "/" && searchParams.has("room") ? new URL("/class", request.url) : undefined);
}

// The root by itself: below a base path the pattern does not match it. Next reads this without running it.
export const config = { matcher: ["/", "/((?!_next/static|_next/image|icon.svg).*)"] };
