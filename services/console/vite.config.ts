import { defineConfig, type Plugin } from "vite";

// Where the API answers while the console is worked on: CONSOLE_API=http://… vite.
const api = process.env.CONSOLE_API ?? "http://127.0.0.1:8000";

/** src/early.ts runs as soon as it is there itself, and not with all that the
 * application imports. */
const earlyScript: Plugin = {
  name: "early-script",
  transformIndexHtml: {
    order: "post",
    handler(_, { bundle }) {
      const found = Object.values(bundle ?? {}).find(
        (each) => each.type === "chunk" && each.isEntry && each.name === "early",
      );
      if (found === undefined) return [];
      const src = `/console/${found.fileName}`;
      const attrs = { type: "module", crossorigin: true, src };
      return [{ tag: "script", attrs, injectTo: "head-prepend" }];
    },
  },
};

// The gateway serves what is made at this path, and nothing else of it.
export default defineConfig({
  base: "/console/",
  plugins: [earlyScript],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: ["index.html", "src/early.ts"] },
  },
  server: {
    // A change by cookie has to come from the gateway's own address.
    proxy: { "/v1": { target: api, headers: { origin: api } } },
  },
});
