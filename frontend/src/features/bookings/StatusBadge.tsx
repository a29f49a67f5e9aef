// SPDX-License-Identifier: EUPL-1.2
import { KernBadge } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import type { Attendee, BookingStatus, PartStat } from "@/lib/api/types";

const statusVariant = {
  confirmed: "success",
  pending: "warning",
  partly: "warning",
  refused: "danger",
  cancelled: "danger",
} as const satisfies Record<BookingStatus, string>;

export function StatusBadge({ status }: { status: BookingStatus }) {
  const { t } = useTranslation();
  return (
    <KernBadge
      text={t(`booking.status.${status}`)}
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
