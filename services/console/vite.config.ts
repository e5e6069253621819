import { defineConfig } from "vite";

// Where the API answers while the console is worked on: CONSOLE_API=http://… vite.
const api = process.env.CONSOLE_API ?? "http://127.0.0.1:8000";

// The gateway serves what is made at this path, and nothing else of it.
export default defineConfig({
  base: "/console/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // A change by cookie has to come from the gateway's own address.
    proxy: { "/v1": { target: api, headers: { origin: api } } },
  },
});
