// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Booking } from "@/lib/api/types";
import { useCancelBooking, useEndMeeting } from "./api";
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

export function CancelDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const title = useTitle(booking);
  const cancel = useCancelBooking();
  const onAct = () =>
    cancel.mutate(booking.id, {
      onSuccess: () => {
        announce(t("cancel.done", { title }));
        onClose();
      },
    });
  return (
    <Confirm
      title={t("cancel.title")}
      keep={t("cancel.keep")}
      act={t("cancel.act")}
      isPending={cancel.isPending}
      problem={cancel.error}
      onAct={onAct}
      onClose={onClose}
    >
      <p className="kern-body">{t("cancel.what", { title })}</p>
      <ul className="kern-body vc-list">
        <li>{t("cancel.mails", { count: booking.attendees.length })}</li>
        <li>{t("cancel.room", { room: booking.room.name, count: booking.seats })}</li>
        <li>{t("cancel.link")}</li>
        <li>{t("cancel.final")}</li>
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
