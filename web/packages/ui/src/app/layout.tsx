import type { Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";

export const viewport: Viewport = {
  viewportFit: "cover",
  // The keyboard of a phone makes the page smaller instead of covering what one answers to.
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f5f1" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1214" },
  ],
};

/** The document around every page. */
export async function Layout({ children }: { children: ReactNode }): Promise<ReactNode> {
  // The nonce differs from answer to answer, so no page may be made ahead. The component library reads it here.
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en">
      <head>
        <meta property="csp-nonce" nonce={nonce} />
      </head>
      <body>{children}</body>
    </html>
  );
}
