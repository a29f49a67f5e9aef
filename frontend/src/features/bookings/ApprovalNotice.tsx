// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Notice } from "@/components/Notice";
import type { Booking } from "@/lib/api/types";
import { format } from "@/lib/time";

/** Where a booking that needs an approval stands. */
export function ApprovalNotice({ booking }: { booking: Booking }) {
  const { t, i18n } = useTranslation();
  const approval = booking.approval;
  if (!approval || approval.state === "approved" || approval.state === "withdrawn") return null;
  if (approval.state === "asked")
    return (
      <Notice variant="info" title={t("approval.asked")}>
        <p className="kern-body">
          {t("approval.askedText", { when: format(approval.lapses_at, "moment", i18n.language) })}
        </p>
      </Notice>
    );
  return (
    <Notice variant="warning" title={t(`approval.${approval.state}`)}>
      {approval.reason ? (
        <p className="kern-body">{t("approval.reason", { reason: approval.reason })}</p>
      ) : (
        <p className="kern-body">{t("approval.freeAgain")}</p>
      )}
    </Notice>
  );
}
