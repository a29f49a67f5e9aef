// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { AddressMails, Attendee, Booking } from "@/lib/api/types";
import { format } from "@/lib/time";
import { countsOf } from "./answers";
import { useMails } from "./api";
import { DeliveriesFold, DeliveryNote } from "./Deliveries";
import { AnswerBadge } from "./StatusBadge";

/** Who comes: all who are invited, with their answers, and how many said what. */
export function Attendees({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const mails = useMails(booking.id, booking.permissions.change);
  // Nobody is invited before it is approved.
  const invited = booking.status !== "pending" && booking.status !== "refused";
  return (
    <section aria-labelledby="attendees">
      <h2 className="kern-heading-small" id="attendees">
        {t("booking.attendees")} <span className="vc-count">{booking.attendees.length}</span>
      </h2>
      {booking.attendees.length === 0 ? (
        <p className="kern-body kern-body--muted">{t("booking.noAttendees")}</p>
      ) : (
        <>
          {invited && <p className="kern-body kern-body--muted">{countsOf(booking.attendees, t)}</p>}
          <ul className="vc-people">
            {booking.attendees.map((attendee) => (
              <Row
                key={attendee.email}
                attendee={attendee}
                booking={booking}
                invited={invited}
                mails={mails.data?.find(({ email }) => email === attendee.email)}
              />
            ))}
          </ul>
        </>
      )}
      {mails.data && <DeliveriesFold rows={mails.data} />}
    </section>
  );
}

interface RowProps {
  attendee: Attendee;
  booking: Booking;
  invited: boolean;
  mails: AddressMails | undefined;
}

function Row({ attendee, booking, invited, mails }: RowProps) {
  const { t, i18n } = useTranslation();
  const dates = new Map(booking.occurrences.map((date) => [date.id, date]));
  // The last words of all; those about one date stand beside it.
  const general = attendee.answers.some(({ comment }) => comment === attendee.comment) ? null : attendee.comment;
  return (
    <li>
      <span className="vc-people__who">
        <span>
          {attendee.name || attendee.email}
          {attendee.is_me && <span className="vc-muted"> {t("answer.me")}</span>}
        </span>
        {attendee.name && <span className="vc-muted">{attendee.email}</span>}
        {invited && mails && <DeliveryNote of={mails} />}
        {general && <span>{t("answer.said", { comment: general })}</span>}
        {invited &&
          attendee.answers.map(({ occurrence, partstat, comment }) => {
            const date = dates.get(occurrence);
            return date ? (
              <span key={occurrence} className="vc-muted">
                {t("answer.onDate", {
                  day: format(date.starts_at, "weekdayDate", i18n.language),
                  answer: t(`partstat.${partstat}`),
                })}
                {comment && <> {t("answer.said", { comment })}</>}
              </span>
            ) : null;
          })}
      </span>
      {invited && <AnswerBadge partstat={attendee.partstat} />}
    </li>
  );
}
