// One configuration for every package; the packages run `eslint .` in their own folder.
import js from "@eslint/js";
import next from "@next/eslint-plugin-next";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const nodeGlobals = { process: "readonly", console: "readonly", Buffer: "readonly", URL: "readonly", fetch: "readonly",
  setTimeout: "readonly", clearTimeout: "readonly", setInterval: "readonly", performance: "readonly", AbortSignal: "readonly" };
// Code that Playwright carries into the page.
const pageGlobals = { document: "readonly", window: "readonly", navigator: "readonly", RTCPeerConnection: "readonly", MediaStream: "readonly", Event: "readonly", EventSource: "readonly",
  MediaRecorder: "readonly", Blob: "readonly", btoa: "readonly" };

export default tseslint.config(
  { ignores: ["**/dist/**", "**/.next/**", "**/.turbo/**", "**/next-env.d.ts", "**/screenshots/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // Takes a flag that another task may set for a constant.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["**/*.tsx"],
    plugins: { "react-hooks": reactHooks, "@next/next": next },
    rules: { ...reactHooks.configs.recommended.rules, ...next.configs.recommended.rules, ...next.configs["core-web-vitals"].rules,
      "@next/next/no-html-link-for-pages": "off" },
  },
  { files: ["**/*.mjs", "**/*.js"], languageOptions: { globals: { ...nodeGlobals, ...pageGlobals } } },
);
