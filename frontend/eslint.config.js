// SPDX-License-Identifier: EUPL-1.2
import { readdirSync } from "node:fs";
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** Forbid imports of some of our folders; parent paths are forbidden too, so that the alias cannot be dodged. */
const forbid = (files, groups, message) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group: groups, message }] }],
  },
});

export default tseslint.config(
  { ignores: ["dist", "coverage", "playwright-report", "test-results", "src/lib/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { globals: globals.browser },
    ...jsxA11y.flatConfigs.recommended,
    plugins: { ...jsxA11y.flatConfigs.recommended.plugins, "react-hooks": reactHooks },
    rules: {
      ...jsxA11y.flatConfigs.recommended.rules,
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "jsx-a11y/label-has-associated-control": ["error", { depth: 3 }],
      // Every visible word comes from the catalogues in src/lib/i18n.
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}/u]", message: "Visible text belongs in src/lib/i18n." },
        {
          selector: "JSXAttribute[name.name=/^(aria-label|title|placeholder|alt)$/] > Literal",
          message: "Visible text belongs in src/lib/i18n.",
        },
      ],
    },
  },
  { files: ["src/testing/**", "src/**/*.test.{ts,tsx}"], rules: { "no-restricted-syntax": "off" } },
  { files: ["*.{js,ts}", "scripts/**", "journeys/**"], languageOptions: { globals: globals.node } },
  // app -> features -> components -> lib; features are strangers to each other.
  ...features.map((feature) =>
    forbid(
      [`src/features/${feature}/**`],
      ["@/app/*", "../../*", ...features.filter((other) => other !== feature).map((other) => `@/features/${other}/*`)],
      "Features are strangers to each other; only src/app joins them.",
    ),
  ),
  forbid(["src/components/**"], ["@/app/*", "@/features/*", "../*"], "Components know no feature."),
  forbid(["src/lib/**"], ["@/app/*", "@/features/*", "@/components/*", "../../*"], "lib is the lowest layer."),
);
