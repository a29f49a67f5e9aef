// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import type { Booking, RoomStatus } from "@/lib/api/types";
import { addMinutes } from "@/lib/time";
import { makeBooking, roomStatus } from "@/testing/data";
import { currentOccurrence, lifeOf } from "./life";

const start = new Date("2026-05-04T08:00:00Z");
const at = (minutes: number) => addMinutes(start, minutes);
const booking: Booking = makeBooking({
  starts_at: start.toISOString(),
  ends_at: at(60).toISOString(),
  room: { id: "r-1", name: "Schweriner See", seats: 25, address: "see@raum.mv.example" },
});
const live: RoomStatus = roomStatus("r-1", {
  version: 1,
  state: "live",
  visibility: "details",
  occurrence: booking.occurrences[0]!.id,
  people: 4,
});

describe("what a booking is doing", () => {
  it("cannot be joined long before", () => {
    expect(lifeOf(booking, undefined, at(-16))).toMatchObject({ joinable: false, running: false, past: false });
  });

  it("can be joined a quarter of an hour ahead", () => {
    expect(lifeOf(booking, undefined, at(-15)).joinable).toBe(true);
  });

  it("runs with the head count of its room", () => {
    expect(lifeOf(booking, live, at(10))).toMatchObject({ state: "live", running: true, people: 4, joinable: true });
  });

  it("is not past while something refused could still be had", () => {
    const date = { ...booking.occurrences[0]!, state: "refused" as const };
    const refused: Booking = { ...booking, status: "refused", occurrences: [date] };

    expect(lifeOf(refused, undefined, at(10))).toMatchObject({ past: false, joinable: false, occurrence: date });
    expect(lifeOf(refused, undefined, at(60)).past).toBe(true);
  });

  it("takes no head count from another date in its room", () => {
    const other = { ...live, occurrence: "o-other" };

    expect(lifeOf(booking, other, at(10))).toMatchObject({ state: null, running: false, people: null });
  });

  it("still runs when it overruns", () => {
    expect(lifeOf(booking, { ...live, state: "overrun" }, at(70))).toMatchObject({ running: true, past: false });
  });

  it("is past after its end", () => {
    expect(lifeOf(booking, undefined, at(60))).toMatchObject({ joinable: false, past: true });
  });

  it("is over once it was ended, before its planned end", () => {
    const ended = { ...booking, occurrences: [{ ...booking.occurrences[0]!, state: "ended" as const }] };

    expect(lifeOf(ended, undefined, at(10))).toMatchObject({ joinable: false, running: false, past: true });
  });

  it("cannot be joined when cancelled", () => {
    expect(lifeOf({ ...booking, status: "cancelled" }, undefined, at(10)).joinable).toBe(false);
  });
});

it("shows the next date of several, and the last one when all are over", () => {
  const date = (id: string, minutes: number) => ({
    ...booking.occurrences[0]!,
    id,
    starts_at: at(minutes).toISOString(),
    ends_at: at(minutes + 60).toISOString(),
  });
  const series = { ...booking, occurrences: [date("second", 1_440), date("first", 0)] };

  expect(currentOccurrence(series, at(30))?.id).toBe("first");
  expect(currentOccurrence(series, at(90))?.id).toBe("second");
  expect(currentOccurrence(series, at(10_000))?.id).toBe("second");
});
