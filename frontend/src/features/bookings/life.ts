// SPDX-License-Identifier: EUPL-1.2
import type { Booking, BookingOccurrence, RoomState, RoomStatus } from "@/lib/api/types";
import { addMinutes } from "@/lib/time";

/** People may come this early; the join page counts down before that. */
const JOIN_AHEAD_MINUTES = 15;

const RUNNING: RoomState[] = ["opening", "live", "overrun", "moved"];

/** The date that counts now: what runs, else what comes next (or was to, if all was refused), else the last one. */
export function currentOccurrence(booking: Booking, now: Date): BookingOccurrence | undefined {
  const dates = [...booking.occurrences].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  const counts = (date: BookingOccurrence) => booking.status === "refused" || !isOver(date);
  return dates.find((date) => new Date(date.ends_at) > now && counts(date)) ?? dates.at(-1);
}

function isOver(date: BookingOccurrence): boolean {
  return ["ended", "no_show", "cancelled", "refused"].includes(date.state);
}

export interface Life {
  occurrence: BookingOccurrence | undefined;
  /** Head count while it runs. */
  people: number | null;
  /** State of the room while it belongs to this date, else null. */
  state: RoomState | null;
  running: boolean;
  joinable: boolean;
  past: boolean;
}

/** What a booking is doing right now, from its dates and the live state of its room. */
export function lifeOf(booking: Booking, status: RoomStatus | undefined, now: Date): Life {
  const occurrence = currentOccurrence(booking, now);
  const ours = occurrence !== undefined && status?.occurrence === occurrence.id ? status : undefined;
  const state =
    ours?.state ??
    (occurrence && (["opening", "live", "overrun"] as const).find((known) => known === occurrence.state)) ??
    null;
  const running = state !== null && RUNNING.includes(state);
  const off = booking.status === "cancelled" || booking.status === "refused" || !occurrence || isOver(occurrence);
  const started = occurrence !== undefined && now >= addMinutes(occurrence.starts_at, -JOIN_AHEAD_MINUTES);
  const gone = occurrence === undefined || now >= new Date(occurrence.ends_at);
  const over = gone || isOver(occurrence);
  return {
    occurrence,
    state,
    people: running ? (ours?.people ?? null) : null,
    running: running && !off,
    joinable: !off && booking.join_url !== null && (running || (started && !over)),
    // What was refused can still be had otherwise.
    past: booking.status === "refused" ? gone : over && !running,
  };
}
