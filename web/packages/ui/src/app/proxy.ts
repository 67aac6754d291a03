import { type NextRequest, NextResponse } from "next/server";
import { securityHeaders } from "../csp";

/** Gives every page the headers that keep it to itself; Next reads the nonce for its own scripts from the request. */
export function proxy(request: NextRequest): NextResponse {
  return proxyTo(request, undefined);
}

/** The same for another page of the app, `instead` of the one that was asked for, at its address. */
export function proxyTo(request: NextRequest, instead: URL | undefined): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const headers = securityHeaders(nonce, {
    development: process.env.NODE_ENV === "development",
    connectSrc: process.env["LECTERN_CONNECT_SRC"] ?? "",
    blobSrc: process.env["LECTERN_BLOB_SRC"] ?? "",
  });
  const forwarded = new Headers(request.headers);
  forwarded.set("content-security-policy", headers["content-security-policy"] ?? "");
  forwarded.set("x-nonce", nonce);
  const response = instead === undefined ? NextResponse.next({ request: { headers: forwarded } }) : NextResponse.rewrite(instead, { request: { headers: forwarded } });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
