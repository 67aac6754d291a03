import type { NextConfig } from "next";

const config: NextConfig = {
  basePath: "/tutor",
  poweredByHeader: false,
  reactStrictMode: true,
  // Written in TypeScript and JSX, compiled with the app.
  transpilePackages: ["@lectern/ui"],
};

export default config;
