// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { OverCommitted as Interval } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { format, formatRange } from "@/lib/time";

const SHOWN = 5;

/** Times at which more is already booked than the limits allow. */
export function OverCommitted({ intervals }: { intervals: Interval[] }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <p className="kern-body">{t("quotas.overCommitted", { count: intervals.length })}</p>
      <ul className="kern-body vc-list">
        {intervals.slice(0, SHOWN).map((interval) => (
          <li key={interval.what + interval.from}>
            {t("quotas.overCommittedAt", {
              day: format(interval.from, "short", i18n.language),
              range: formatRange(interval.from, interval.until, i18n.language),
              what: t(`quotas.${interval.what}`),
              inUse: formatNumber(interval.in_use, i18n.language),
              limit: formatNumber(interval.limit, i18n.language),
            })}
          </li>
        ))}
        {intervals.length > SHOWN && <li>{t("quotas.overCommittedMore", { count: intervals.length - SHOWN })}</li>}
      </ul>
    </>
  );
}
