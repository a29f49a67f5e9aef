// SPDX-License-Identifier: EUPL-1.2
/**
 * All times on the pages are wall times of the service's zone, whatever zone the browser is in: two people who look at
 * the same board must read the same hour.
 */

export const ZONE: string =
  document.querySelector<HTMLMetaElement>('meta[name="vconf-timezone"]')?.content || "Europe/Berlin";

const MINUTE = 60_000;
const partsFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Wall date `YYYY-MM-DD` and time `HH:MM` of an instant in the service's zone. */
export function wallOf(instant: Date | string): { date: string; time: string } {
  const parts = Object.fromEntries(partsFormat.formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** Milliseconds that the zone's wall clock is ahead of UTC at an instant. */
function offsetAt(instant: number): number {
  const parts = Object.fromEntries(partsFormat.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
  return wall - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant of a wall time. An hour skipped in spring moves forward (02:30 becomes 03:30), an hour doubled in autumn
 * means the first, as on the server.
 */
export function instantOf(date: string, time: string): Date {
  const wall = Date.parse(`${date}T${time}:00Z`);
  const before = offsetAt(wall - 24 * 60 * MINUTE);
  const after = offsetAt(wall + 24 * 60 * MINUTE);
  // `before` is the offset in force ahead of a change: it gives the first of two and moves a skipped time forward.
  for (const offset of [before, after]) {
    if (offsetAt(wall - offset) === offset) return new Date(wall - offset);
  }
  return new Date(wall - before);
}

export function addMinutes(instant: Date | string, minutes: number): Date {
  return new Date(new Date(instant).getTime() + minutes * MINUTE);
}

export function minutesBetween(from: Date | string, until: Date | string): number {
  return Math.round((new Date(until).getTime() - new Date(from).getTime()) / MINUTE);
}

/** The next full quarter of an hour; an instant on a quarter stays. */
export function nextQuarter(now: Date): Date {
  const quarter = 15 * MINUTE;
  return new Date(Math.ceil(now.getTime() / quarter) * quarter);
}

/** A calendar day `days` later (or earlier), counted in dates and not in hours. */
export function shiftDate(date: string, days: number): string {
  const noon = new Date(`${date}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

/** Calendar days from one day to another. */
export function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(`${until}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / (24 * 60 * MINUTE));
}

export function isDate(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`));
}

/** First and last instant of a day: 23, 24 or 25 hours. */
export function dayBounds(date: string): { from: Date; until: Date } {
  return { from: instantOf(date, "00:00"), until: instantOf(shiftDate(date, 1), "00:00") };
}

/** The last day of what ends at this instant, or null where it ends in the midst of a day. */
export function lastDayBefore(instant: Date | string): Date | null {
  return wallOf(instant).time === "00:00" ? addMinutes(new Date(instant), -1) : null;
}

type Style =
  | "time"
  | "weekday"
  | "weekdayDate"
  | "short"
  | "day"
  | "month"
  | "dayMonth"
  | "weekdayShort"
  | "weekdayLong"
  | "moment";

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  weekday: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  short: { weekday: "short", day: "numeric", month: "short" },
  day: { day: "numeric" },
  month: { month: "short" },
  dayMonth: { day: "numeric", month: "long" },
  weekdayShort: { weekday: "short" },
  weekdayLong: { weekday: "long" },
  weekdayDate: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  moment: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const formats = new Map<string, Intl.DateTimeFormat>();

export function format(instant: Date | string, style: Style, language: string): string {
  const key = `${language}/${style}`;
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "de-DE", { timeZone: ZONE, ...styles[style] });
    formats.set(key, formatter);
  }
  return formatter.format(new Date(instant));
}

/** "10:00–11:00", with the end's date where it is another day: "23:30 – Di., 5. Mai, 00:30". */
export function formatRange(from: Date | string, until: Date | string, language: string): string {
  const end = format(until, "time", language);
  const sameDay = wallOf(from).date === wallOf(until).date;
  const start = format(from, "time", language);
  return sameDay ? `${start}–${end}` : `${start} – ${format(until, "short", language)}, ${end}`;
}
