// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Booking } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { AccessCard } from "./AccessCard";

/** What was promised, right after it was promised. */
export function Confirmation({ booking, changed }: { booking: Booking; changed: boolean }) {
  const { t, i18n } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const pending = booking.status === "pending";

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
            {format(booking.starts_at, "weekday", i18n.language)},{" "}
            {t("time.range", { range: formatRange(booking.starts_at, booking.ends_at, i18n.language) })}
            <br />
            {t("room.nameSeats", { name: booking.room.name, count: booking.seats })}
          </p>
        </div>
      </div>
      <AccessCard booking={booking} />
      {booking.attendees.length > 0 && (
        <p className="kern-body kern-body--muted">
          {t(changed ? "confirmation.mailsChanged" : "confirmation.mails", { count: booking.attendees.length })}
        </p>
      )}
    </div>
  );
}
