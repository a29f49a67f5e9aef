// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { isServersOwn, safeNext } from "./LoginPage";

describe("the way on after signing in", () => {
  it.each([
    [null, "/"],
    ["", "/"],
    ["/bookings/1?x=2", "/bookings/1?x=2"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
  ])("from %j is %s", (next, way) => {
    expect(safeNext(next)).toBe(way);
  });

  it.each([
    ["/j/abc", true],
    ["/r/saal", true],
    ["/", false],
    ["/bookings/j/", false],
  ])("%s is a page of the server's own: %s", (path, own) => {
    expect(isServersOwn(path)).toBe(own);
  });
});
