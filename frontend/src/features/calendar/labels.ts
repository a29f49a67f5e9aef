// SPDX-License-Identifier: EUPL-1.2
import type { Occurrence } from "@/lib/api/types";

export interface OccurrenceText {
  /** The title where the person may know it, otherwise only that the room is taken. */
  title: string;
  by: string;
}

/** What the person may know of a date. */
export function describe(occurrence: Occurrence, busyWord: string): OccurrenceText {
  const { title, organiser } = occurrence;
  return {
    title: title || busyWord,
    by: organiser ? [organiser.name, organiser.authority].filter(Boolean).join(", ") : "",
  };
}
