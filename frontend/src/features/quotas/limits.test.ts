// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { readLimits, share, textsOf } from "./limits";

describe("limits in the form", () => {
  it("read back as they were written, no limit as an empty field", () => {
    const limits = { concurrent_seats: 500, concurrent_meetings: null, seat_hours_per_month: 0 };

    expect(textsOf(limits)).toEqual({ concurrent_seats: "500", concurrent_meetings: "", seat_hours_per_month: "0" });
    expect(readLimits(textsOf(limits))).toEqual(limits);
  });

  it.each(["-1", "1,5", "viele", "1e999"])("refuse %s", (text) => {
    expect(readLimits({ concurrent_seats: text, concurrent_meetings: "", seat_hours_per_month: "" })).toBeNull();
  });
});

describe("how full a quota is", () => {
  it.each([
    [{ now: 10, peak: 40, limit: 100 }, 0.4],
    [{ now: 50, peak: null, limit: 100 }, 0.5],
    [{ now: 0, peak: 0, limit: 0 }, 1],
    [{ now: 300, peak: 0, limit: 100 }, 1],
    [{ now: 300, peak: 0, limit: null }, null],
  ])("%j is %s", (use, full) => {
    expect(share(use)).toBe(full);
  });
});
