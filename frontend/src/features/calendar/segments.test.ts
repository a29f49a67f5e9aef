// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import type { Occurrence } from "@/lib/api/types";
import { instantOf, wallOf } from "@/lib/time";
import { makeOccurrence } from "@/testing/data";
import { type Segment, hoursOf, position, quarterAt, segmentsOf, shownOccurrences, windowOf } from "./segments";

const DAY = "2026-05-04";
const at = (time: string, date = DAY) => instantOf(date, time);

const LONG_AGO = at("00:00", "2026-05-03");

function date(from: string, until: string, part: Partial<Occurrence> = {}): Occurrence {
  const [starts_at, ends_at] = [at(from).toISOString(), at(until).toISOString()];
  return makeOccurrence({ id: `${from}-${until}`, room: { id: "r", name: "R" }, starts_at, ends_at, ...part });
}

const times = (segments: Segment[]) =>
  segments.map(({ kind, span }) => `${kind} ${wallOf(span.from).time}-${wallOf(span.until).time}`);

describe("the hours shown", () => {
  const hours = (occurrences: Occurrence[], now = LONG_AGO) => {
    const { from, until } = windowOf(DAY, occurrences, now);
    return `${wallOf(from).time}-${wallOf(until).time}`;
  };

  it("are office hours", () => {
    expect(hours([])).toBe("07:00-19:00");
    expect(hoursOf(windowOf(DAY, [], LONG_AGO))).toHaveLength(12);
  });

  it("widen to full hours for early and late dates", () => {
    expect(hours([date("06:15", "07:30"), date("18:00", "20:10")])).toBe("06:00-21:00");
  });

  it("reach two hours ahead in the evening, at most to midnight", () => {
    expect(hours([], at("18:20"))).toBe("07:00-21:00");
    expect(hours([], at("23:20"))).toBe("07:00-00:00");
  });

  it("stay within the day for dates that begin or end on another", () => {
    const night = date("22:00", "23:00", { ends_at: at("02:00", "2026-05-05").toISOString() });

    expect(hours([night])).toBe("07:00-00:00");
  });

  it("follow the clock on the day summer time begins", () => {
    const early = makeOccurrence({
      id: "early",
      room: { id: "r", name: "R" },
      starts_at: at("00:00", "2026-03-29").toISOString(),
      ends_at: at("04:00", "2026-03-29").toISOString(),
    });

    const shown = hoursOf(windowOf("2026-03-29", [early], LONG_AGO)).map((hour) => wallOf(hour).time);

    expect(shown.slice(0, 4)).toEqual(["00:00", "01:00", "03:00", "04:00"]);
  });
});

describe("one room's day", () => {
  const window = windowOf(DAY, [], LONG_AGO);

  it("is taken and free stretches in turn", () => {
    const segments = segmentsOf([date("09:00", "10:00"), date("10:00", "11:30")], window, LONG_AGO);

    expect(times(segments)).toEqual(["gap 07:00-09:00", "taken 09:00-10:00", "taken 10:00-11:30", "gap 11:30-19:00"]);
  });

  it("offers nothing in the past", () => {
    const segments = segmentsOf([date("09:00", "10:00")], window, at("12:20"));

    expect(times(segments)).toEqual(["taken 09:00-10:00", "gap 12:30-19:00"]);
  });

  it("offers nothing shorter than a quarter of an hour", () => {
    const segments = segmentsOf([date("07:00", "09:00"), date("09:10", "19:00")], window, LONG_AGO);

    expect(times(segments)).toEqual(["taken 07:00-09:00", "taken 09:10-19:00"]);
  });

  it("is free again after a meeting that was ended early", () => {
    const segments = segmentsOf([date("09:00", "12:00", { state: "ended" })], window, at("09:50"));

    expect(times(segments)).toEqual(["taken 09:00-09:50", "gap 10:00-19:00"]);
  });

  it("is cut to the hours shown", () => {
    const segments = segmentsOf([date("05:00", "08:00")], window, LONG_AGO);

    expect(times(segments)).toEqual(["taken 07:00-08:00", "gap 08:00-19:00"]);
  });
});

it("shows neither cancelled nor refused dates, in order of time", () => {
  const dates = [
    date("11:00", "12:00"),
    date("09:00", "10:00", { state: "cancelled" }),
    date("08:00", "09:00", { state: "refused" }),
    date("07:00", "08:00", { state: "busy" }),
  ];

  expect(shownOccurrences(dates).map(({ id }) => id)).toEqual(["07:00-08:00", "11:00-12:00"]);
});

describe("a click on a free stretch", () => {
  const gap = { from: at("12:10"), until: at("14:00") };

  it.each([
    [0, "12:10"],
    [0.5, "13:00"],
    [1, "13:45"],
  ])("at %d means %s", (share, time) => {
    expect(wallOf(quarterAt(gap, share)).time).toBe(time);
  });
});

it("places instants between the edges of the window", () => {
  const window = { from: at("07:00"), until: at("19:00") };

  expect(["06:00", "07:00", "13:00", "20:00"].map((time) => position(at(time), window))).toEqual([0, 0, 0.5, 1]);
});
