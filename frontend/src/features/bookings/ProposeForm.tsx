// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { SelectField, TextField } from "@/components/Field";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Booking, BookingOccurrence } from "@/lib/api/types";
import { useNow } from "@/lib/now";
import { addMinutes, format, instantOf, isDate, minutesBetween, wallOf } from "@/lib/time";
import { usePropose } from "./api";
import { DURATIONS } from "./draft";
import { durationText } from "./duration-text";
import { inOrder, isAhead, isSeries } from "./scope";

/** For who is invited and has no time then: another time, for the organiser to take or decline. */
export function ProposeForm({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const ahead = inOrder(booking.occurrences).filter((date) => isAhead(date, now));
  if (ahead.length === 0) return null;
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="vc-propose">
      <button
        type="button"
        ref={button}
        className="kern-btn kern-btn--tertiary"
        aria-expanded={open}
        aria-controls="propose"
        onClick={() => setOpen(!open)}
      >
        <span className="kern-label">{t("proposals.propose")}</span>
      </button>
      <div id="propose">{open && <Form booking={booking} ahead={ahead} onDone={close} />}</div>
    </div>
  );
}

function Form({ booking, ahead, onDone }: { booking: Booking; ahead: BookingOccurrence[]; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const propose = usePropose(booking.id);
  const series = isSeries(booking);
  const form = useRef<HTMLFormElement>(null);
  const [of, setOf] = useState(ahead[0]!);
  const [typed, setTyped] = useState({ ...wallOf(of.starts_at), minutes: minutesBetween(of.starts_at, of.ends_at) });
  const [comment, setComment] = useState("");
  const [attempted, setAttempted] = useState(false);
  const complete = isDate(typed.date) && /^\d{2}:\d{2}$/.test(typed.time);
  const startsAt = complete ? instantOf(typed.date, typed.time) : null;
  const same =
    startsAt?.getTime() === Date.parse(of.starts_at) && typed.minutes === minutesBetween(of.starts_at, of.ends_at);
  const wrong = !startsAt ? "missing" : startsAt <= new Date() ? "past" : same ? "same" : undefined;

  useEffect(() => form.current?.querySelector<HTMLElement>("select, input")?.focus(), []);

  const choose = (id: string) => {
    const date = ahead.find((one) => one.id === id)!;
    setOf(date);
    setTyped({ ...wallOf(date.starts_at), minutes: minutesBetween(date.starts_at, date.ends_at) });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (!startsAt || wrong) {
      form.current?.querySelector<HTMLElement>("input[type=time]")?.focus();
      return;
    }
    propose.mutate(
      {
        ...(series ? { occurrence: of.id } : {}),
        starts_at: startsAt.toISOString(),
        ends_at: addMinutes(startsAt, typed.minutes).toISOString(),
        comment: comment.trim(),
      },
      {
        onSuccess: () => {
          announce(t("proposals.made"));
          onDone();
        },
      },
    );
  };

  const durations = [...new Set([...DURATIONS, typed.minutes])].sort((a, b) => a - b);
  return (
    <form ref={form} className="vc-form" onSubmit={onSubmit} aria-label={t("proposals.propose")} noValidate>
      {series && (
        <SelectField label={t("proposals.which")} value={of.id} onChange={(event) => choose(event.target.value)}>
          {ahead.map(({ id, starts_at }) => (
            <option key={id} value={id}>
              {format(starts_at, "weekday", i18n.language)}
            </option>
          ))}
        </SelectField>
      )}
      <div className="vc-booking-form__when">
        <TextField
          label={t("form.date")}
          type="date"
          required
          value={typed.date}
          onChange={(event) => setTyped({ ...typed, date: event.target.value })}
        />
        <TextField
          label={t("form.start")}
          type="time"
          required
          step={900}
          value={typed.time}
          error={attempted && wrong ? t(`proposals.wrong.${wrong}`) : undefined}
          onChange={(event) => setTyped({ ...typed, time: event.target.value })}
        />
        <SelectField
          label={t("form.duration")}
          value={typed.minutes}
          onChange={(event) => setTyped({ ...typed, minutes: Number(event.target.value) })}
        >
          {durations.map((minutes) => (
            <option key={minutes} value={minutes}>
              {durationText(minutes, t)}
            </option>
          ))}
        </SelectField>
      </div>
      <TextField
        label={t("answer.comment")}
        optional
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <p className="kern-body kern-body--muted">{t("proposals.hint")}</p>
      {propose.isError && <ProblemNotice problem={propose.error} />}
      <div className="vc-wish__actions">
        <KernButton text={t("proposals.send")} variant="primary" type="submit" disabled={propose.isPending} />
        <KernButton text={t("dialog.cancel")} variant="tertiary" onClick={onDone} />
      </div>
    </form>
  );
}
