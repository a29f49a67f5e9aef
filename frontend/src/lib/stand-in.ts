// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { format, lastDayBefore } from "./time";

/** Until when somebody stands in: the last day, or the minute where it ends in the midst of one. */
export function untilText(until: string, t: TFunction, language: string): string {
  const day = lastDayBefore(until);
  return day
    ? t("standIn.untilDay", { day: format(day, "weekdayDate", language) })
    : t("standIn.until", { when: format(until, "moment", language) });
}
