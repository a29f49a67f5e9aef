// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";

/** Minutes as people say them: 45 Minuten, 2 Stunden, 1:30 Stunden. */
export function durationText(minutes: number, t: TFunction): string {
  if (minutes < 60) return t("time.minutes", { count: minutes });
  if (minutes % 60 === 0) return t("time.hours", { count: minutes / 60 });
  return t("time.hoursMinutes", { hours: `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` });
}

/** How long before something: whole days as days. */
export function beforeText(minutes: number, t: TFunction): string {
  return minutes % (24 * 60) === 0 ? t("time.days", { count: minutes / (24 * 60) }) : durationText(minutes, t);
}
