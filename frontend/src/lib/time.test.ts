// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import {
  addMinutes,
  dayBounds,
  format,
  formatRange,
  instantOf,
  isDate,
  minutesBetween,
  nextQuarter,
  shiftDate,
  wallOf,
} from "./time";

describe("wall time in Berlin", () => {
  it.each([
    ["2026-01-15", "09:00", "2026-01-15T08:00:00.000Z"],
    ["2026-07-15", "09:00", "2026-07-15T07:00:00.000Z"],
    // the day summer time begins and the day it ends
    ["2026-03-29", "01:59", "2026-03-29T00:59:00.000Z"],
    ["2026-03-29", "03:00", "2026-03-29T01:00:00.000Z"],
    ["2026-10-25", "09:00", "2026-10-25T08:00:00.000Z"],
  ])("%s %s is %s, and back", (date, time, instant) => {
    expect(instantOf(date, time).toISOString()).toBe(instant);
    expect(wallOf(instant)).toEqual({ date, time });
  });

  it("moves a skipped hour forward", () => {
    const instant = instantOf("2026-03-29", "02:30");

    expect(wallOf(instant)).toEqual({ date: "2026-03-29", time: "03:30" });
  });

  it("takes the first of a doubled hour", () => {
    expect(instantOf("2026-10-25", "02:30").toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });

  it("knows days of 23 and 25 hours", () => {
    const spring = dayBounds("2026-03-29");
    const autumn = dayBounds("2026-10-25");

    expect(minutesBetween(spring.from, spring.until)).toBe(23 * 60);
    expect(minutesBetween(autumn.from, autumn.until)).toBe(25 * 60);
  });
});

describe("the next quarter of an hour", () => {
  it.each([
    ["10:00:00", "10:00:00"],
    ["10:00:01", "10:15:00"],
    ["10:14:59", "10:15:00"],
    ["23:50:00", "00:00:00"],
  ])("after %s is %s", (now, next) => {
    expect(
      nextQuarter(new Date(`2026-05-04T${now}Z`))
        .toISOString()
        .slice(11, 19),
    ).toBe(next);
  });
});

describe("dates", () => {
  it("counts days, not hours, across a change of the clock", () => {
    expect(shiftDate("2026-03-28", 1)).toBe("2026-03-29");
    expect(shiftDate("2026-03-29", 1)).toBe("2026-03-30");
    expect(shiftDate("2026-01-01", -1)).toBe("2025-12-31");
  });

  it.each(["", "2026-13-01", "26-1-1", "heute", null])("does not take %j for a date", (text) => {
    expect(isDate(text)).toBe(false);
  });
});

describe("times for people", () => {
  const start = instantOf("2026-05-04", "23:30");

  it("reads in German and English", () => {
    expect(format(start, "weekday", "de")).toBe("Montag, 4. Mai 2026");
    expect(format(start, "weekday", "en")).toMatch(/^Monday,? 4 May 2026$/);
    expect(format(instantOf("2026-05-04", "00:05"), "time", "en")).toBe("00:05");
  });

  it("names the day on which a range ends, if it is another", () => {
    expect(formatRange(start, addMinutes(start, 15), "de")).toBe("23:30–23:45");
    expect(formatRange(start, addMinutes(start, 60), "de")).toBe("23:30 – Di., 5. Mai, 00:30");
  });
});
