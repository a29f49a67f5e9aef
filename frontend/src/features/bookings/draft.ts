// SPDX-License-Identifier: EUPL-1.2
import type { Alternative, Booking, BookingChange, BookingOccurrence, NewBooking, PreviewWish } from "@/lib/api/types";
import type { BookingIntent, ChangeScope } from "@/lib/booking-intent";
import {
  ZONE,
  addMinutes,
  daysBetween,
  instantOf,
  isDate,
  minutesBetween,
  nextQuarter,
  shiftDate,
  wallOf,
} from "@/lib/time";
import type { Invitee } from "./addresses";
import { NO_REPEAT, type Repeat, WEEKDAYS, endError, repeatOf, ruleOf } from "./repeat";

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
  /** Minutes before each date at which people are reminded by mail; null: they are not. */
  remind: number | null;
  repeat: Repeat;
  /** Days of a series that are left out. */
  leftOut: string[];
  /** Days of a series that take place at another time: day -> wall time `YYYY-MM-DDTHH:MM`. */
  moved: Record<string, string>;
  /** Of a series, book those dates that can be had. */
  partial: boolean;
  /** For whom: the address of somebody the person is deputy of; empty for themselves. */
  organiser: string;
}

export interface ChosenRoom {
  id: string;
  name: string;
  seats: number;
}

export type DraftErrors = Partial<
  Record<"title" | "date" | "time" | "seats" | "until" | "count", "missing" | "past" | "number" | "room">
>;

/** What is offered; another number that a booking has is kept. */
export const REMINDERS = [10, 60, 24 * 60];
export const DURATIONS = [15, 30, 45, 60, 90, 120, 180, 240, 480];
const USUAL_SEATS = 10;

const NO_SERIES = { repeat: NO_REPEAT, leftOut: [], moved: {}, partial: false } satisfies Partial<Draft>;

export function newDraft({ room, startsAt, copy }: BookingIntent, now: Date): Draft {
  const start = wallOf(startsAt && startsAt > now ? startsAt : nextQuarter(now));
  if (copy) return { ...draftOf(copy), ...NO_SERIES, ...start, room: null };
  return {
    title: "",
    ...start,
    minutes: 60,
    seats: String(Math.min(USUAL_SEATS, room?.seats ?? USUAL_SEATS)),
    room: room ?? null,
    invitees: [],
    description: "",
    remind: null,
    ...NO_SERIES,
    organiser: "",
  };
}

/** A booking as a draft: all its dates, one of them, or one and those that follow. */
export function draftOf(booking: Booking, scope?: ChangeScope): Draft {
  if (scope?.kind === "this") return draftOfDate(booking, scope.date);
  const whole: Draft = {
    title: booking.title ?? "",
    ...wallOf(booking.starts_at),
    minutes: minutesBetween(booking.starts_at, booking.ends_at),
    seats: String(booking.seats),
    room: booking.room,
    invitees: booking.attendees.map(({ email, name, role }) => ({ email, name, role })),
    description: booking.description ?? "",
    remind: booking.remind_minutes,
    ...NO_SERIES,
    leftOut: booking.exdate.map((wall) => wall.slice(0, 10)),
    organiser: "",
  };
  const endless = booking.promised_until !== null;
  if (!scope) return { ...whole, repeat: repeatOf(booking.rrule, whole.date, endless) };
  const { date, dates } = scope;
  const start = { date: date.recurrence_id.slice(0, 10), time: date.recurrence_id.slice(11, 16) };
  const repeat = repeatOf(booking.rrule, start.date, endless);
  return {
    ...whole,
    ...start,
    repeat: repeat.end === "after" ? { ...repeat, count: String(dates) } : repeat,
    leftOut: whole.leftOut.filter((day) => day >= start.date),
  };
}

function draftOfDate(booking: Booking, date: BookingOccurrence): Draft {
  const known = date.room.id === booking.room.id;
  return {
    title: date.title ?? booking.title ?? "",
    ...wallOf(date.starts_at),
    minutes: minutesBetween(date.starts_at, date.ends_at),
    seats: String(date.seats),
    room: known ? booking.room : { ...date.room, seats: Number.POSITIVE_INFINITY },
    invitees: [],
    description: "",
    remind: null,
    ...NO_SERIES,
    organiser: "",
  };
}

