// SPDX-License-Identifier: EUPL-1.2
import { ZONE, addMinutes, format, formatRange, instantOf } from "@/lib/time";

/** What the history says about fields; a field of which the pages know nothing is not shown. */
export const FIELDS = [
  "title",
  "description",
  "date",
  "time",
  "dates",
  "rule",
  "room",
  "seats",
  "language",
  "organiser",
  "authority",
  "people_added",
  "people_removed",
  "attendee",
  "answer",
  "reason",
] as const;
export type Field = (typeof FIELDS)[number];

export const ACTIONS = [
  "booked",
  "refused",
  "changed",
  "held",
  "kept",
  "date_changed",
  "date_dropped",
  "split",
  "cancelled",
  "restored",
  "transferred",
  "link_renewed",
  "approval_asked",
  "approved",
  "declined",
  "lapsed",
  "released",
  "moved",
  "answered",
  "proposed",
  "proposal_taken",
  "proposal_declined",
  "undeliverable",
] as const;

const START = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2})?$/;
const WALL = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})–(?:(\d{4}-\d{2}-\d{2}) )?(\d{2}:\d{2})(?: ([A-Z]\w+(?:\/\w+)*))?/g;

/** `2027-05-03 09:00–10:30 Europe/Berlin` as people of a language write it; all other words stay. */
export function localised(text: string, language: string): string {
  const start = START.exec(text);
  if (start) {
    const at = instantOf(start[1]!, start[2]!);
    return `${format(at, "weekdayDate", language)}, ${format(at, "time", language)}`;
  }
  return text.replace(WALL, (_all, date: string, from: string, otherDate: string | undefined, to: string, zone) => {
    const startsAt = instantOf(date, from);
    let endsAt = instantOf(otherDate ?? date, to);
    if (endsAt < startsAt) endsAt = addMinutes(endsAt, 24 * 60);
    const words = `${format(startsAt, "weekdayDate", language)}, ${formatRange(startsAt, endsAt, language)}`;
    return zone && zone !== ZONE ? `${words} (${zone as string})` : words;
  });
}
