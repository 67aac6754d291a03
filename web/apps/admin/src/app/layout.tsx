import type { Metadata } from "next";
import "./globals.css";

export const metadata: Metadata = { title: "Administration · Lectern", robots: { index: false }, referrer: "no-referrer" };
export { Layout as default, viewport } from "@lectern/ui/layout";
