// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { instantOf } from "@/lib/time";
import { NOTHING_SAID, makeBooking } from "@/testing/data";
import { type Draft, check, draftOf, newDraft, spanOf, toChange, toInput, withAlternative, withDate } from "./draft";
import { NO_REPEAT } from "./repeat";

const now = instantOf("2026-05-04", "10:07");
const saal = { id: "r-0", name: "Großer Saal", seats: 250 };
const complete: Draft = { ...newDraft({}, now), title: "Lage" };

describe("a new draft", () => {
  it("begins at the next quarter of an hour, for an hour and ten people", () => {
    expect(newDraft({}, now)).toEqual({
      title: "",
      date: "2026-05-04",
      time: "10:15",
      minutes: 60,
      seats: "10",
      room: null,
      invitees: [],
      description: "",
      remind: null,
      repeat: NO_REPEAT,
      leftOut: [],
      moved: {},
      partial: false,
      organiser: "",
    });
  });

  it("takes room and time it was opened with", () => {
    const draft = newDraft({ room: { ...saal, seats: 6 }, startsAt: instantOf("2026-05-05", "14:30") }, now);

    expect(draft).toMatchObject({ date: "2026-05-05", time: "14:30", seats: "6", room: { id: "r-0" } });
  });

  it("does not begin in the past", () => {
    expect(newDraft({ startsAt: instantOf("2026-05-04", "09:00") }, now).time).toBe("10:15");
  });
});

describe("checking a draft", () => {
  it("has nothing against a complete one", () => {
    expect(check(complete, now)).toEqual({});
  });

  it.each<[Partial<Draft>, object]>([
    [{ title: "  " }, { title: "missing" }],
    [{ date: "" }, { date: "missing" }],
    [{ time: "" }, { time: "missing" }],
    [{ time: "09:00", minutes: 30 }, { time: "past" }],
    [{ seats: "" }, { seats: "number" }],
    [{ seats: "0" }, { seats: "number" }],
    [{ seats: "2.5" }, { seats: "number" }],
    [{ seats: "251", room: saal }, { seats: "room" }],
  ])("finds what is wrong with %j", (part, errors) => {
    expect(check({ ...complete, ...part }, now)).toEqual(errors);
  });

  it("lets a meeting begin that should already run", () => {
    expect(check({ ...complete, time: "10:00" }, now)).toEqual({});
  });
});

describe("what is sent", () => {
  it("is instants, the zone, seats and attendees", () => {
    const draft = { ...complete, invitees: [{ email: "bernd@im.mv.example", name: "" }], room: saal };

    expect(toInput(draft, "de")).toEqual({
      title: "Lage",
      starts_at: "2026-05-04T08:15:00.000Z",
      ends_at: "2026-05-04T09:15:00.000Z",
      timezone: "Europe/Berlin",
      seats: 10,
      room: "r-0",
      attendees: [{ email: "bernd@im.mv.example" }],
      description: "",
      language: "de",
    });
  });

  it("names no room when any will do", () => {
    expect(toInput(complete, "de")).not.toHaveProperty("room");
  });

  it("lasts as long across the change to summer time", () => {
    const { startsAt, endsAt } = spanOf({ ...complete, date: "2026-03-29", time: "01:30", minutes: 60 })!;

    expect([startsAt, endsAt].map((instant) => instant.toISOString())).toEqual([
      "2026-03-29T00:30:00.000Z",
      "2026-03-29T01:30:00.000Z",
    ]);
  });
});

describe("an alternative", () => {
  it("changes only what it names", () => {
    const draft = { ...complete, description: "bleibt" };

    expect(withAlternative(draft, { seats: 5 })).toEqual({ ...draft, seats: "5" });
    expect(
      withAlternative(draft, {
        starts_at: "2026-05-05T12:00:00Z",
        ends_at: "2026-05-05T12:45:00Z",
        room: { id: "r-2", name: "Müritz", seats: 50 },
      }),
    ).toEqual({
      ...draft,
      date: "2026-05-05",
      time: "14:00",
      minutes: 45,
      room: { id: "r-2", name: "Müritz", seats: 50 },
    });
  });
});

it("reads a booking back as a draft that says the same", () => {
  const booking = makeBooking({
    starts_at: "2026-05-04T08:15:00.000Z",
    ends_at: "2026-05-04T09:45:00.000Z",
    room: { ...saal, address: "saal@raum.mv.example" },
    attendees: [
      { email: "bernd@im.mv.example", name: "Bernd", role: "REQ-PARTICIPANT", partstat: "ACCEPTED", ...NOTHING_SAID },
    ],
  });

  expect(toInput(draftOf(booking), "de")).toMatchObject({
    title: booking.title,
    starts_at: booking.starts_at,
    ends_at: booking.ends_at,
    seats: 25,
    room: "r-0",
    attendees: [{ email: "bernd@im.mv.example", name: "Bernd" }],
  });
});

describe("a change", () => {
  const before: Draft = {
    ...complete,
    date: "2026-05-04", // a Monday
    room: saal,
    repeat: { ...NO_REPEAT, kind: "weekly", days: ["MO", "TH"] },
    leftOut: ["2026-05-18"],
  };

  it("names nothing that was not touched", () => {
    expect(toChange(before, before)).toEqual({});
  });

  it("lets the other days of a series wander along, and leaves the rule to the server", () => {
    const after = withDate(before, "2026-05-05", true);

    expect(after.repeat.days).toEqual(["TU", "FR"]);
    expect(after.leftOut).toEqual(["2026-05-19"]);
    expect(Object.keys(toChange(after, before)).sort()).toEqual(["ends_at", "starts_at", "timezone"]);
  });

  it("names the rule when another was chosen, and dates left out on top", () => {
    const after: Draft = {
      ...before,
      repeat: { ...before.repeat, kind: "fortnightly" },
      leftOut: ["2026-05-18", "2026-06-01"],
    };

    expect(toChange(after, before)).toEqual({
      rrule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
      exdate: ["2026-05-18T10:15", "2026-06-01T10:15"],
    });
  });

  it("makes one date of a series", () => {
    expect(toChange({ ...before, repeat: NO_REPEAT }, before)).toEqual({ rrule: "" });
  });
});

it("keeps the chosen weekdays of a new series when its first day changes", () => {
  const draft: Draft = { ...complete, repeat: { ...NO_REPEAT, kind: "weekly", days: ["TH"] }, moved: { a: "b" } };

  expect(withDate(draft, "2026-05-05", false)).toMatchObject({ repeat: { days: ["TH"] }, moved: {} });
});
