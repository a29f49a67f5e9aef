// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Booking, BookingOccurrence } from "@/lib/api/types";
import { useNow } from "@/lib/now";
import { format, formatRange } from "@/lib/time";
import { countsOf, differs } from "./answers";
import { inOrder, isAhead } from "./scope";
import { Undo } from "./Undo";

interface DatesListProps {
  booking: Booking;
  onChange: (date: BookingOccurrence) => void;
  onCancel: (date: BookingOccurrence) => void;
}

const STEP = 8;

/** The dates of a series, the next one first; those that are over on request. */
export function DatesList({ booking, onChange, onCancel }: DatesListProps) {
  const { t } = useTranslation();
  const now = useNow();
  const [shown, setShown] = useState(STEP);
  const [past, setPast] = useState(false);
  const dates = inOrder(booking.occurrences);
  const coming = dates.filter((date) => new Date(date.ends_at) > now);
  const over = dates.filter((date) => new Date(date.ends_at) <= now);
  const standing = coming.filter(({ state }) => state !== "cancelled" && state !== "refused");
  const listed = past ? over.reverse() : coming.slice(0, shown);

  return (
    <section aria-labelledby="dates">
      <h2 className="kern-heading-small" id="dates">
        {t("dates.title")} <span className="vc-count">{standing.length}</span>
      </h2>
      {over.length > 0 && (
        <div className="vc-switch vc-dates__switch" role="group" aria-label={t("bookings.which")}>
          {[false, true].map((which) => (
            <button key={String(which)} type="button" aria-pressed={past === which} onClick={() => setPast(which)}>
              {t(which ? "bookings.past" : "bookings.upcoming")}
            </button>
          ))}
        </div>
      )}
      <ul className="vc-dates">
        {listed.map((date) => (
          <DateRow
            key={date.id}
            booking={booking}
            date={date}
            ahead={isAhead(date, now)}
            onChange={() => onChange(date)}
            onCancel={() => onCancel(date)}
          />
        ))}
      </ul>
      {listed.length === 0 && <p className="kern-body kern-body--muted">{t("dates.none")}</p>}
      {!past && coming.length > shown && (
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          onClick={() => setShown(shown + 4 * STEP)}
        >
          <span className="kern-label">{t("dates.more", { count: coming.length - shown })}</span>
        </button>
      )}
    </section>
  );
}

interface DateRowProps {
  booking: Booking;
  date: BookingOccurrence;
  ahead: boolean;
  onChange: () => void;
  onCancel: () => void;
}

function DateRow({ booking, date, ahead, onChange, onCancel }: DateRowProps) {
  const { t, i18n } = useTranslation();
  const day = format(date.starts_at, "weekdayDate", i18n.language);
  const off = date.state === "cancelled" || date.state === "refused";
  const ownTitle = date.title && date.title !== booking.title ? date.title : null;
  return (
    <li className={`vc-date${off ? " vc-date--off" : ""}`}>
      <div className="vc-date__text">
        <p className="vc-date__when">
          <strong>{day}</strong>
          <span>{t("time.range", { range: formatRange(date.starts_at, date.ends_at, i18n.language) })}</span>
          {date.state !== "confirmed" && <span className="vc-date__state">{t(`occurrence.${date.state}`)}</span>}
        </p>
        <p className="vc-date__facts">
          {ownTitle && <span>{ownTitle}</span>}
          <span>
            <Icon name="video" size={18} /> {date.room.name}
          </span>
          {date.seats !== booking.seats && <span>{t("room.seats", { count: date.seats })}</span>}
          {!off && differs(booking.attendees, date.id) && <span>{countsOf(booking.attendees, t, date.id)}</span>}
        </p>
      </div>
      <div className="vc-date__actions">
        {ahead && booking.permissions.change && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={t("dates.changeDay", { day })}
            onClick={onChange}
          >
            <span className="kern-label">{t("dates.change")}</span>
          </button>
        )}
        {ahead && booking.permissions.cancel && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={t("dates.cancelDay", { day })}
            onClick={onCancel}
          >
            <span className="kern-label">{t("dates.cancel")}</span>
          </button>
        )}
        {date.state === "cancelled" && booking.permissions.change && (
          <Undo what={{ occurrence: date.id }} until={date.restorable_until} label={t("dates.undoDay", { day })} />
        )}
      </div>
    </li>
  );
}
