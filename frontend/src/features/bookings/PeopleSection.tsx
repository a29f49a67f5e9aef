// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonThere } from "@/lib/api/types";
import { usePeopleThere } from "./api";
import { RemovePersonDialog } from "./ConfirmDialogs";

/** Who is in the running meeting, for its moderators; nothing at all where the server cannot put anybody out. */
export function PeopleSection({ occurrenceId }: { occurrenceId: string }) {
  const { t } = useTranslation();
  const there = usePeopleThere(occurrenceId);
  const [removing, setRemoving] = useState<PersonThere | null>(null);
  const people = there.data?.people ?? [];
  if (!there.data?.removable) return null;
  return (
    <section aria-labelledby="people-there">
      <h2 className="kern-heading-small" id="people-there">
        {t("people.title")} <span className="vc-count">{people.length}</span>
      </h2>
      <p className="kern-body vc-muted">{people.length === 0 ? t("people.none") : t("people.text")}</p>
      {people.length > 0 && (
        <ul className="vc-people">
          {people.map((person) => (
            <li key={person.id}>
              <span className="vc-people__who">{person.name || t("people.nameless")}</span>
              <button
                type="button"
                className="kern-btn kern-btn--tertiary vc-button-small"
                aria-label={`${t("people.remove")}: ${person.name || t("people.nameless")}`}
                onClick={() => setRemoving(person)}
              >
                <span className="kern-label">{t("people.remove")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {removing && (
        <RemovePersonDialog occurrenceId={occurrenceId} person={removing} onClose={() => setRemoving(null)} />
      )}
    </section>
  );
}
