// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Alternative, Booking, RefusedDate } from "@/lib/api/types";
import { ZONE, format, formatRange, wallOf } from "@/lib/time";
import { Alternatives } from "./Alternatives";
import { useChangeDate } from "./api";

/** The date itself, which could not be had when the series was booked. */
function asItWas({ starts_at, ends_at }: RefusedDate): Alternative {
  return { starts_at, ends_at };
}

/** The dates of a series that could not be had, each with what can be taken instead at once. */
export function RefusedDates({ booking, onChange }: { booking: Booking; onChange?: (booking: Booking) => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const take = useChangeDate();
  if (booking.refused.length === 0 || !booking.permissions.change) return null;

  const onChoose = (date: RefusedDate, { starts_at, ends_at, room, seats }: Alternative) =>
    take.mutate(
      {
        id: date.id,
        scope: "this",
        version: booking.version,
        input: {
          ...(starts_at ? { starts_at, timezone: ZONE } : {}),
          ...(ends_at ? { ends_at } : {}),
          ...(room ? { room: room.id } : {}),
          ...(seats ? { seats } : {}),
        },
      },
      {
        onSuccess: (changed) => {
          announce(t("refused.taken", { day: format(starts_at ?? date.starts_at, "short", i18n.language) }));
          onChange?.(changed);
        },
      },
    );

  return (
    <Notice variant="warning" title={t("refused.title", { count: booking.refused.length })}>
      <ul className="vc-refused">
        {booking.refused.map((date) => (
          <li key={date.id}>
            <p>
              <strong>{format(date.starts_at, "weekday", i18n.language)}</strong>
              {", "}
              {t("time.range", { range: formatRange(date.starts_at, date.ends_at, i18n.language) })}
            </p>
            <p className="vc-series__why">{date.code ? date.detail : t("refused.freeNow")}</p>
            <Alternatives
              alternatives={date.code ? date.alternatives : [asItWas(date)]}
              date={wallOf(date.starts_at).date}
              action="take"
              disabled={take.isPending}
              onChoose={(alternative) => onChoose(date, alternative)}
            />
          </li>
        ))}
      </ul>
      {take.isError && <ProblemNotice problem={take.error} />}
    </Notice>
  );
}
