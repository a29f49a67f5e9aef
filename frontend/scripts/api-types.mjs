// SPDX-License-Identifier: EUPL-1.2
// Writes src/lib/api/schema.d.ts from the backend's OpenAPI schema; --check only compares and fails on a difference.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../src/lib/api/schema.d.ts");
const python = process.env.VCONF_PYTHON ?? here("../../.venv/bin/python");

const schema = execFileSync(python, [here("../../manage.py"), "spectacular", "--format", "openapi-json"], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const types =
  "// SPDX-License-Identifier: EUPL-1.2\n// Written by `npm run api-types` from the OpenAPI schema; do not edit.\n\n" +
  astToString(await openapiTS(JSON.parse(schema)));

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== types) {
    console.error("src/lib/api/schema.d.ts is not in step with the API: run `npm run api-types`.");
    process.exit(1);
  }
} else {
  writeFileSync(target, types);
}
