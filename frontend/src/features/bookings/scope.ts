// SPDX-License-Identifier: EUPL-1.2
import type { Booking, BookingOccurrence } from "@/lib/api/types";

export type Scope = "this" | "following" | "all";

export function isSeries({ rrule, rdate }: Booking): boolean {
  return rrule !== "" || rdate.length > 0;
}

const OVER = new Set(["ended", "no_show", "cancelled", "refused"]);

/** Whether a date can still be changed or dropped: it lies ahead and stands. */
export function isAhead(date: BookingOccurrence, now: Date): boolean {
  return !OVER.has(date.state) && new Date(date.starts_at) > now;
}

export function inOrder(dates: BookingOccurrence[]): BookingOccurrence[] {
  return [...dates].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
}

/** The dates that a change or a cancellation touches, `date` being the one it was asked for. */
export function datesIn(scope: Scope, booking: Booking, date: BookingOccurrence, now: Date): BookingOccurrence[] {
  if (scope === "this") return [date];
  const ahead = inOrder(booking.occurrences).filter((other) => isAhead(other, now));
  return scope === "all" ? ahead : ahead.filter((other) => other.recurrence_id >= date.recurrence_id);
}
