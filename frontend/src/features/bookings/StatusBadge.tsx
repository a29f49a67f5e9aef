// SPDX-License-Identifier: EUPL-1.2
import { KernBadge } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import type { Attendee, Booking, BookingStatus, PartStat } from "@/lib/api/types";

const statusVariant = {
  confirmed: "success",
  pending: "warning",
  partly: "warning",
  refused: "danger",
  cancelled: "danger",
} as const satisfies Record<BookingStatus, string>;

export function StatusBadge({ booking: { status, approval, wish } }: { booking: Booking }) {
  const { t } = useTranslation();
  // Nobody is asked about dates that are only held after a change was refused.
  const held = status === "pending" && approval?.state !== "asked" && wish?.held_until;
  return (
    <KernBadge
      text={t(`booking.status.${held ? "held" : status}`)}
      variant={statusVariant[status]}
      withIcon
      className="kern-badge--small"
    />
  );
}

const answerVariant = {
  "NEEDS-ACTION": "info",
  ACCEPTED: "success",
  DECLINED: "danger",
  TENTATIVE: "warning",
} as const satisfies Record<PartStat, string>;

export function AnswerBadge({ partstat }: { partstat: Attendee["partstat"] }) {
  const { t } = useTranslation();
  return (
    <KernBadge
      text={t(`partstat.${partstat}`)}
      variant={answerVariant[partstat]}
      withIcon
      className="kern-badge--small"
    />
  );
}
