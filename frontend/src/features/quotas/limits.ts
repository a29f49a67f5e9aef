// SPDX-License-Identifier: EUPL-1.2
import type { Quota, QuotaLimits } from "@/lib/api/types";

export const LIMITS = ["concurrent_seats", "concurrent_meetings", "seat_hours_per_month"] as const;
export type LimitName = (typeof LIMITS)[number];
export type LimitTexts = Record<LimitName, string>;

export function textsOf(limits: QuotaLimits): LimitTexts {
  return Object.fromEntries(
    LIMITS.map((name) => [name, limits[name] === null ? "" : String(limits[name])]),
  ) as LimitTexts;
}

/** Limits from the form: an empty field is no limit. Null when a field holds anything but a whole number from 0 on. */
export function readLimits(texts: LimitTexts): QuotaLimits | null {
  const entries = LIMITS.map((name) => [name, texts[name].trim() === "" ? null : Number(texts[name])] as const);
  const valid = entries.every(([, value]) => value === null || (Number.isInteger(value) && value >= 0));
  return valid ? (Object.fromEntries(entries) as unknown as QuotaLimits) : null;
}

export interface Use {
  /** In use now (seats, meetings) or this month (seat-hours). */
  now: number;
  /** Highest reserved in the time to come; seat-hours have none. */
  peak: number | null;
  limit: number | null;
}

export function useOf(quota: Quota, name: LimitName): Use {
  const { use, limits } = quota;
  switch (name) {
    case "concurrent_seats":
      return { now: use.concurrent_seats_now, peak: use.concurrent_seats_peak, limit: limits.concurrent_seats };
    case "concurrent_meetings":
      return {
        now: use.concurrent_meetings_now,
        peak: use.concurrent_meetings_peak,
        limit: limits.concurrent_meetings,
      };
    case "seat_hours_per_month":
      return { now: use.seat_hours_this_month, peak: null, limit: limits.seat_hours_per_month };
  }
}

/** How full, from 0 to 1; null without a limit. A limit of 0 is full. */
export function share({ now, peak, limit }: Use): number | null {
  if (limit === null) return null;
  const used = Math.max(now, peak ?? 0);
  return limit === 0 ? 1 : Math.min(1, used / limit);
}
