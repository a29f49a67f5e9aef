// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Alternative, Booking } from "@/lib/api/types";
import { ZONE, format, formatRange, wallOf } from "@/lib/time";
import { Alternatives } from "./Alternatives";
import { useChangeBooking, useKeep, useTryAgain } from "./api";

/** What a calendar or a mail asked for in vain: why, until when the old dates are held, and what can be done. */
export function WishNotice({
  booking,
  onChange,
  onGiveUp,
}: {
  booking: Booking;
  onChange: () => void;
  onGiveUp: () => void;
}) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const change = useChangeBooking();
  const again = useTryAgain(booking.id);
  const keep = useKeep(booking.id);
  const { wish, refusal } = booking;
  if (!wish || !refusal) return null;

  const held = booking.occurrences.filter(({ held_until }) => held_until !== null);
  const kept = wish.held_until !== null;
  const busy = change.isPending || again.isPending || keep.isPending;
  const version = booking.version;
  const when = `${format(wish.starts_at, "weekday", i18n.language)}, ${t("time.range", { range: formatRange(wish.starts_at, wish.ends_at, i18n.language) })}`;
  const take = ({ starts_at, ends_at, room, seats }: Alternative) =>
    change.mutate(
      {
        id: booking.id,
        version,
        input: {
          ...(starts_at ? { starts_at, timezone: ZONE } : {}),
          ...(ends_at ? { ends_at } : {}),
          ...(room ? { room: room.id } : {}),
          ...(seats ? { seats } : {}),
        },
      },
      { onSuccess: () => announce(t("wish.done")) },
    );
  const failed = [change, again, keep].find(({ isError }) => isError);

  return (
    <Notice variant="warning" title={t(kept ? "wish.notChanged" : "wish.notBooked")}>
      <p className="kern-body">{refusal.detail}</p>
      <p className="kern-body">
        {t("wish.asked", { when })}
        {wish.rule_text && ` (${wish.rule_text})`}
      </p>
      <p className="kern-body">
        {held.length > 0
          ? t("wish.held", { count: held.length, when: format(wish.held_until!, "moment", i18n.language) })
          : t(kept ? "wish.unchanged" : "wish.nothing")}
      </p>
      <Alternatives
        alternatives={refusal.alternatives}
        date={wallOf(wish.starts_at).date}
        action="book"
        disabled={busy}
        onChoose={take}
      />
      <div className="vc-wish__actions">
        {kept && (
          <KernButton
            text={t(held.length > 0 ? "wish.keep" : "wish.forget")}
            variant="primary"
            disabled={busy}
            onClick={() => keep.mutate(version, { onSuccess: () => announce(t("wish.keptDone")) })}
          />
        )}
        <KernButton
          text={t("wish.again")}
          variant={kept ? "secondary" : "primary"}
          disabled={busy}
          onClick={() => again.mutate(version, { onSuccess: () => announce(t("wish.done")) })}
        />
        {/* What stands is changed as any booking is; what was never booked, here. */}
        {!kept && booking.permissions.change && (
          <KernButton text={t("wish.change")} variant="secondary" disabled={busy} onClick={onChange} />
        )}
        <KernButton
          text={t(kept ? "wish.giveUp" : "wish.remove")}
          variant="tertiary"
          disabled={busy}
          onClick={onGiveUp}
        />
      </div>
      {failed && <ProblemNotice problem={failed.error} />}
    </Notice>
  );
}
