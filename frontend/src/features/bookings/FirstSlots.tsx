// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Alternative } from "@/lib/api/types";
import { useProblemText } from "@/lib/problem-text";
import { useMe } from "@/lib/session";
import { ZONE, format, formatRange, instantOf, isDate } from "@/lib/time";
import { useFirstSlots } from "./api";
import { type Draft, seatsOf } from "./draft";

interface FirstSlotsProps {
  draft: Draft;
  booking: string | undefined;
  onTake: (slot: Alternative) => void;
}

/** Finds the first times at which everybody invited, a room and the servers are free. */
export function FirstSlots({ draft, booking, onTake }: FirstSlotsProps) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const find = useFirstSlots();
  const { sentence } = useProblemText(find.error);
  const result = useRef<HTMLDivElement>(null);
  const people = [draft.organiser || me?.email, ...draft.invitees.map(({ email }) => email)].filter(
    (email): email is string => Boolean(email),
  );
  const seats = Math.max(seatsOf(draft) ?? 0, people.length);
  const question = `${people.join()} ${draft.minutes} ${seats}`;
  const { reset } = find;

  // An answer for other people or another length is none.
  useEffect(() => reset(), [question, reset]);
  useEffect(() => {
    if (find.data) result.current?.focus();
  }, [find.data]);

  if (draft.invitees.length === 0) return null;
  const onFind = () => {
    const now = new Date();
    const wanted = isDate(draft.date) ? instantOf(draft.date, "00:00") : now;
    find.mutate({
      people,
      seats,
      duration: `PT${draft.minutes}M`,
      from: (wanted > now ? wanted : now).toISOString(),
      timezone: ZONE,
      ...(booking ? { booking } : {}),
    });
  };

  return (
    <div className="vc-first">
      <button
        type="button"
        className="kern-btn kern-btn--secondary vc-button-small"
        disabled={find.isPending}
        onClick={onFind}
      >
        <Icon name="people" />
        <span className="kern-label">{t(find.isPending ? "first.looking" : "first.find")}</span>
      </button>
      <div ref={result} tabIndex={-1} role="group" aria-label={t("first.result")} hidden={!find.data && !find.isError}>
        {find.isError && <p className="kern-body">{sentence}</p>}
        {find.data && (
          <>
            <p className="kern-body kern-body--small kern-body--bold">
              {find.data.slots.length > 0 ? t("first.slots") : t("first.none")}
            </p>
            <ul className="vc-first__slots">
              {find.data.slots.map(({ starts_at, ends_at, room }) => (
                <li key={starts_at}>
                  <button
                    type="button"
                    className="vc-choice-button"
                    onClick={() => {
                      onTake({ starts_at, ends_at, ...(room ? { room } : {}) });
                      reset();
                    }}
                  >
                    <Icon name="right" size={16} />
                    {[
                      format(starts_at, "short", i18n.language),
                      t("time.range", { range: formatRange(starts_at, ends_at, i18n.language) }),
                      room?.name,
                    ]
                      .filter(Boolean)
                      .join(", ")}
                  </button>
                </li>
              ))}
            </ul>
            {find.data.people_without_calendar.length > 0 && (
              <p className="kern-body kern-body--small kern-body--muted">
                {t("first.withoutCalendar", { people: find.data.people_without_calendar.join(", ") })}
              </p>
            )}
          </>
        )}
      </div>
    </div>
  );
}
