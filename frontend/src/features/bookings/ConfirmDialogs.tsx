// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Booking, BookingOccurrence, PersonThere, Recording } from "@/lib/api/types";
import { useDeleteRecording, useDrop, useEndMeeting, useRemovePerson, useRenewLink } from "./api";
import { ScopeChoice } from "./ScopeChoice";
import { type Scope, datesIn, isAhead, isSeries } from "./scope";
import { useTitle } from "./title";

interface ConfirmProps {
  title: string;
  keep: string;
  act: string;
  isPending: boolean;
  problem: unknown;
  onAct: () => void;
  onClose: () => void;
  children: ReactNode;
}

function Confirm({ title, keep, act, isPending, problem, onAct, onClose, children }: ConfirmProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <KernButton text={keep} variant="secondary" onClick={onClose} />
          <KernButton text={act} variant="primary" disabled={isPending} onClick={onAct} />
        </>
      }
    >
      {children}
      {problem != null && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}

interface CancelDialogProps {
  booking: Booking;
  /** The date it was asked for; of a series, others may be meant as well. */
  date?: BookingOccurrence | undefined;
  onClose: () => void;
}

export function CancelDialog({ booking, date, onClose }: CancelDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const title = useTitle(booking);
  const drop = useDrop(booking.id);
  const [chosen, setScope] = useState<Scope>("this");
  const scope = date ? chosen : "all";
  const dates = date
    ? datesIn(scope, booking, date, new Date())
    : booking.occurrences.filter((one) => isAhead(one, new Date()));
  const series = isSeries(booking);
  const onAct = () =>
    drop.mutate(scope === "all" || !date ? { scope: "all" } : { scope, occurrence: date.id }, {
      onSuccess: () => {
        announce(scope === "all" ? t("cancel.done", { title }) : t("cancel.datesDone", { count: dates.length }));
        onClose();
      },
    });
  return (
    <Confirm
      title={t(date ? "cancel.titleDates" : "cancel.title")}
      keep={t("cancel.keep")}
      act={scope === "all" ? t("cancel.act") : t("cancel.actDates", { count: dates.length })}
      isPending={drop.isPending}
      problem={drop.error}
      onAct={onAct}
      onClose={onClose}
    >
      {date && (
        <ScopeChoice booking={booking} date={date} scope={scope} legend={t("cancel.which")} onChange={setScope} />
      )}
      <p className="kern-body">
        {scope === "all" ? t("cancel.what", { title }) : t("cancel.whatDates", { title, count: dates.length })}
      </p>
      <ul className="kern-body vc-list">
        {series && scope === "all" && <li>{t("cancel.dates", { count: dates.length })}</li>}
        <li>{t("cancel.mails", { count: booking.attendees.length })}</li>
        <li>
          {t("cancel.room", { room: (scope === "this" && date?.room.name) || booking.room.name, count: booking.seats })}
        </li>
        {scope === "all" ? <li>{t("cancel.link")}</li> : <li>{t("cancel.others")}</li>}
        <li>{t("cancel.undo")}</li>
      </ul>
    </Confirm>
  );
}

/** Of a series: which dates shall be changed? The form comes after. */
export function ChangeScopeDialog({
  booking,
  date,
  onChoose,
  onClose,
}: CancelDialogProps & { date: BookingOccurrence; onChoose: (scope: Scope) => void }) {
  const { t } = useTranslation();
  const [scope, setScope] = useState<Scope>("this");
  return (
    <Confirm
      title={t("changeScope.title")}
      keep={t("dialog.cancel")}
      act={t("changeScope.act")}
      isPending={false}
      problem={null}
      onAct={() => onChoose(scope)}
      onClose={onClose}
    >
      <ScopeChoice booking={booking} date={date} scope={scope} legend={t("changeScope.which")} onChange={setScope} />
      <p className="kern-body kern-body--muted">{t(`changeScope.text.${scope}`)}</p>
    </Confirm>
  );
}

export function RenewLinkDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const renew = useRenewLink(booking.id);
  const onAct = () =>
    renew.mutate(undefined, {
      onSuccess: () => {
        announce(t("renewLink.done"));
        onClose();
      },
    });
  return (
    <Confirm
      title={t("renewLink.title")}
      keep={t("dialog.cancel")}
      act={t("renewLink.act")}
      isPending={renew.isPending}
      problem={renew.error}
      onAct={onAct}
      onClose={onClose}
    >
      <ul className="kern-body vc-list">
        <li>{t("renewLink.old")}</li>
        <li>{t("renewLink.mails", { count: booking.attendees.length })}</li>
        <li>{t("renewLink.dates")}</li>
      </ul>
    </Confirm>
  );
}

interface EndDialogProps {
  booking: Booking;
  occurrenceId: string;
  people: number | null;
  onClose: () => void;
}

export function EndDialog({ booking, occurrenceId, people, onClose }: EndDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const end = useEndMeeting(booking.id);
  const onAct = () =>
    end.mutate(occurrenceId, {
      onSuccess: () => {
        announce(t("end.done"));
        onClose();
      },
    });
  return (
    <Confirm
      title={t("end.title")}
      keep={t("end.keep")}
      act={t("end.act")}
      isPending={end.isPending}
      problem={end.error}
      onAct={onAct}
      onClose={onClose}
    >
      <p className="kern-body">{people === null ? t("end.what") : t("end.whatPeople", { count: people })}</p>
    </Confirm>
  );
}

interface DeleteRecordingDialogProps {
  bookingId: string;
  recording: Recording;
  onClose: () => void;
}

export function DeleteRecordingDialog({ bookingId, recording, onClose }: DeleteRecordingDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const remove = useDeleteRecording(bookingId);
  const onAct = () =>
    remove.mutate(recording.id, {
      onSuccess: () => {
        announce(t("recordings.deleteAsked"));
        onClose();
      },
    });
  return (
    <Confirm
      title={t("recordings.deleteTitle")}
      keep={t("dialog.cancel")}
      act={t("recordings.deleteAct")}
      isPending={remove.isPending}
      problem={remove.error}
      onAct={onAct}
      onClose={onClose}
    >
      <p className="kern-body">{t("recordings.deleteWhat")}</p>
    </Confirm>
  );
}

interface RemovePersonDialogProps {
  occurrenceId: string;
  person: PersonThere;
  onClose: () => void;
}

export function RemovePersonDialog({ occurrenceId, person, onClose }: RemovePersonDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const remove = useRemovePerson(occurrenceId);
  const name = person.name || t("people.nameless");
  const onAct = () =>
    remove.mutate(person.id, {
      onSuccess: () => {
        announce(t("people.removed", { name }));
        onClose();
      },
    });
  return (
    <Confirm
      title={t("people.removeTitle", { name })}
      keep={t("dialog.cancel")}
      act={t("people.removeAct")}
      isPending={remove.isPending}
      problem={remove.error}
      onAct={onAct}
      onClose={onClose}
    >
      <p className="kern-body">{t("people.removeWhat")}</p>
    </Confirm>
  );
}
