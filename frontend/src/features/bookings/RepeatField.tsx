// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "@/components/Field";
import { format, instantOf, isDate, shiftDate } from "@/lib/time";
import type { DraftErrors } from "./draft";
import {
  type Repeat,
  type RepeatKind,
  WEEKDAYS,
  type Weekday,
  isLastInMonth,
  isWeekly,
  placeInMonth,
  weekdayOf,
  weekdaysOf,
} from "./repeat";

interface RepeatFieldProps {
  repeat: Repeat;
  /** The first date, which most rules follow from; as typed. */
  date: string;
  errors: DraftErrors;
  /** The rule in words, as the server reads it. */
  text: string | undefined;
  promisedUntil: string | null | undefined;
  onChange: (repeat: Repeat) => void;
}

/** Whether and how a booking repeats, and until when. */
export function RepeatField({ repeat, date, errors, text, promisedUntil, onChange }: RepeatFieldProps) {
  const { t, i18n } = useTranslation();
  // While a date is being typed it is none; the choices then stay as they were.
  const [first, setFirst] = useState(date);
  if (isDate(date) && date !== first) setFirst(date);
  if (!isDate(first)) return null;
  const edit = (part: Partial<Repeat>) => onChange({ ...repeat, ...part });
  const repeats = repeat.kind !== "none";

  return (
    <div className="vc-repeat">
      <SelectField
        label={t("repeat.label")}
        value={repeat.kind}
        onChange={(event) => edit({ kind: event.target.value as RepeatKind })}
      >
        {kindsFor(repeat, first).map((kind) => (
          <option key={kind} value={kind}>
            {kindText(kind, first, t, i18n.language)}
          </option>
        ))}
      </SelectField>
      {isWeekly(repeat) && (
        <fieldset className="vc-weekdays">
          <legend className="kern-label">{t("repeat.days")}</legend>
          <div className="vc-weekdays__list">
            {WEEKDAYS.map((day, index) => (
              <WeekdayChoice
                key={day}
                // any week will do: the names are the same
                names={namesOf(shiftDate("2026-01-05", index), i18n.language)}
                checked={weekdaysOf(repeat, first).includes(day)}
                fixed={day === weekdayOf(first)}
                onChange={(checked) => edit({ days: toggled(repeat.days, day, checked) })}
              />
            ))}
          </div>
        </fieldset>
      )}
      {repeats && repeat.kind !== "custom" && (
        <div className="vc-repeat__end">
          <SelectField
            label={t("repeat.end")}
            value={repeat.end}
            onChange={(event) => edit({ end: event.target.value as Repeat["end"] })}
          >
            {(["never", "on", "after"] as const).map((end) => (
              <option key={end} value={end}>
                {t(`repeat.ends.${end}`)}
              </option>
            ))}
          </SelectField>
          {repeat.end === "on" && (
            <TextField
              label={t("repeat.until")}
              type="date"
              required
              min={first}
              value={repeat.until}
              error={errors.until && t("repeat.untilMissing")}
              onChange={(event) => edit({ until: event.target.value })}
            />
          )}
          {repeat.end === "after" && (
            <TextField
              label={t("repeat.count")}
              type="number"
              inputMode="numeric"
              required
              min={1}
              value={repeat.count}
              error={errors.count && t("repeat.countWrong")}
              onChange={(event) => edit({ count: event.target.value })}
            />
          )}
        </div>
      )}
      {repeats && text && (
        <p className="kern-body vc-repeat__text" role="status">
          {t("repeat.text", { rule: text })}
          {promisedUntil && (
            <span className="vc-block vc-muted">
              {t("repeat.promised", { day: format(promisedUntil, "weekday", i18n.language) })}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

function toggled(days: Weekday[], day: Weekday, checked: boolean): Weekday[] {
  return WEEKDAYS.filter((other) => (other === day ? checked : days.includes(other)));
}

function kindsFor(repeat: Repeat, date: string): RepeatKind[] {
  const kinds: RepeatKind[] = ["none", "daily", "workdays", "weekly", "fortnightly", "monthlyByDate"];
  if (placeInMonth(date) <= 4) kinds.push("monthlyByWeekday");
  if (isLastInMonth(date)) kinds.push("monthlyByLastWeekday");
  kinds.push("yearly");
  if (repeat.rule) kinds.push("custom");
  // A rule chosen for another date stays a choice.
  return kinds.includes(repeat.kind) ? kinds : [...kinds, repeat.kind];
}

const PLACES = ["first", "second", "third", "fourth"] as const;

function kindText(kind: RepeatKind, date: string, t: TFunction, language: string): string {
  const noon = instantOf(date, "12:00");
  const weekday = format(noon, "weekdayLong", language);
  switch (kind) {
    case "monthlyByDate":
      return t("repeat.monthlyByDate", { day: Number(date.slice(8)) });
    case "monthlyByWeekday":
      return t("repeat.monthlyByWeekday", {
        place: t(`repeat.places.${PLACES[placeInMonth(date) - 1] ?? "last"}`),
        weekday,
      });
    case "monthlyByLastWeekday":
      return t("repeat.monthlyByWeekday", { place: t("repeat.places.last"), weekday });
    case "yearly":
      return t("repeat.yearly", { day: format(noon, "dayMonth", language) });
    default:
      return t(`repeat.kinds.${kind}`);
  }
}

function namesOf(date: string, language: string) {
  const noon = instantOf(date, "12:00");
  return { short: format(noon, "weekdayShort", language), long: format(noon, "weekdayLong", language) };
}

interface WeekdayChoiceProps {
  names: { short: string; long: string };
  checked: boolean;
  /** The weekday of the first date cannot be left out. */
  fixed: boolean;
  onChange: (checked: boolean) => void;
}

function WeekdayChoice({ names, checked, fixed, onChange }: WeekdayChoiceProps) {
  return (
    <label className={`vc-weekday${checked ? " vc-weekday--checked" : ""}`}>
      <input
        type="checkbox"
        checked={checked}
        disabled={fixed}
        aria-label={names.long}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span aria-hidden="true">{names.short}</span>
    </label>
  );
}
