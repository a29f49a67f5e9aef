// SPDX-License-Identifier: EUPL-1.2
/** How a booking repeats, as chosen in the form, and the RRULE (RFC 5545, 3.3.10) that says the same. */

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export type RepeatKind =
  | "none"
  | "daily"
  | "workdays"
  | "weekly"
  | "fortnightly"
  | "monthlyByDate"
  | "monthlyByWeekday"
  | "monthlyByLastWeekday"
  | "yearly"
  | "custom";

export interface Repeat {
  kind: RepeatKind;
  /** For weekly rules; the weekday of the first date always belongs to it. */
  days: Weekday[];
  end: "never" | "on" | "after";
  /** Last day, as typed. */
  until: string;
  /** Number of dates, as typed. */
  count: string;
  /** A rule that came from elsewhere and that this form cannot say; kept as it is. */
  rule: string;
}

export const NO_REPEAT: Repeat = { kind: "none", days: [], end: "never", until: "", count: "10", rule: "" };

export function weekdayOf(date: string): Weekday {
  return WEEKDAYS[(new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7]!;
}

/** The how manieth of its weekday in the month a day is: 1 to 5. */
export function placeInMonth(date: string): number {
  return Math.ceil(Number(date.slice(8)) / 7);
}

export function isLastInMonth(date: string): boolean {
  const day = new Date(`${date}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 7);
  return day.toISOString().slice(5, 7) !== date.slice(5, 7);
}

export function isWeekly({ kind }: Repeat): boolean {
  return kind === "weekly" || kind === "fortnightly";
}

/** Chosen weekdays in the order of the week, the first date's among them. */
export function weekdaysOf(repeat: Repeat, date: string): Weekday[] {
  return WEEKDAYS.filter((day) => repeat.days.includes(day) || day === weekdayOf(date));
}

/** What is missing at the end of the rule, if anything. */
export function endError({ kind, end, until, count }: Repeat, date: string): "until" | "count" | undefined {
  if (kind === "none" || kind === "custom") return undefined;
  if (end === "on" && !(until >= date)) return "until";
  const dates = Number(count);
  if (end === "after" && !(Number.isInteger(dates) && dates >= 1)) return "count";
  return undefined;
}

/** The RRULE of a series whose first date is `date`; empty for a single date. */
export function ruleOf(repeat: Repeat, date: string): string {
  const { kind, end, until, count } = repeat;
  if (kind === "none") return "";
  if (kind === "custom") return repeat.rule;
  const weekday = weekdayOf(date);
  const rules: Record<typeof kind, string> = {
    daily: "FREQ=DAILY",
    workdays: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    weekly: `FREQ=WEEKLY;BYDAY=${weekdaysOf(repeat, date).join()}`,
    fortnightly: `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekdaysOf(repeat, date).join()}`,
    monthlyByDate: `FREQ=MONTHLY;BYMONTHDAY=${Number(date.slice(8))}`,
    monthlyByWeekday: `FREQ=MONTHLY;BYDAY=${placeInMonth(date)}${weekday}`,
    monthlyByLastWeekday: `FREQ=MONTHLY;BYDAY=-1${weekday}`,
    yearly: "FREQ=YEARLY",
  };
  const last = end === "on" ? `;UNTIL=${until.replaceAll("-", "")}` : end === "after" ? `;COUNT=${Number(count)}` : "";
  return rules[kind] + last;
}

/** What the form shows for a rule whose first date is `date`. `endless`: its UNTIL is only where it was cut. */
export function repeatOf(rrule: string, date: string, endless = false): Repeat {
  if (!rrule) return NO_REPEAT;
  const parts = new Map(rrule.split(";").map((part) => part.split("=") as [string, string]));
  const until = parts.get("UNTIL");
  const count = parts.get("COUNT");
  const days = (parts.get("BYDAY")?.split(",") ?? []).filter((day): day is Weekday =>
    (WEEKDAYS as readonly string[]).includes(day),
  );
  const base: Repeat = {
    ...NO_REPEAT,
    days,
    ...(count ? { end: "after", count } : {}),
    ...(until && !endless
      ? { end: "on", until: `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}` }
      : {}),
  };
  const kinds = [
    "daily",
    "workdays",
    "weekly",
    "fortnightly",
    "monthlyByDate",
    "monthlyByWeekday",
    "monthlyByLastWeekday",
    "yearly",
  ] as const;
  const kind = kinds.find(
    (candidate) => essence(ruleOf({ ...base, kind: candidate }, date), date) === essence(rrule, date),
  );
  return kind ? { ...base, kind } : { ...base, kind: "custom", rule: rrule };
}

/** A rule without its end, in one fixed spelling, with what its first date implies. */
function essence(rrule: string, date: string): string {
  const parts = new Map(
    rrule
      .toUpperCase()
      .split(";")
      .map((part) => part.split("=") as [string, string])
      .filter(([name, value]) => !["UNTIL", "COUNT", "WKST"].includes(name) && !(name === "INTERVAL" && value === "1")),
  );
  const frequency = parts.get("FREQ");
  if (frequency === "WEEKLY" && !parts.has("BYDAY")) parts.set("BYDAY", weekdayOf(date));
  if (frequency === "MONTHLY" && !parts.has("BYDAY") && !parts.has("BYMONTHDAY"))
    parts.set("BYMONTHDAY", String(Number(date.slice(8))));
  if (frequency === "YEARLY") {
    if (parts.get("BYMONTH") === String(Number(date.slice(5, 7)))) parts.delete("BYMONTH");
    if (parts.get("BYMONTHDAY") === String(Number(date.slice(8)))) parts.delete("BYMONTHDAY");
  }
  if (frequency === "WEEKLY" && parts.has("BYDAY"))
    parts.set(
      "BYDAY",
      parts
        .get("BYDAY")!
        .split(",")
        .sort((a, b) => WEEKDAYS.indexOf(a as Weekday) - WEEKDAYS.indexOf(b as Weekday))
        .join(),
    );
  return [...parts]
    .map((part) => part.join("="))
    .sort()
    .join(";");
}
