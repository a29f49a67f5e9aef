// SPDX-License-Identifier: EUPL-1.2
import type { Occurrence } from "@/lib/api/types";
import { addMinutes, dayBounds, instantOf, nextQuarter, shiftDate } from "@/lib/time";

export interface Span {
  from: Date;
  until: Date;
}

export type Segment = { kind: "taken"; occurrence: Occurrence; span: Span } | { kind: "gap"; span: Span };

const FIRST_HOUR = "07:00";
const LAST_HOUR = "19:00";
const HOUR = 60 * 60_000;

/** Dates that take up no room, and did not. */
const HIDDEN: Occurrence["state"][] = ["cancelled", "refused", "no_show"];

export function shownOccurrences(occurrences: Occurrence[]): Occurrence[] {
  return occurrences
    .filter((occurrence) => !HIDDEN.includes(occurrence.state))
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
}

/**
 * The hours to draw: office hours, widened to full hours for whatever lies outside them on that day, and in the evening
 * for the two hours to come.
 */
export function windowOf(date: string, occurrences: Occurrence[], now: Date): Span {
  const day = dayBounds(date);
  let from = instantOf(date, FIRST_HOUR).getTime();
  let until = instantOf(date, LAST_HOUR).getTime();
  for (const { starts_at, ends_at } of occurrences) {
    from = Math.min(from, Math.floor(Math.max(Date.parse(starts_at), day.from.getTime()) / HOUR) * HOUR);
    until = Math.max(until, Math.ceil(Math.min(Date.parse(ends_at), day.until.getTime()) / HOUR) * HOUR);
  }
  if (now >= day.from && now < day.until) {
    until = Math.max(until, Math.min(Math.ceil((now.getTime() + 2 * HOUR) / HOUR) * HOUR, day.until.getTime()));
  }
  return { from: new Date(from), until: new Date(until) };
}

export function hoursOf(window: Span): Date[] {
  const hours: Date[] = [];
  for (let hour = window.from; hour < window.until; hour = addMinutes(hour, 60)) hours.push(hour);
  return hours;
}

/** Where an instant lies in the window, from 0 to 1. */
export function position(instant: Date, { from, until }: Span): number {
  const share = (instant.getTime() - from.getTime()) / (until.getTime() - from.getTime());
  return Math.min(1, Math.max(0, share));
}

/**
 * One room's day as taken and free stretches in order, cut to the window. Free time in the past is left out: it cannot
 * be booked. `occurrences` are the room's own, sorted.
 */
export function segmentsOf(occurrences: Occurrence[], window: Span, now: Date): Segment[] {
  const segments: Segment[] = [];
  const addGap = (from: number, until: number) => {
    const bookable = Math.max(from, nextQuarter(now).getTime());
    if (until - bookable >= 15 * 60_000)
      segments.push({ kind: "gap", span: { from: new Date(bookable), until: new Date(until) } });
  };
  let cursor = window.from.getTime();
  for (const occurrence of occurrences) {
    const from = Math.max(cursor, Date.parse(occurrence.starts_at));
    // A meeting that was ended early has given its room back.
    const end =
      occurrence.state === "ended"
        ? Math.min(now.getTime(), Date.parse(occurrence.ends_at))
        : Date.parse(occurrence.ends_at);
    const until = Math.min(window.until.getTime(), end);
    if (until <= from) continue;
    addGap(cursor, from);
    segments.push({ kind: "taken", occurrence, span: { from: new Date(from), until: new Date(until) } });
    cursor = until;
  }
  addGap(cursor, window.until.getTime());
  return segments;
}

/** Start of the quarter-hour at a share of a gap, where somebody clicked. */
export function quarterAt({ from, until }: Span, share: number): Date {
  const quarter = 15 * 60_000;
  const instant = from.getTime() + share * (until.getTime() - from.getTime());
  return new Date(
    Math.max(from.getTime(), Math.min(Math.floor(instant / quarter) * quarter, until.getTime() - quarter)),
  );
}

export function neighbours(date: string): { previous: string; next: string } {
  return { previous: shiftDate(date, -1), next: shiftDate(date, 1) };
}
