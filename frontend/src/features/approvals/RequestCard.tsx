// SPDX-License-Identifier: EUPL-1.2
import { KernBadge, KernButton } from "@kern-ux-annex/kern-react-kit";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Approval } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";

interface RequestCardProps {
  approval: Approval;
  onDecide: (decision: "approve" | "decline") => void;
}

const variant = {
  asked: "warning",
  approved: "success",
  declined: "danger",
  lapsed: "danger",
  withdrawn: "info",
} as const;

const DATES_SHOWN = 4;

/** One request in full: who wants what, when and where, and until when it can be decided. */
export function RequestCard({ approval, onDecide }: RequestCardProps) {
  const { t, i18n } = useTranslation();
  const heading = useId();
  const { booking, state } = approval;
  const [first] = booking.dates;
  return (
    <li>
      <article className="vc-request" aria-labelledby={heading}>
        <div className="vc-request__head">
          <h2 className="kern-heading-small" id={heading}>
            {booking.title}
          </h2>
          {state === "asked" ? (
            <span className="vc-muted">
              {t("approvals.lapses", { when: format(approval.lapses_at, "moment", i18n.language) })}
            </span>
          ) : (
            <KernBadge
              text={t(`approvals.state.${state}`)}
              variant={variant[state]}
              withIcon
              className="kern-badge--small"
            />
          )}
        </div>
        <dl className="vc-request__facts">
          <Fact name={t("approvals.who")}>
            {booking.organiser.name}, {booking.organiser.authority.name}
            {booking.booked_by && (
              <span className="vc-block vc-muted">
                {t("booking.bookedFor", { deputy: booking.booked_by.name, organiser: booking.organiser.name })}
              </span>
            )}
          </Fact>
          <Fact name={t("approvals.when")}>
            {booking.rule_text && <span className="vc-block">{booking.rule_text}</span>}
            {first && booking.dates_count === 1 ? (
              <>
                {format(first.starts_at, "weekday", i18n.language)},{" "}
                {t("time.range", { range: formatRange(first.starts_at, first.ends_at, i18n.language) })}
              </>
            ) : (
              <Dates approval={approval} />
            )}
          </Fact>
          <Fact name={t("booking.room")}>
            {booking.room.name} <span className="vc-muted">({approval.room_class.name})</span>
          </Fact>
          <Fact name={t("approvals.seats")}>
            {t("room.seats", { count: booking.seats })}, {t("bookings.invited", { count: booking.attendees.length })}
          </Fact>
          {booking.description && (
            <Fact name={t("booking.description")}>
              <span className="vc-pre">{booking.description}</span>
            </Fact>
          )}
          {state !== "asked" && approval.decided_at && (
            <Fact name={t("approvals.decided")}>
              {[approval.decided_by?.name, format(approval.decided_at, "moment", i18n.language)]
                .filter(Boolean)
                .join(", ")}
            </Fact>
          )}
          {approval.reason && <Fact name={t("approvals.reason")}>{approval.reason}</Fact>}
        </dl>
        {!approval.may_decide && state === "asked" && <p className="vc-muted">{t("approvals.own")}</p>}
        {approval.may_decide && state === "asked" && (
          <div className="vc-request__actions" role="group" aria-label={booking.title}>
            <KernButton text={t("approvals.approve")} variant="primary" onClick={() => onDecide("approve")} />
            <KernButton text={t("approvals.decline")} variant="secondary" onClick={() => onDecide("decline")} />
          </div>
        )}
      </article>
    </li>
  );
}

function Dates({ approval: { booking } }: { approval: Approval }) {
  const { t, i18n } = useTranslation();
  const [all, setAll] = useState(false);
  const listed = all ? booking.dates : booking.dates.slice(0, DATES_SHOWN);
  const untold = booking.dates_count - booking.dates.length;
  return (
    <>
      <ul className="vc-request__dates">
        {listed.map(({ id, starts_at, ends_at }) => (
          <li key={id}>
            {format(starts_at, "weekdayDate", i18n.language)},{" "}
            {t("time.range", { range: formatRange(starts_at, ends_at, i18n.language) })}
          </li>
        ))}
        {all && untold > 0 && <li>{t("approvals.untold", { count: untold })}</li>}
      </ul>
      {booking.dates.length > DATES_SHOWN && (
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          <span className="kern-label">
            {all ? t("rooms.fewer") : t("approvals.allDates", { count: booking.dates_count })}
          </span>
        </button>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
