// SPDX-License-Identifier: EUPL-1.2
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

/**
 * Runs against the vconf at VCONF_URL; without it, one is started on VCONF_PORT with demo data in a folder of its own.
 * CHROMIUM names the browser.
 */
const given = process.env.VCONF_URL;
const port = process.env.VCONF_PORT ?? "18431";
const baseURL = given ?? `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: "journeys",
  outputDir: "test-results",
  forbidOnly: true,
  workers: 1,
  timeout: 240_000, // tests of the backend may run beside them
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL,
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", // Chromium refuses its sandbox to root
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=de-DE",
      ],
    },
  },
  ...(given
    ? {}
    : {
        webServer: {
          command: "../.venv/bin/python ../manage.py serve --migrate --load-demo",
          url: `${baseURL}/healthz`,
          timeout: 120_000,
          gracefulShutdown: { signal: "SIGTERM" as const, timeout: 20_000 },
          env: { VCONF_DEMO: "1", VCONF_PORT: port, VCONF_DATA_DIR: join(tmpdir(), `vconf-journey-${process.pid}`) },
        },
      }),
});
