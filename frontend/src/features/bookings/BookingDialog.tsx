// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/components/ButtonLink";
import { Dialog } from "@/components/Dialog";
import { isProblem } from "@/lib/api/problem";
import type { Alternative, Booking } from "@/lib/api/types";
import type { BookingIntent, ChangeScope } from "@/lib/booking-intent";
import { currentLanguage } from "@/lib/i18n";
import { freshKey } from "@/lib/key";
import { parseAddresses, withoutDoubles } from "./addresses";
import { bookingQuery, useBook, useChangeBooking, useChangeDate } from "./api";
import { BookingForm } from "./BookingForm";
import { Confirmation } from "./Confirmation";
import { type Draft, type DraftErrors, check, draftOf, newDraft, toChange, toInput, withAlternative } from "./draft";
import "./bookings.css";

interface BookingDialogProps {
  intent: BookingIntent;
  onClose: () => void;
}

/** Books or changes one meeting. Whatever happens, what was typed stays until it is booked or thrown away on purpose. */
export function BookingDialog({ intent, onClose }: BookingDialogProps) {
  const { t } = useTranslation();
  const { change, scope } = intent;
  const [untouched] = useState(() => (change ? draftOf(change, scope) : newDraft(intent, new Date())));
  const [draft, setDraft] = useState<Draft>(untouched);
  const [typed, setTyped] = useState("");
  const [errors, setErrors] = useState<DraftErrors>({});
  const [attempt, setAttempt] = useState(0);
  const [leaving, setLeaving] = useState(false);
  const [done, setDone] = useState<Booking | null>(null);
  const send = useSend(untouched, change, scope);

  const edit = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setLeaving(false);
  };

  const submit = (wanted: Draft) => {
    const { found, rest } = parseAddresses(typed);
    const complete = { ...wanted, invitees: withoutDoubles([...wanted.invitees, ...found]) };
    setDraft(complete);
    setTyped(rest);
    const wrong = check(complete, new Date(), change && untouched);
    setErrors(wrong);
    setAttempt((before) => before + 1);
    if (rest || Object.keys(wrong).length > 0) return;
    send.run(complete, setDone);
  };

  const close = () => {
    const dirty = !done && (typed !== "" || JSON.stringify(draft) !== JSON.stringify(untouched));
    if (dirty && !leaving) setLeaving(true);
    else onClose();
  };

  const title = done ? t("dialog.done") : change ? t(`dialog.changes.${scope?.kind ?? "all"}`) : t("dialog.book");
  return (
    <Dialog
      title={title}
      onClose={close}
      wide={!done}
      footer={
        done ? (
          <>
            <KernButton text={t("dialog.finish")} variant="secondary" onClick={onClose} />
            {/* The link leaves the page the dialog lies on, so it closes it too. */}
            <ButtonLink to={`/bookings/${done.id}`} text={t("dialog.open")} variant="primary" onClick={onClose} />
          </>
        ) : leaving ? (
          <LeaveQuestion onKeep={() => setLeaving(false)} onDiscard={onClose} />
        ) : (
          <>
            <KernButton text={t("dialog.cancel")} variant="secondary" onClick={close} />
            <KernButton
              text={send.isPending ? t("dialog.sending") : change ? t("dialog.save") : t("dialog.submit")}
              variant="primary"
              type="submit"
              form="booking-form"
              disabled={send.isPending}
            />
          </>
        )
      }
    >
      {done ? (
        <Confirmation
          booking={done}
          changed={change !== undefined}
          date={scope?.kind === "this" ? scope.date : undefined}
          onChange={setDone}
        />
      ) : (
        <BookingForm
          draft={draft}
          onEdit={edit}
          typed={typed}
          onTyped={setTyped}
          errors={errors}
          attempt={attempt}
          own={change ? untouched.room : null}
          change={change}
          scope={scope}
          refusal={send.problem}
          isPending={send.isPending}
          onSubmit={() => submit(draft)}
          onBookAlternative={(alternative: Alternative) => submit(withAlternative(draft, alternative))}
        />
      )}
    </Dialog>
  );
}

/** Asked in place of the buttons before anything typed is thrown away. */
function LeaveQuestion({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  return (
    <div ref={box} className="vc-leaving" role="group" aria-labelledby="leave-question">
      <span id="leave-question" className="kern-body kern-body--bold" role="alert">
        {t("dialog.discardQuestion")}
      </span>
      <KernButton text={t("dialog.keep")} variant="secondary" onClick={onKeep} />
      <KernButton text={t("dialog.discard")} variant="primary" onClick={onDiscard} />
    </div>
  );
}

/** Sending a draft: a new booking under an idempotency key, or a change against the version that was last seen. */
function useSend(before: Draft, change: Booking | undefined, scope: ChangeScope | undefined) {
  const book = useBook();
  const patch = useChangeBooking();
  const patchDate = useChangeDate();
  const client = useQueryClient();
  const [version, setVersion] = useState(change?.version ?? 0);
  const [refreshing, setRefreshing] = useState(false);
  const [key, setKey] = useState({ for: "", value: "" });

  const run = (draft: Draft, onDone: (booking: Booking) => void) => {
    if (change) {
      const input = toChange(draft, before);
      const told = {
        onSuccess: onDone,
        // Having been told, the person may send again: against what is there now, with what they typed.
        onError: async (error: unknown) => {
          if (!isProblem(error, "version_conflict")) return;
          setRefreshing(true);
          const current = await client.fetchQuery({ ...bookingQuery(change.id), staleTime: 0 }).catch(() => null);
          if (current) setVersion(current.version);
          setRefreshing(false);
        },
      };
      if (scope) patchDate.mutate({ id: scope.date.id, scope: scope.kind, version, input }, told);
      else patch.mutate({ id: change.id, version, input }, told);
      return;
    }
    const input = toInput(draft, currentLanguage());
    // The same content keeps its key, so that a lost answer does not become a second booking.
    const content = JSON.stringify(input);
    const value = key.for === content ? key.value : freshKey();
    setKey({ for: content, value });
    book.mutate({ input, key: value }, { onSuccess: onDone });
  };

  const used = !change ? book : scope ? patchDate : patch;
  return { run, isPending: used.isPending || refreshing, problem: used.error };
}
