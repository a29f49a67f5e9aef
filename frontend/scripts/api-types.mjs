// SPDX-License-Identifier: EUPL-1.2
// Writes src/lib/api/schema.d.ts from the backend's OpenAPI schema, or from the file named on the command line.
// With --check it only compares and fails on a difference.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../src/lib/api/schema.d.ts");
const [file] = process.argv.slice(2).filter((word) => word !== "--check");

function schemaOfBackend() {
  const python = process.env.VCONF_PYTHON ?? here("../../.venv/bin/python");
  const answer = spawnSync(python, [here("../../manage.py"), "spectacular", "--format", "openapi-json"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    // The schema is the same everywhere; the demo needs no secret key.
    env: { ...process.env, VCONF_DEMO: process.env.VCONF_DEMO ?? "1" },
  });
  if (answer.status !== 0) {
    console.error(answer.error?.message ?? answer.stderr);
    process.exit(1);
  }
  return answer.stdout;
}

const schema = JSON.parse(file ? readFileSync(file, "utf8") : schemaOfBackend());
const types = [
  "// SPDX-License-Identifier: EUPL-1.2",
  "// Written by `npm run api-types` from the OpenAPI schema; do not edit.",
  "",
  // A field with a default may be left out of a request.
  astToString(await openapiTS(schema, { defaultNonNullable: false })),
].join("\n");

if (!process.argv.includes("--check")) {
  writeFileSync(target, types);
} else if (readFileSync(target, "utf8") !== types) {
  console.error("src/lib/api/schema.d.ts is not in step with the API: run `npm run api-types`.");
  process.exit(1);
}
