// SPDX-License-Identifier: EUPL-1.2
import type { Delegate } from "@/lib/api/types";

export interface Standing {
  person: Delegate["person"];
  standsInFor: string | null;
  until: string | null;
  classes: string[];
  /** One row per room class. */
  ids: string[];
}

/** Delegates as people name them: one person for all room classes, not one row for each. */
export function byPerson(rows: Delegate[]): Standing[] {
  const found = new Map<string, Standing>();
  for (const { id, person, stands_in_for, valid_until, room_class } of rows) {
    const key = `${person.id} ${stands_in_for?.id} ${valid_until}`;
    const known = found.get(key);
    if (known) {
      known.ids.push(id);
      known.classes.push(room_class.name);
    } else {
      found.set(key, {
        person,
        standsInFor: stands_in_for?.name ?? null,
        until: valid_until,
        classes: [room_class.name],
        ids: [id],
      });
    }
  }
  return [...found.values()];
}
