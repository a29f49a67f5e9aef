// SPDX-License-Identifier: EUPL-1.2
import { useQuery } from "@tanstack/react-query";
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { JoinLink } from "@/components/ButtonLink";
import { Icon } from "@/components/Icon";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { StateBadge } from "@/components/StateBadge";
import type { Booking, BookingOccurrence } from "@/lib/api/types";
import { useBookingDialog } from "@/lib/booking-intent";
import { useNow } from "@/lib/now";
import { useRoomStatus } from "@/lib/room-statuses";
import { format, formatRange } from "@/lib/time";
import { AccessCard } from "./AccessCard";
import { AnswerForm } from "./AnswerForm";
import { bookingQuery } from "./api";
import { ApprovalNotice } from "./ApprovalNotice";
import { Attendees } from "./Attendees";
import { CancelDialog, ChangeScopeDialog, EndDialog, RenewLinkDialog } from "./ConfirmDialogs";
import { DatesList } from "./DatesList";
import { beforeText } from "./duration-text";
import { HistorySection } from "./HistorySection";
import { type Life, lifeOf } from "./life";
import { type MenuAction, MoreMenu } from "./MoreMenu";
import { PeopleSection } from "./PeopleSection";
import { ProposalsSection } from "./ProposalsSection";
import { RecordingsSection } from "./RecordingsSection";
import { RefusedDates } from "./RefusedDates";
import { type Scope, datesIn, inOrder, isSeries } from "./scope";
import { StatusBadge } from "./StatusBadge";
import { useTitle } from "./title";
import { TransferDialog } from "./TransferDialog";
import { Undo } from "./Undo";
import { WishNotice } from "./WishNotice";
import "./bookings.css";

export function BookingPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const booking = useQuery(bookingQuery(id));
  return (
    <>
      <p className="vc-back">
        <Link to="/bookings" className="kern-link kern-link--small kern-link--no-visited-state">
          <Icon name="left" size={16} /> {t("bookings.title")}
        </Link>
      </p>
      {booking.data ? (
        <Details booking={booking.data} />
      ) : (
        <>
          <PageHead title={t("booking.heading")} />
          {booking.isError ? (
            <ProblemNotice problem={booking.error} onRetry={() => void booking.refetch()} />
          ) : (
            <Loading />
          )}
        </>
      )}
    </>
  );
}

type Question =
  | { about: "cancel"; date?: BookingOccurrence }
  | { about: "change"; date: BookingOccurrence }
  | { about: "end" | "transfer" | "renew" };

