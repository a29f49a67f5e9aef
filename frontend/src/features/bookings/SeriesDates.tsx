// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Alternative, Preview, PreviewedDate } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { useProblemText } from "@/lib/problem-text";
import { format, formatRange, instantOf, wallOf } from "@/lib/time";
import type { Draft } from "./draft";

interface SeriesDatesProps {
  draft: Draft;
  preview: Preview | undefined;
  problem: unknown;
  stale: boolean;
  /** A series that exists: its dates can be left out here; they are moved one by one on its page. */
  existing: boolean;
  onEdit: (part: Partial<Draft>) => void;
}

const SHOWN = 4;

/** Which dates of the series fit, which do not and why, with ways out for each. It never stands in the way of typing. */
export function SeriesDates({ draft, preview, problem, stale, existing, onEdit }: SeriesDatesProps) {
  const { t } = useTranslation();
  const { sentence } = useProblemText(problem);
  const [all, setAll] = useState(false);
  const now = new Date();
  const dates = (preview?.dates ?? []).filter((date) => !existing || new Date(date.ends_at) > now);
  const refused = dates.filter((date) => !date.fits);
  const fitting = dates.length - refused.length;
  const listed = all ? refused : refused.slice(0, SHOWN);
  const dayOf = (date: PreviewedDate) => date.recurrence_id.slice(0, 10);
  const leaveOut = (days: string[]) => onEdit({ leftOut: [...new Set([...draft.leftOut, ...days])].sort() });

  return (
    <section className="vc-series" aria-labelledby="series-dates" aria-busy={stale}>
      <h3 className="kern-label" id="series-dates">
        {t("series.dates")}
      </h3>
      <p className={`vc-capacity vc-capacity--${refused.length === 0 ? "ok" : "short"}`} role="status">
        {problem != null ? (
          sentence
        ) : !preview ? (
          t("series.waiting")
        ) : (
          <>
            <Icon name={refused.length === 0 ? "check" : "failed"} />
            <span>
              <strong>
                {refused.length === 0
                  ? t("series.allFit", { count: dates.length })
                  : t("series.someFit", { fitting, count: dates.length })}
              </strong>
              {dates.length === 0 && preview.refusal && <span className="vc-block">{preview.refusal.detail}</span>}
            </span>
          </>
        )}
      </p>
      {problem == null && refused.length > 0 && (
        <>
          <ul className={`vc-series__refused${all ? " vc-series__refused--all" : ""}`}>
            {listed.map((date) => (
              <RefusedRow
                key={date.recurrence_id}
                date={date}
                alternatives={existing ? [] : timesOn(date, preview?.room?.id)}
                onLeaveOut={() => leaveOut([dayOf(date)])}
                onMove={(startsAt) => {
                  const wall = wallOf(startsAt);
                  onEdit({ moved: { ...draft.moved, [dayOf(date)]: `${wall.date}T${wall.time}` } });
                }}
              />
            ))}
          </ul>
          <div className="vc-series__all">
            {refused.length > SHOWN && (
              <button
                type="button"
                className="kern-btn kern-btn--tertiary vc-button-small"
                aria-expanded={all}
                onClick={() => setAll(!all)}
              >
                <span className="kern-label">
                  {all ? t("rooms.fewer") : t("series.allRefused", { count: refused.length })}
                </span>
              </button>
            )}
            {refused.length > 1 && fitting > 0 && (
              <button
                type="button"
                className="kern-btn kern-btn--tertiary vc-button-small"
                onClick={() => leaveOut(refused.map(dayOf))}
              >
                <span className="kern-label">{t("series.leaveOutAll", { count: refused.length })}</span>
              </button>
            )}
          </div>
        </>
      )}
      {!existing && (draft.partial || (refused.length > 0 && fitting > 0)) && (
        <label className="vc-check vc-series__partial">
          <input
            type="checkbox"
            checked={draft.partial}
            onChange={(event) => onEdit({ partial: event.target.checked })}
          />
          <span>
            {t("series.partial")}
            <span className="vc-block kern-hint">{t("series.partialHint")}</span>
          </span>
        </label>
      )}
      <Exceptions draft={draft} onEdit={onEdit} />
    </section>
  );
}

/** Other times the same day in the same room: those can stand in for the date in the rule itself. */
function timesOn(date: PreviewedDate, room: string | undefined): Alternative[] {
  const day = wallOf(date.starts_at).date;
  return date.alternatives.filter(
    ({ starts_at, room: other, seats }) =>
      starts_at && !seats && wallOf(starts_at).date === day && (!other || !room || other.id === room),
  );
}

interface RefusedRowProps {
  date: PreviewedDate;
  alternatives: Alternative[];
  onLeaveOut: () => void;
  onMove: (startsAt: string) => void;
}

function RefusedRow({ date, alternatives, onLeaveOut, onMove }: RefusedRowProps) {
  const { t, i18n } = useTranslation();
  const day = format(date.starts_at, "short", i18n.language);
  const number = (value: number) => formatNumber(value, i18n.language);
  return (
    <li>
      <p>
        <strong>{format(date.starts_at, "weekdayDate", i18n.language)}</strong>
        {", "}
        {t("time.range", { range: formatRange(date.starts_at, date.ends_at, i18n.language) })}
      </p>
      <p className="vc-series__why">
        {date.detail}
        {date.limit != null && date.in_use != null && date.asked != null && (
          <span className="vc-block">
            {t("series.numbers", {
              limit: number(date.limit),
              inUse: number(date.in_use),
              asked: number(date.asked),
            })}
          </span>
        )}
      </p>
      <div className="vc-series__ways">
        <button
          type="button"
          className="vc-choice-button"
          aria-label={t("series.leaveOutDay", { day })}
          onClick={onLeaveOut}
        >
          <Icon name="close" size={16} />
          {t("series.leaveOut")}
        </button>
        {alternatives.slice(0, 3).map(({ starts_at, ends_at }) => {
          const time = t("time.range", { range: formatRange(starts_at!, ends_at ?? starts_at!, i18n.language) });
          return (
            <button
              key={starts_at}
              type="button"
              className="vc-choice-button"
              aria-label={t("series.moveDay", { day, time })}
              onClick={() => onMove(starts_at!)}
            >
              <Icon name="clock" size={16} />
              {time}
            </button>
          );
        })}
      </div>
    </li>
  );
}

/** Dates that were left out or moved here, each of which can be taken back. */
function Exceptions({ draft, onEdit }: Pick<SeriesDatesProps, "draft" | "onEdit">) {
  const { t, i18n } = useTranslation();
  const moved = Object.entries(draft.moved);
  if (draft.leftOut.length === 0 && moved.length === 0) return null;
  const named = (day: string) => format(instantOf(day, "12:00"), "short", i18n.language);
  const without = (day: string) => onEdit({ moved: Object.fromEntries(moved.filter(([other]) => other !== day)) });

  return (
    <ul className="vc-chips" aria-label={t("series.exceptions")}>
      {draft.leftOut.map((day) => (
        <li key={day} className="vc-chip">
          <span>{t("series.leftOut", { day: named(day) })}</span>
          <button
            type="button"
            aria-label={t("series.takeBack", { day: named(day) })}
            onClick={() => onEdit({ leftOut: draft.leftOut.filter((other) => other !== day) })}
          >
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
      {moved.map(([day, wall]) => (
        <li key={day} className="vc-chip">
          <span>{t("series.moved", { day: named(day), time: wall.slice(11) })}</span>
          <button type="button" aria-label={t("series.takeBack", { day: named(day) })} onClick={() => without(day)}>
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}
