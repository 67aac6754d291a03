export { proxy } from "@lectern/ui/proxy";

// The root by itself: below a base path the pattern does not match it. Next reads this without running it.
export const config = { matcher: ["/", "/((?!_next/static|_next/image|icon.svg).*)"] };
