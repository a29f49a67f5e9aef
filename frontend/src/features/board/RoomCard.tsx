// SPDX-License-Identifier: EUPL-1.2
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { ButtonLink, JoinLink } from "@/components/ButtonLink";
import { Icon } from "@/components/Icon";
import { StateBadge } from "@/components/StateBadge";
import type { Occurrence, Room, RoomState, RoomStatus } from "@/lib/api/types";
import { useBookingDialog } from "@/lib/booking-intent";
import { format, formatRange, wallOf } from "@/lib/time";

interface RoomCardProps {
  room: Room;
  status: RoomStatus | undefined;
  state: RoomState;
  mine: Occurrence | undefined;
  today: string;
}

const COUNTED: RoomState[] = ["live", "overrun", "moved", "opening"];

export const RoomCard = memo(function RoomCard({ room, status, state, mine, today }: RoomCardProps) {
  const { t, i18n } = useTranslation();
  const book = useBookingDialog();
  const timeLine = useTimeLine(state, status, today, i18n.language);
  const counted = status?.people != null && COUNTED.includes(state);

  return (
    <article className={`vc-card vc-card--${state}${mine ? " vc-card--mine" : ""}`} aria-labelledby={`room-${room.id}`}>
      <div className="vc-card__head">
        <h3 className="vc-card__name" id={`room-${room.id}`}>
          {room.name}
        </h3>
        <StateBadge state={state} />
      </div>
      {mine?.title && <p className="vc-card__title">{mine.title}</p>}
      <p className="vc-card__facts">
        <span>{t("room.seats", { count: room.seats })}</span>
        <span>{room.authority.short_name || room.authority.name}</span>
      </p>
      <p className="vc-card__time">{timeLine}</p>
      {counted && (
        <p className="vc-card__people">
          <Icon name="people" size={22} />
          <strong>{status.people}</strong> {t("room.people", { count: status.people ?? 0 })}
        </p>
      )}
      {state === "blocked" && room.blocked_reason && <p className="vc-card__time">{room.blocked_reason}</p>}
      <div className="vc-card__actions">
        {mine?.join_url && (
          <JoinLink
            href={mine.join_url}
            text={t("booking.join")}
            label={t("booking.joinTitle", { title: mine.title ?? room.name })}
            small
          />
        )}
        {mine?.booking && (
          <ButtonLink to={`/bookings/${mine.booking}`} text={t("board.toBooking")} variant="tertiary" small />
        )}
        {!mine && state !== "blocked" && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={t("board.bookRoom", { room: room.name })}
            onClick={() => book({ room: { id: room.id, name: room.name, seats: room.seats } })}
          >
            <span className="kern-label">{t("board.book")}</span>
          </button>
        )}
      </div>
    </article>
  );
});

/** One sentence about time: how long the room is free, or until when it is taken and when the next date begins. */
function useTimeLine(state: RoomState, status: RoomStatus | undefined, today: string, language: string): string {
  const { t } = useTranslation();
  const next = status?.next;
  const nextText =
    next &&
    (wallOf(next).date === today
      ? format(next, "time", language)
      : `${format(next, "short", language)}, ${format(next, "time", language)}`);
  if (state === "free") {
    if (!next || !nextText) return t("room.freeAlways");
    return wallOf(next).date === today
      ? t("room.freeUntil", { time: nextText })
      : t("room.freeToday", { time: nextText });
  }
  const until = status?.until;
  // Reserved a little ahead: the next date is the one the room is reserved for.
  if (until && next && next < until) return t("time.range", { range: formatRange(next, until, language) });
  const parts = [
    until && t(state === "overrun" ? "room.shouldEnd" : "room.until", { time: format(until, "time", language) }),
    nextText && next !== until && t("room.next", { time: nextText }),
  ];
  return parts.filter(Boolean).join(" · ");
}
