import type { NextConfig } from "next";

const config: NextConfig = {
  basePath: "/admin",
  poweredByHeader: false,
  reactStrictMode: true,
  // Written in TypeScript and JSX, compiled with the app.
  transpilePackages: ["@lectern/ui"],
};

export default config;