function Details({ booking }: { booking: Booking }) {
  const { t, i18n } = useTranslation();
  const book = useBookingDialog();
  const life = lifeOf(booking, useRoomStatus(booking.room.id), useNow());
  const [asking, setAsking] = useState<Question | null>(null);
  const { starts_at: startsAt, ends_at: endsAt } = (booking.status !== "cancelled" && life.occurrence) || booking;
  const title = useTitle(booking);
  const open = booking.status !== "cancelled" && booking.status !== "refused" && !life.past;
  const series = isSeries(booking);
  const full = booking.visibility === "full";
  // An approver sees it all and is part of nothing.
  const part = full && (booking.permissions.answer || booking.permissions.change);
  const deputised = full && booking.booked_by && booking.organiser && booking.booked_by.id !== booking.organiser.id;

  const change = (date: BookingOccurrence, scope: Scope) => {
    setAsking(null);
    if (scope === "all") book({ change: booking });
    else if (scope === "this") book({ change: booking, scope: { kind: "this", date } });
    else
      book({
        change: booking,
        scope: { kind: "following", date, dates: datesIn("following", booking, date, new Date()).length },
      });
  };
  const actions: MenuAction[] = [
    ...(full ? [{ text: t("more.copy"), onClick: () => book({ copy: booking }) }] : []),
    ...(open && booking.permissions.change
      ? [
          { text: t("more.transfer"), onClick: () => setAsking({ about: "transfer" }) },
          { text: t("more.renewLink"), onClick: () => setAsking({ about: "renew" }) },
        ]
      : []),
  ];

  return (
    <>
      <PageHead
        title={title}
        intro={`${format(startsAt, "weekday", i18n.language)}, ${t("time.range", { range: formatRange(startsAt, endsAt, i18n.language) })}`}
      >
        <StatusBadge booking={booking} />
      </PageHead>
      {booking.status === "cancelled" && (
        <Notice variant="info" title={t("booking.isCancelled")}>
          <Undo what={{ booking: booking.id }} until={booking.restorable_until} />
        </Notice>
      )}
      <WishNotice
        booking={booking}
        onChange={() => book({ change: booking })}
        onGiveUp={() => setAsking({ about: "cancel" })}
      />
      <ApprovalNotice booking={booking} />
      <DroppedNotice booking={booking} />
      <RefusedDates booking={booking} />
      <div className="vc-booking-page">
        <div className="vc-booking-page__main">
          <LivePanel booking={booking} life={life} onEnd={() => setAsking({ about: "end" })} />
          {part && <ProposalsSection booking={booking} />}
          <section aria-labelledby="facts">
            <h2 className="kern-heading-small" id="facts">
              {t("booking.facts")}
            </h2>
            <dl className="kern-description-list vc-facts">
              <Fact name={t("booking.room")}>
                {t("room.nameSeats", { name: booking.room.name, count: booking.room.seats })}
                {full && (
                  <Link
                    to={`/calendars?room=${booking.room.id}`}
                    className="kern-link kern-link--small kern-link--no-visited-state vc-block"
                  >
                    {t("calendars.ofRoom")}
                  </Link>
                )}
              </Fact>
              <Fact name={t("booking.seats")}>{t("room.seats", { count: booking.seats })}</Fact>
              {booking.rule_text && (
                <Fact name={t("booking.rule")}>
                  {booking.rule_text}
                  {booking.promised_until && (
                    <span className="vc-block vc-muted">
                      {t("repeat.promised", { day: format(booking.promised_until, "weekday", i18n.language) })}
                    </span>
                  )}
                </Fact>
              )}
              {booking.organiser && (
                <Fact name={t("booking.organiser")}>
                  {booking.organiser.name}, {booking.organiser.authority.name}
                </Fact>
              )}
              {deputised && (
                // A deputy, or who handed the booking over.
                <Fact name={t("booking.bookedBy")}>{booking.booked_by!.name}</Fact>
              )}
              {booking.authority && <Fact name={t("booking.authority")}>{booking.authority.name}</Fact>}
              {full && booking.remind_minutes !== null && (
                <Fact name={t("form.remind")}>
                  {t("form.remindBefore", { time: beforeText(booking.remind_minutes, t) })}
                </Fact>
              )}
              {booking.description && (
                <Fact name={t("booking.description")}>
                  <span className="vc-pre">{booking.description}</span>
                </Fact>
              )}
            </dl>
          </section>
          {series && (
            <DatesList
              booking={booking}
              onChange={(date) => setAsking({ about: "change", date })}
              onCancel={(date) => setAsking({ about: "cancel", date })}
            />
          )}
          {full && <AnswerForm booking={booking} />}
          {full && <Attendees booking={booking} />}
          {life.running && life.occurrence && booking.permissions.moderate && (
            <PeopleSection occurrenceId={life.occurrence.id} />
          )}
          {/* Hosts only; of them, organiser and deputies get an answer. */}
          {booking.permissions.moderate && new Date(booking.starts_at) < new Date() && (
            <RecordingsSection bookingId={booking.id} />
          )}
          {full && <HistorySection bookingId={booking.id} />}
        </div>
        {(booking.join_url ||
          actions.length > 0 ||
          (open && (booking.permissions.change || booking.permissions.cancel))) && (
          <aside className="vc-booking-page__side" aria-labelledby="access">
            <h2 className="kern-heading-small" id="access">
              {t(booking.join_url && booking.status !== "refused" ? "booking.access" : "booking.actions")}
            </h2>
            <AccessCard booking={booking} />
            <div className="vc-booking-page__actions">
              {open && booking.permissions.change && (
                <KernButton
                  block
                  text={t(series ? "booking.changeSeries" : "booking.change")}
                  variant="secondary"
                  onClick={() => book({ change: booking })}
                />
              )}
              {open && booking.permissions.cancel && (
                <KernButton
                  block
                  text={t(series ? "booking.cancelSeries" : "booking.cancel")}
                  variant="tertiary"
                  onClick={() => setAsking({ about: "cancel" })}
                />
              )}
              {actions.length === 1 && !open ? (
                <KernButton block text={actions[0]!.text} variant="secondary" onClick={actions[0]!.onClick} />
              ) : (
                actions.length > 0 && <MoreMenu actions={actions} />
              )}
            </div>
          </aside>
        )}
      </div>
      {asking?.about === "cancel" && (
        <CancelDialog booking={booking} date={asking.date} onClose={() => setAsking(null)} />
      )}
      {asking?.about === "change" && (
        <ChangeScopeDialog
          booking={booking}
          date={asking.date}
          onChoose={(scope) => change(asking.date, scope)}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.about === "transfer" && <TransferDialog booking={booking} onClose={() => setAsking(null)} />}
      {asking?.about === "renew" && <RenewLinkDialog booking={booking} onClose={() => setAsking(null)} />}
      {asking?.about === "end" && life.occurrence && (
        <EndDialog
          booking={booking}
          occurrenceId={life.occurrence.id}
          people={life.people}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

/** Dates dropped a moment ago can be taken back, all that went together at once. */
function DroppedNotice({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const now = useNow();
  const dropped = inOrder(booking.occurrences).filter(
    ({ state, restorable_until }) => state === "cancelled" && restorable_until && new Date(restorable_until) > now,
  );
  const [first] = dropped;
  if (!first || booking.status === "cancelled") return null;
  return (
    <Notice variant="info" title={t("dates.dropped", { count: dropped.length })}>
      <Undo what={{ occurrence: first.id, following: dropped.length > 1 }} until={first.restorable_until} />
    </Notice>
  );
}

/** What can be done now: join, see who many are in, end it for all. */
function LivePanel({ booking, life, onEnd }: { booking: Booking; life: Life; onEnd: () => void }) {
  const { t, i18n } = useTranslation();
  if (!life.joinable && !life.running) {
    if (life.past || booking.status === "cancelled" || booking.status === "refused" || !life.occurrence) return null;
    return (
      <p className="vc-live vc-live--quiet">
        <Icon name="clock" size={24} />
        <span>
          {t("booking.opensAt", {
            day: format(life.occurrence.starts_at, "weekday", i18n.language),
            time: format(life.occurrence.starts_at, "time", i18n.language),
          })}
        </span>
      </p>
    );
  }
  return (
    <div className="vc-live">
      <div className="vc-live__state">
        <StateBadge state={life.state ?? "reserved"} />
        {life.running && life.people !== null && (
          <p className="vc-live__people">
            <Icon name="people" size={24} />
            <strong>{life.people}</strong> {t("room.people", { count: life.people })}
          </p>
        )}
      </div>
      <div className="vc-live__actions">
        {booking.join_url && <JoinLink href={booking.join_url} text={t("booking.join")} />}
        {life.running && booking.permissions.moderate && (
          <KernButton text={t("booking.end")} variant="secondary" onClick={onEnd} />
        )}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="kern-description-list-item">
      <dt className="kern-description-list-item__key">{name}</dt>
      <dd className="kern-description-list-item__value">{children}</dd>
    </div>
  );
}
