// SPDX-License-Identifier: EUPL-1.2
import type { Alternative, Booking } from "@/lib/api/types";
import type { BookingIntent } from "@/lib/booking-intent";
import { ZONE, addMinutes, instantOf, isDate, minutesBetween, nextQuarter, wallOf } from "@/lib/time";
import type { Invitee } from "./addresses";

/** What stands in the form: texts as typed, so that nothing is lost while it is not yet valid. */
export interface Draft {
  title: string;
  date: string;
  time: string;
  minutes: number;
  seats: string;
  /** Chosen room; null is "any fitting room". */
  room: ChosenRoom | null;
  invitees: Invitee[];
  description: string;
}

export interface ChosenRoom {
  id: string;
  name: string;
  seats: number;
}

export type DraftErrors = Partial<Record<"title" | "date" | "time" | "seats", "missing" | "past" | "number" | "room">>;

export const DURATIONS = [15, 30, 45, 60, 90, 120, 180, 240, 480];
const USUAL_SEATS = 10;

export function newDraft({ room, startsAt }: BookingIntent, now: Date): Draft {
  const start = wallOf(startsAt && startsAt > now ? startsAt : nextQuarter(now));
  return {
    title: "",
    ...start,
    minutes: 60,
    seats: String(Math.min(USUAL_SEATS, room?.seats ?? USUAL_SEATS)),
    room: room ?? null,
    invitees: [],
    description: "",
  };
}

export function draftOf(booking: Booking): Draft {
  return {
    title: booking.title ?? "",
    ...wallOf(booking.starts_at),
    minutes: minutesBetween(booking.starts_at, booking.ends_at),
    seats: String(booking.seats),
    room: booking.room,
    invitees: booking.attendees.map(({ email, name }) => ({ email, name })),
    description: booking.description ?? "",
  };
}

/** First and last instant, or null while date or time are incomplete. */
export function spanOf(draft: Draft): { startsAt: Date; endsAt: Date } | null {
  if (!isDate(draft.date) || !/^\d{2}:\d{2}$/.test(draft.time)) return null;
  const startsAt = instantOf(draft.date, draft.time);
  return { startsAt, endsAt: addMinutes(startsAt, draft.minutes) };
}

export function seatsOf(draft: Draft): number | null {
  const seats = Number(draft.seats);
  return Number.isInteger(seats) && seats > 0 ? seats : null;
}

export function check(draft: Draft, now: Date): DraftErrors {
  const errors: DraftErrors = {};
  if (!draft.title.trim()) errors.title = "missing";
  if (!isDate(draft.date)) errors.date = "missing";
  if (!/^\d{2}:\d{2}$/.test(draft.time)) errors.time = "missing";
  const span = spanOf(draft);
  if (span && span.endsAt <= now) errors.time = "past";
  const seats = seatsOf(draft);
  if (seats === null) errors.seats = "number";
  else if (draft.room && seats > draft.room.seats) errors.seats = "room";
  return errors;
}

/** What both a new booking and a change say; without `room` a new booking gets any that fits, a change keeps its own. */
export function toInput(draft: Draft, language: "de" | "en") {
  const { startsAt, endsAt } = spanOf(draft)!;
  return {
    title: draft.title.trim(),
    starts_at: startsAt.toISOString(),
    ends_at: endsAt.toISOString(),
    timezone: ZONE,
    seats: seatsOf(draft)!,
    ...(draft.room ? { room: draft.room.id } : {}),
    attendees: draft.invitees.map(({ email, name }) => (name ? { email, name } : { email })),
    description: draft.description,
    language,
  };
}

/** Take an alternative over; what it does not name stays as typed. */
export function withAlternative(draft: Draft, alternative: Alternative): Draft {
  const changed = { ...draft };
  if (alternative.starts_at) Object.assign(changed, wallOf(alternative.starts_at));
  if (alternative.starts_at && alternative.ends_at)
    changed.minutes = minutesBetween(alternative.starts_at, alternative.ends_at);
  if (alternative.room) {
    const { id, name, seats } = alternative.room;
    changed.room = { id, name, seats: seats ?? Number.POSITIVE_INFINITY };
  }
  if (alternative.seats) changed.seats = String(alternative.seats);
  return changed;
}
