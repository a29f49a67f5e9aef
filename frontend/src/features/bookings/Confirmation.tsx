// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Booking } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { AccessCard } from "./AccessCard";
import { lifeOf } from "./life";
import { RefusedDates } from "./RefusedDates";

/** What was promised, right after it was promised. */
export function Confirmation({
  booking,
  changed,
  onChange,
}: {
  booking: Booking;
  changed: boolean;
  onChange: (booking: Booking) => void;
}) {
  const { t, i18n } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const pending = booking.status === "pending";
  const next = lifeOf(booking, undefined, new Date()).occurrence ?? booking;
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
            <strong>{booking.title}</strong>
            <br />
            {format(next.starts_at, "weekday", i18n.language)},{" "}
            {t("time.range", { range: formatRange(next.starts_at, next.ends_at, i18n.language) })}
            <br />
            {booking.rule_text && (
              <>
                {t("confirmation.series", { rule: booking.rule_text, count: dates })}
                <br />
              </>
            )}
            {t("room.nameSeats", { name: booking.room.name, count: booking.seats })}
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
