// SPDX-License-Identifier: EUPL-1.2
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Booking, BookingOccurrence } from "@/lib/api/types";
import { format } from "@/lib/time";
import { type Scope, datesIn } from "./scope";

interface ScopeChoiceProps {
  booking: Booking;
  date: BookingOccurrence;
  scope: Scope;
  legend: string;
  onChange: (scope: Scope) => void;
}

/** Which dates of a series are meant, each choice with their number. */
export function ScopeChoice({ booking, date, scope, legend, onChange }: ScopeChoiceProps) {
  const { t, i18n } = useTranslation();
  const name = useId();
  const now = new Date();
  const day = format(date.starts_at, "weekdayDate", i18n.language);
  return (
    <fieldset className="vc-rooms vc-scope">
      <legend className="kern-label">{legend}</legend>
      <div className="vc-rooms__list">
        {(["this", "following", "all"] as const).map((one) => (
          <label key={one} className={`vc-choice${scope === one ? " vc-choice--checked" : ""}`}>
            <input
              type="radio"
              name={name}
              checked={scope === one}
              data-first-focus={scope === one || undefined}
              onChange={() => onChange(one)}
            />
            <span className="vc-choice__text">
              <span className="vc-choice__title">{t(`scope.${one}`)}</span>
              <span className="vc-choice__facts">
                {one === "this" ? day : t("scope.dates", { count: datesIn(one, booking, date, now).length })}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
