// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { parseAddresses, withoutDoubles } from "./addresses";

const bernd = { email: "bernd@im.mv.example", name: "" };
const clara = { email: "clara@fm.mv.example", name: "" };

describe("addresses that are typed or pasted", () => {
  it.each([
    ["bernd@im.mv.example, clara@fm.mv.example"],
    ["bernd@im.mv.example;clara@fm.mv.example;"],
    ["bernd@im.mv.example\r\nclara@fm.mv.example\n"],
    ["bernd@im.mv.example\tclara@fm.mv.example"],
    ["bernd@im.mv.example clara@fm.mv.example"],
    ["BERND@im.mv.example, mailto:clara@fm.mv.example"],
  ])("reads %j", (text) => {
    expect(parseAddresses(text)).toEqual({ found: [bernd, clara], rest: "" });
  });

  it("keeps names, commas in them included", () => {
    const text = '"Brandt, Bernd" <bernd@im.mv.example>; Claasen, Clara <clara@fm.mv.example>';

    expect(parseAddresses(text)).toEqual({
      found: [
        { email: "bernd@im.mv.example", name: "Brandt, Bernd" },
        { email: "clara@fm.mv.example", name: "Claasen, Clara" },
      ],
      rest: "",
    });
  });

  it("gives back what it cannot read", () => {
    expect(parseAddresses("bernd@im.mv.example; clara@; Herr Schmidt")).toEqual({
      found: [bernd],
      rest: "clara@; Herr Schmidt",
    });
  });

  it("finds nothing in nothing", () => {
    expect(parseAddresses("  ;, ")).toEqual({ found: [], rest: "" });
    expect(parseAddresses("")).toEqual({ found: [], rest: "" });
  });

  it("names nobody twice", () => {
    expect(withoutDoubles([bernd, clara, { ...bernd, name: "Bernd" }])).toEqual([bernd, clara]);
  });
});