/** Another first day. Of a series that exists, the other days wander along; of a new one, the chosen weekdays stay. */
export function withDate(draft: Draft, date: string, existing: boolean): Draft {
  const changed = { ...draft, date, moved: {} };
  if (!existing || !isDate(date) || !isDate(draft.date)) return changed;
  const days = daysBetween(draft.date, date);
  const wandered = (index: number) => WEEKDAYS[(((index + days) % 7) + 7) % 7]!;
  return {
    ...changed,
    leftOut: draft.leftOut.map((day) => shiftDate(day, days)),
    repeat: { ...draft.repeat, days: draft.repeat.days.map((day) => wandered(WEEKDAYS.indexOf(day))) },
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

/** `before`: the draft as it was, for a change; a time that is not touched may have passed. */
export function check(draft: Draft, now: Date, before?: Draft): DraftErrors {
  const errors: DraftErrors = {};
  if (!draft.title.trim()) errors.title = "missing";
  if (!isDate(draft.date)) errors.date = "missing";
  if (!/^\d{2}:\d{2}$/.test(draft.time)) errors.time = "missing";
  const span = spanOf(draft);
  const moved = !before || draft.date !== before.date || draft.time !== before.time;
  if (span && moved && span.endsAt <= now && !(before && before.repeat.kind !== "none")) errors.time = "past";
  const seats = seatsOf(draft);
  if (seats === null) errors.seats = "number";
  else if (draft.room && seats > draft.room.seats) errors.seats = "room";
  const end = endError(draft.repeat, draft.date);
  if (end) errors[end] = "missing";
  return errors;
}

function timesOf(draft: Draft) {
  const { startsAt, endsAt } = spanOf(draft)!;
  return { starts_at: startsAt.toISOString(), ends_at: endsAt.toISOString(), timezone: ZONE };
}

function inviteesOf(draft: Draft) {
  return draft.invitees.map(({ email, name, role }) => ({
    email,
    ...(name ? { name } : {}),
    ...(role && role !== "REQ-PARTICIPANT" ? { role } : {}),
  }));
}

/** The rule of time; nothing for a single date. */
function seriesOf(draft: Draft): Pick<NewBooking, "rrule" | "rdate" | "exdate" | "partial"> {
  const rrule = ruleOf(draft.repeat, draft.date);
  if (!rrule) return {};
  const moved = Object.keys(draft.moved);
  const exdate = [...draft.leftOut, ...moved].sort().map((day) => `${day}T${draft.time}`);
  return {
    rrule,
    ...(exdate.length > 0 ? { exdate } : {}),
    ...(moved.length > 0 ? { rdate: Object.values(draft.moved).sort() } : {}),
    ...(draft.partial ? { partial: true } : {}),
  };
}

/** What the preview asks: the form as it stands, complete or not; null while it names no time or number. */
export function toQuestion(draft: Draft, booking?: string): PreviewWish | null {
  const seats = seatsOf(draft);
  const span = spanOf(draft);
  if (!span || !seats || endError(draft.repeat, draft.date)) return null;
  return {
    ...timesOf(draft),
    ...seriesOf(draft),
    seats,
    ...(draft.room ? { room: draft.room.id } : {}),
    attendees: inviteesOf(draft),
    ...(draft.organiser ? { organiser: draft.organiser } : {}),
    ...(booking ? { booking } : {}),
  };
}

/** A new booking; without `room` it gets any that fits. */
export function toInput(draft: Draft, language: "de" | "en"): NewBooking {
  return {
    title: draft.title.trim(),
    ...timesOf(draft),
    ...seriesOf(draft),
    seats: seatsOf(draft)!,
    ...(draft.room ? { room: draft.room.id } : {}),
    attendees: inviteesOf(draft),
    description: draft.description,
    ...(draft.remind === null ? {} : { remind_minutes: draft.remind }),
    language,
    ...(draft.organiser ? { organiser: draft.organiser } : {}),
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What was changed, and only that: what is not named stays as it is, date by date. */
export function toChange(draft: Draft, before: Draft): BookingChange {
  const touched = (...names: (keyof Draft)[]) => names.some((name) => !same(draft[name], before[name]));
  const { rrule, exdate } = seriesOf(draft);
  return {
    ...(touched("title") ? { title: draft.title.trim() } : {}),
    ...(touched("date", "time", "minutes") ? timesOf(draft) : {}),
    ...(touched("repeat") && !onlyWandered(draft, before) ? { rrule: rrule ?? "" } : {}),
    ...(exdate && draft.leftOut.length !== before.leftOut.length ? { exdate } : {}),
    ...(touched("seats") ? { seats: seatsOf(draft)! } : {}),
    ...(draft.room && draft.room.id !== before.room?.id ? { room: draft.room.id } : {}),
    ...(touched("invitees") ? { attendees: inviteesOf(draft) } : {}),
    ...(touched("description") ? { description: draft.description } : {}),
    ...(touched("remind") ? { remind_minutes: draft.remind } : {}),
  };
}

/** The weekdays moved along with the first day; the server does the same to the rule. */
function onlyWandered(draft: Draft, before: Draft): boolean {
  return same(withDate(before, draft.date, true).repeat, draft.repeat);
}

/** Take an alternative over; what it does not name stays as typed. */
export function withAlternative(draft: Draft, alternative: Alternative): Draft {
  const changed = { ...draft };
  if (alternative.starts_at) Object.assign(changed, wallOf(alternative.starts_at), { moved: {} });
  if (alternative.starts_at && alternative.ends_at)
    changed.minutes = minutesBetween(alternative.starts_at, alternative.ends_at);
  if (alternative.room) {
    const { id, name, seats } = alternative.room;
    changed.room = { id, name, seats: seats ?? Number.POSITIVE_INFINITY };
  }
  if (alternative.seats) changed.seats = String(alternative.seats);
  return changed;
}
