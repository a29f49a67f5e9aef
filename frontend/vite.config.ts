// SPDX-License-Identifier: EUPL-1.2
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = `http://127.0.0.1:${process.env.VCONF_PORT ?? "8000"}`;

export default defineConfig(({ command }) => ({
  // Django serves the bundle as static files; in development Vite serves the pages itself.
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Fonts and images stay files: the content security policy need not allow data: for them.
    assetsInlineLimit: 0,
    target: "es2022",
    // The design system alone is about 340 kB of CSS before compression.
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": backend,
      "/j": backend,
      "/r": backend,
      "/mails": backend,
      "/ws": { target: backend, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    restoreMocks: true,
    testTimeout: 30_000,
    pool: "threads",
    maxWorkers: 2, // of two processors it would take one
    isolate: false, // React and our pages are loaded once for all files: each cleans up after itself
    env: { DEBUG_PRINT_LIMIT: "0" },
  },
}));
