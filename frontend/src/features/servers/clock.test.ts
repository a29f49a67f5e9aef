// SPDX-License-Identifier: EUPL-1.2
import { expect, it } from "vitest";
import { i18next } from "@/lib/i18n";
import { clockText } from "./clock";

it.each([
  [1_900, "Uhr geht richtig"],
  [-600, "Uhr geht richtig"],
  [2_000, "Uhr geht 2 s vor"],
  [-90_400, "Uhr geht 90 s nach"],
])("a clock that is %d ms off: %s", async (skew, text) => {
  await i18next.changeLanguage("de");
  expect(clockText(i18next.t, skew, "de")).toBe(text);
});
