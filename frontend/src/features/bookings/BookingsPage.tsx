// SPDX-License-Identifier: EUPL-1.2
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { JoinLink } from "@/components/ButtonLink";
import { Icon } from "@/components/Icon";
import { InstantButton } from "@/components/InstantButton";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { StateBadge } from "@/components/StateBadge";
import type { Booking } from "@/lib/api/types";
import { useNow } from "@/lib/now";
import { useRoomStatuses } from "@/lib/room-statuses";
import { useMe } from "@/lib/session";
import { dayBounds, format, formatRange, shiftDate, wallOf } from "@/lib/time";
import { useMyBookings } from "./api";
import { type Life, lifeOf } from "./life";
import { StatusBadge } from "./StatusBadge";
import { useTitle } from "./title";
import { Undo } from "./Undo";
import "./bookings.css";

const DAYS_BACK = 90;

export function BookingsPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const past = search.get("when") === "past";
  const now = useNow();
  const today = wallOf(now).date;
  const range = useMemo(
    () =>
      past
        ? { from: dayBounds(shiftDate(today, -DAYS_BACK)).from, until: dayBounds(today).until }
        : { from: dayBounds(shiftDate(today, -1)).from },
    [past, today],
  );
  const bookings = useMyBookings(range);
  const statuses = useRoomStatuses();

  const rows = (bookings.data ?? [])
    .map((booking) => ({ booking, life: lifeOf(booking, statuses[booking.room.id], now) }))
    .filter(({ life }) => life.past === past)
    .sort((a, b) => (past ? -1 : 1) * (startOf(a) - startOf(b)));

  return (
    <>
      <PageHead title={t("bookings.title")}>
        <InstantButton />
      </PageHead>
      <nav className="vc-tabs" aria-label={t("bookings.which")}>
        <Link to="/bookings" aria-current={past ? undefined : "page"}>
          {t("bookings.upcoming")}
        </Link>
        <Link to="/bookings?when=past" aria-current={past ? "page" : undefined}>
          {t("bookings.past")}
        </Link>
      </nav>
      {bookings.isPending && <Loading />}
      {bookings.isError && <ProblemNotice problem={bookings.error} onRetry={() => void bookings.refetch()} />}
      {bookings.isSuccess && rows.length === 0 && (
        <p className="kern-body vc-empty">{t(past ? "bookings.nonePast" : "bookings.none")}</p>
      )}
      <ul className="vc-bookings">
        {rows.map(({ booking, life }) => (
          <Row key={booking.id} booking={booking} life={life} />
        ))}
      </ul>
      <p className="vc-from-calendar">
        <Link to="/calendars" className="kern-link kern-link--no-visited-state">
          <Icon name="calendar" /> {t("calendars.link")}
        </Link>
      </p>
    </>
  );
}

function startOf({ booking, life }: { booking: Booking; life: Life }): number {
  return Date.parse(life.occurrence?.starts_at ?? booking.starts_at);
}

function Row({ booking, life }: { booking: Booking; life: Life }) {
  const { t, i18n } = useTranslation();
  const startsAt = life.occurrence?.starts_at ?? booking.starts_at;
  const endsAt = life.occurrence?.ends_at ?? booking.ends_at;
  const title = useTitle(booking);
  const me = useMe();
  const cancelled = booking.status === "cancelled";
  return (
    <li className={`vc-booking${cancelled ? " vc-booking--cancelled" : ""}`}>
      <p className="vc-booking__date">
        <span className="vc-booking__day">{format(startsAt, "day", i18n.language)}</span>
        <span>{format(startsAt, "month", i18n.language)}</span>
        <span className="vc-muted">{format(startsAt, "weekdayShort", i18n.language)}</span>
      </p>
      <div className="vc-booking__text">
        <h2 className="vc-booking__title">
          <Link to={`/bookings/${booking.id}`} className="kern-link kern-link--no-visited-state">
            {life.occurrence?.title || title}
          </Link>
        </h2>
        <p className="vc-booking__facts">
          <span>
            <Icon name="clock" size={18} /> {t("time.range", { range: formatRange(startsAt, endsAt, i18n.language) })}
          </span>
          <span>
            <Icon name="video" size={18} /> {booking.room.name}
          </span>
          {booking.rule_text && (
            <span>
              <Icon name="repeat" size={18} /> {booking.rule_text}
            </span>
          )}
          {booking.organiser && booking.organiser.id !== me?.id && <span>{booking.organiser.name}</span>}
          <span>
            <Icon name="people" size={18} />{" "}
            {life.people === null
              ? t("bookings.invited", { count: booking.attendees.length })
              : t("booking.inside", { count: life.people })}
          </span>
        </p>
      </div>
      <div className="vc-booking__end">
        {life.running && life.state ? (
          <StateBadge state={life.state} />
        ) : (
          booking.status !== "confirmed" && <StatusBadge status={booking.status} />
        )}
        {cancelled && (
          <Undo what={{ booking: booking.id }} until={booking.restorable_until} label={t("undo.actOn", { title })} />
        )}
        {life.joinable && booking.join_url && (
          <JoinLink href={booking.join_url} text={t("booking.join")} label={t("booking.joinTitle", { title })} small />
        )}
      </div>
    </li>
  );
}
