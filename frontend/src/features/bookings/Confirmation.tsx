// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Booking, BookingOccurrence } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { AccessCard } from "./AccessCard";
import { lifeOf } from "./life";
import { RefusedDates } from "./RefusedDates";

/** What was promised, right after it was promised. */
export function Confirmation({
  booking,
  changed,
  date,
  onChange,
}: {
  booking: Booking;
  changed: boolean;
  /** Of a series, the one date that was changed. */
  date: BookingOccurrence | undefined;
  onChange: (booking: Booking) => void;
}) {
  const { t, i18n } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const pending = booking.status === "pending";
  const one = date && booking.occurrences.find(({ id }) => id === date.id);
  const next = one ?? lifeOf(booking, undefined, new Date()).occurrence ?? booking;
  const dates = booking.occurrences.filter(({ state }) => state !== "cancelled" && state !== "refused").length;

  return (
    <div className="vc-confirmation">
      <div className="vc-confirmation__head">
        <span className="vc-confirmation__sign">
          <Icon name={pending ? "clock" : "check"} size={28} />
        </span>
        <div>
          <h3 ref={heading} tabIndex={-1} className="kern-heading-medium">
            {t(pending ? "confirmation.pending" : changed ? "confirmation.changed" : "confirmation.booked")}
          </h3>
          <p className="kern-body">
            <strong>{one?.title || booking.title}</strong>
            <br />
            {format(next.starts_at, "weekday", i18n.language)},{" "}
            {t("time.range", { range: formatRange(next.starts_at, next.ends_at, i18n.language) })}
            <br />
            {booking.rule_text && !one && (
              <>
                {t("confirmation.series", { rule: booking.rule_text, count: dates })}
                <br />
              </>
            )}
            {t("confirmation.room", { room: (one ?? booking).room.name, count: (one ?? booking).seats })}
          </p>
        </div>
      </div>
      {pending && <p className="kern-body">{t("confirmation.pendingText")}</p>}
      <RefusedDates booking={booking} onChange={onChange} />
      <AccessCard booking={booking} />
      {booking.attendees.length > 0 && !pending && (
        <p className="kern-body kern-body--muted">
          {t(changed ? "confirmation.mailsChanged" : "confirmation.mails", { count: booking.attendees.length })}
        </p>
      )}
    </div>
  );
}
