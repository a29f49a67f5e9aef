// SPDX-License-Identifier: EUPL-1.2
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "@/components/Icon";
import { ScrollRegion } from "@/components/ScrollRegion";
import type { Occurrence, Room } from "@/lib/api/types";
import { useBookingDialog } from "@/lib/booking-intent";
import { format, formatRange } from "@/lib/time";
import { describe } from "./labels";
import { type Segment, type Span, hoursOf, position, quarterAt, segmentsOf } from "./segments";

interface TimelineProps {
  rooms: Room[];
  byRoom: Map<string, Occurrence[]>;
  window: Span;
  now: Date;
}

const NONE: Occurrence[] = [];

function place(span: Span, window: Span) {
  const left = position(span.from, window);
  return { left: `${left * 100}%`, width: `${(position(span.until, window) - left) * 100}%` };
}

/** Rooms as rows, hours as columns. Everything that can be clicked is an ordinary link or button in reading order. */
export function Timeline({ rooms, byRoom, window, now }: TimelineProps) {
  const { t, i18n } = useTranslation();
  const showsNow = now > window.from && now < window.until;
  return (
    <ScrollRegion className="vc-timeline" label={t("day.timeline")}>
      <div className="vc-timeline__inner">
        <div className="vc-timeline__head" aria-hidden="true">
          <div className="vc-timeline__corner">{t("day.room")}</div>
          <div className="vc-timeline__hours">
            {hoursOf(window).map((hour) => (
              <span key={hour.getTime()}>{format(hour, "time", i18n.language)}</span>
            ))}
          </div>
        </div>
        {/* Before the rows, so that the line runs behind the dates. */}
        {showsNow && (
          <div className="vc-timeline__overlay" aria-hidden="true">
            <div className="vc-timeline__past" style={{ width: `${position(now, window) * 100}%` }} />
          </div>
        )}
        <ul className="vc-timeline__rows">
          {rooms.map((room) => (
            <Row key={room.id} room={room} occurrences={byRoom.get(room.id) ?? NONE} window={window} now={now} />
          ))}
        </ul>
      </div>
    </ScrollRegion>
  );
}

const Row = memo(function Row({
  room,
  occurrences,
  window,
  now,
}: {
  room: Room;
  occurrences: Occurrence[];
  window: Span;
  now: Date;
}) {
  const { t } = useTranslation();
  const hours = hoursOf(window).length;
  return (
    <li className="vc-row">
      <div className="vc-row__room">
        <span className="vc-row__name">{room.name}</span>
        <span className="vc-row__facts">{t("room.seats", { count: room.seats })}</span>
      </div>
      <ul className="vc-row__track" style={{ backgroundSize: `${100 / hours}% 100%` }}>
        {segmentsOf(occurrences, window, now).map((segment) => (
          <li
            key={`${segment.kind}-${segment.span.from.getTime()}`}
            className="vc-row__cell"
            style={place(segment.span, window)}
          >
            <Cell room={room} segment={segment} />
          </li>
        ))}
      </ul>
    </li>
  );
});

function Cell({ room, segment }: { room: Room; segment: Segment }) {
  if (segment.kind === "gap") return room.is_active === false ? null : <Gap room={room} span={segment.span} />;
  return <Taken room={room} occurrence={segment.occurrence} />;
}

function Taken({ room, occurrence }: { room: Room; occurrence: Occurrence }) {
  const { t, i18n } = useTranslation();
  const { title, by } = describe(occurrence, t("state.busy"));
  const time = formatRange(occurrence.starts_at, occurrence.ends_at, i18n.language);
  const label = [room.name, time, title, by, t(`occurrence.${occurrence.state}`)].filter(Boolean).join(", ");
  const className = `vc-date vc-date--${occurrence.visibility === "full" ? "known" : "busy"} vc-date--${occurrence.state}`;
  const body = (
    <>
      <span className="vc-date__title">{title}</span>
      <span className="vc-date__time">{time}</span>
    </>
  );
  if (occurrence.booking && occurrence.visibility === "full") {
    return (
      <Link to={`/bookings/${occurrence.booking}`} className={className} aria-label={label} title={label}>
        {body}
      </Link>
    );
  }
  return (
    <div className={className} title={label}>
      <span className="kern-sr-only">{label}</span>
      <span aria-hidden="true" className="vc-date__body">
        {body}
      </span>
    </div>
  );
}

/** A free stretch. The mouse chooses a quarter-hour in it, the keyboard takes its beginning. */
function Gap({ room, span }: { room: Room; span: Span }) {
  const { t, i18n } = useTranslation();
  const book = useBookingDialog();
  const [pointed, setPointed] = useState<Date | null>(null);
  const at = (event: { clientX: number; currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return quarterAt(span, box.width ? (event.clientX - box.left) / box.width : 0);
  };
  return (
    <button
      type="button"
      className="vc-gap"
      aria-label={t("day.bookGap", { room: room.name, time: formatRange(span.from, span.until, i18n.language) })}
      onPointerMove={(event) => event.pointerType === "mouse" && setPointed(at(event))}
      onPointerLeave={() => setPointed(null)}
      onClick={(event) =>
        book({
          room: { id: room.id, name: room.name, seats: room.seats },
          startsAt: event.detail === 0 ? span.from : at(event),
        })
      }
    >
      {pointed ? (
        <span className="vc-gap__ghost" style={{ left: `${position(pointed, span) * 100}%` }}>
          <Icon name="plus" size={16} />
          {format(pointed, "time", i18n.language)}
        </span>
      ) : (
        <span className="vc-gap__plus">
          <Icon name="plus" size={16} />
        </span>
      )}
    </button>
  );
}
