// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en } from "./en";

/** `a.b.c` -> text, for objects and lists alike. */
function flatten(node: unknown, path = ""): Map<string, string> {
  if (typeof node === "string") return new Map([[path, node]]);
  return new Map(
    Object.entries(node as object).flatMap(([key, value]) => [...flatten(value, path ? `${path}.${key}` : key)]),
  );
}

const german = flatten(de);
const english = flatten(en);
const placeholders = (text: string | undefined) => (text?.match(/{{\w+}}/g) ?? []).sort();

describe("the catalogues", () => {
  it("have the same keys", () => {
    expect([...english.keys()].sort()).toEqual([...german.keys()].sort());
  });

  it("leave no text empty", () => {
    expect([...german, ...english].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("name the same values in every text", () => {
    const different = [...german.keys()].filter(
      (key) => placeholders(german.get(key)).join() !== placeholders(english.get(key)).join(),
    );

    expect(different).toEqual([]);
  });

  it("have both plural forms wherever there is one", () => {
    const lonely = [...german.keys()].filter(
      (key) => /_(one|zero)$/.test(key) && !german.has(key.replace(/_(one|zero)$/, "_other")),
    );

    expect(lonely).toEqual([]);
  });

  it("hold nothing that no page says", () => {
    const sources = Object.entries(
      import.meta.glob<string>("../../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
    );
    const code = sources
      .filter(([path]) => !path.includes(".test.") && !/^\.\/(de|en)\.ts$/.test(path))
      .map(([, text]) => text)
      .join("\n");
    const said = (key: string) => {
      // Lists are said as a whole.
      const plain = key.replace(/_(zero|one|other)$/, "").replace(/\.\d+$/, "");
      const parents = plain.split(".").map((_, index, parts) => parts.slice(0, index).join("."));
      return (
        code.includes(`"${plain}"`) ||
        // t(`state.${state}`), and t(`${page}.sections`) for the statements
        parents.some((parent) => parent && code.includes(`\`${parent}.\${`)) ||
        /^(accessibility|privacy)\./.test(plain)
      );
    };

    expect([...german.keys()].filter((key) => !said(key))).toEqual([]);
  });
});
