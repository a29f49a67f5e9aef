// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { Attendee, Booking, PartStat } from "@/lib/api/types";
import { format } from "@/lib/time";
import { AnswerBadge } from "./StatusBadge";

const ORDER: PartStat[] = ["ACCEPTED", "TENTATIVE", "DECLINED", "NEEDS-ACTION"];

/** Who comes: all who are invited, with their answers, and how many said what. */
export function Attendees({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  // Nobody is invited before it is approved.
  const invited = booking.status !== "pending" && booking.status !== "refused";
  const counts = ORDER.map((partstat) => ({
    partstat,
    count: booking.attendees.filter((attendee) => attendee.partstat === partstat).length,
  })).filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="attendees">
      <h2 className="kern-heading-small" id="attendees">
        {t("booking.attendees")} <span className="vc-count">{booking.attendees.length}</span>
      </h2>
      {booking.attendees.length === 0 ? (
        <p className="kern-body kern-body--muted">{t("booking.noAttendees")}</p>
      ) : (
        <>
          {invited && (
            <p className="kern-body kern-body--muted">
              {counts.map(({ partstat, count }) => t(`answer.count.${partstat}`, { count })).join(" · ")}
            </p>
          )}
          <ul className="vc-people">
            {booking.attendees.map((attendee) => (
              <Row key={attendee.email} attendee={attendee} booking={booking} invited={invited} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Row({ attendee, booking, invited }: { attendee: Attendee; booking: Booking; invited: boolean }) {
  const { t, i18n } = useTranslation();
  const dates = new Map(booking.occurrences.map((date) => [date.id, date]));
  return (
    <li>
      <span className="vc-people__who">
        <span>
          {attendee.name || attendee.email}
          {attendee.is_me && <span className="vc-muted"> {t("answer.me")}</span>}
        </span>
        {attendee.name && <span className="vc-muted">{attendee.email}</span>}
        {attendee.comment && <span>{t("answer.said", { comment: attendee.comment })}</span>}
        {invited &&
          attendee.answers.map(({ occurrence, partstat }) => {
            const date = dates.get(occurrence);
            return date ? (
              <span key={occurrence} className="vc-muted">
                {t("answer.onDate", {
                  day: format(date.starts_at, "weekdayDate", i18n.language),
                  answer: t(`partstat.${partstat}`),
                })}
              </span>
            ) : null;
          })}
      </span>
      {invited && <AnswerBadge partstat={attendee.partstat} />}
    </li>
  );
}
