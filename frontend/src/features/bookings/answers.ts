// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import type { Attendee, PartStat } from "@/lib/api/types";

const ORDER: PartStat[] = ["ACCEPTED", "TENTATIVE", "DECLINED", "NEEDS-ACTION"];

/** "2 zugesagt · 1 ohne Antwort": to all dates, or to one (`occurrence`). */
export function countsOf(attendees: Attendee[], t: TFunction, occurrence?: string): string {
  const said = attendees.map(
    ({ partstat, answers }) => answers.find((one) => one.occurrence === occurrence)?.partstat ?? partstat,
  );
  return ORDER.map((partstat) => ({ partstat, count: said.filter((one) => one === partstat).length }))
    .filter(({ count }) => count > 0)
    .map(({ partstat, count }) => t(`answer.count.${partstat}`, { count }))
    .join(" · ");
}

/** Whether somebody answered this date otherwise than the others. */
export function differs(attendees: Attendee[], occurrence: string): boolean {
  return attendees.some(({ answers }) => answers.some((one) => one.occurrence === occurrence));
}
