// SPDX-License-Identifier: EUPL-1.2
import { type FormEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { SelectField, TextArea, TextField } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { isProblem } from "@/lib/api/problem";
import type { Alternative, Booking, Preview, PreviewWish } from "@/lib/api/types";
import type { ChangeScope } from "@/lib/booking-intent";
import { useDebounced } from "@/lib/debounced";
import { useNow } from "@/lib/now";
import { useMe } from "@/lib/session";
import { ZONE, wallOf } from "@/lib/time";
import { Alternatives } from "./Alternatives";
import { useAvailability, usePreview } from "./api";
import { AttendeeField } from "./AttendeeField";
import {
  type ChosenRoom,
  DURATIONS,
  REMINDERS,
  type Draft,
  type DraftErrors,
  seatsOf,
  spanOf,
  toQuestion,
  withAlternative,
  withDate,
} from "./draft";
import { beforeText, durationText } from "./duration-text";
import { FirstSlots } from "./FirstSlots";
import { ForWhom } from "./ForWhom";
import { PreviewNote } from "./PreviewNote";
import { Refusal } from "./Refusal";
import { RepeatField } from "./RepeatField";
import { RoomChoice } from "./RoomChoice";
import { SeriesDates } from "./SeriesDates";

interface BookingFormProps {
  draft: Draft;
  onEdit: (part: Partial<Draft>) => void;
  typed: string;
  onTyped: (text: string) => void;
  errors: DraftErrors;
  /** Grows with every attempt to send, so that the first wrong field gets the focus again. */
  attempt: number;
  own: ChosenRoom | null;
  /** The booking that is changed, and which of its dates. */
  change: Booking | undefined;
  scope: ChangeScope | undefined;
  refusal: unknown;
  isPending: boolean;
  onSubmit: () => void;
  onBookAlternative: (alternative: Alternative) => void;
}

export function BookingForm(props: BookingFormProps) {
  const { draft, onEdit, typed, onTyped, errors, attempt, own, change, scope, refusal } = props;
  const { isPending, onSubmit, onBookAlternative } = props;
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const today = wallOf(useNow(60_000)).date;
  const signedOut = useMe() === null;
  const availability = useAvailabilityOf(draft, change?.id);
  const preview = usePreviewOf(draft, change?.id);
  const one = scope?.kind === "this";
  const repeats = draft.repeat.kind !== "none";
  const unread = attempt > 0 && typed !== "" ? t("attendees.unread", { text: typed }) : undefined;
  const invited = draft.invitees.length + 1;
  const seats = seatsOf(draft);
  const durations = [...new Set([...DURATIONS, draft.minutes])].sort((a, b) => a - b);

  useEffect(() => {
    if (attempt > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [attempt]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };

  return (
    <form id="booking-form" ref={form} className="vc-booking-form" onSubmit={submit} noValidate>
      {signedOut && (
        <div className="vc-booking-form__refusal">
          <Notice variant="warning" title={t("form.signedOut")} role="alert">
            <p className="kern-body">
              {t("form.signedOutText")}{" "}
              <a className="kern-link kern-link--no-visited-state" href="/login" target="_blank" rel="noopener">
                {t("form.signIn")}
              </a>
            </p>
          </Notice>
        </div>
      )}
      {refusal != null && !signedOut && (
        <div className="vc-booking-form__refusal">
          <Refusal problem={refusal}>
            {isProblem(refusal) && (
              <>
                {repeats && <SeriesHint preview={preview.data} />}
                <Alternatives
                  alternatives={refusal.alternatives}
                  date={draft.date}
                  action="book"
                  disabled={isPending}
                  onChoose={onBookAlternative}
                />
              </>
            )}
          </Refusal>
        </div>
      )}
      <div className="vc-booking-form__fields">
        <TextField
          label={t("form.title")}
          data-first-focus
          required
          hint={one ? t("form.titleOfDate") : undefined}
          maxLength={200}
          value={draft.title}
          error={errors.title && t("form.titleMissing")}
          onChange={(event) => onEdit({ title: event.target.value })}
        />
        <div className="vc-booking-form__when">
          <TextField
            label={t(repeats ? "form.firstDate" : "form.date")}
            type="date"
            required
            min={today}
            value={draft.date}
            error={errors.date && t("form.dateMissing")}
            onChange={(event) => onEdit(withDate(draft, event.target.value, change !== undefined))}
          />
          <TextField
            label={t("form.start")}
            type="time"
            required
            step={900}
            value={draft.time}
            error={errors.time && t(errors.time === "past" ? "form.past" : "form.timeMissing")}
            onChange={(event) => onEdit({ time: event.target.value, moved: {} })}
          />
          <SelectField
            label={t("form.duration")}
            value={draft.minutes}
            onChange={(event) => onEdit({ minutes: Number(event.target.value) })}
          >
            {durations.map((minutes) => (
              <option key={minutes} value={minutes}>
                {durationText(minutes, t)}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t("form.persons")}
            type="number"
            inputMode="numeric"
            min={1}
            required
            value={draft.seats}
            error={
              errors.seats &&
              (errors.seats === "room"
                ? t("form.roomTooSmall", { count: draft.room?.seats ?? 0 })
                : t("form.personsWrong"))
            }
            onChange={(event) => onEdit({ seats: event.target.value })}
          />
        </div>
        {Intl.DateTimeFormat().resolvedOptions().timeZone !== ZONE && (
          <p className="kern-body kern-body--small kern-body--muted">{t("form.zone")}</p>
        )}
        {!one && (
          <>
            <RepeatField
              repeat={draft.repeat}
              date={draft.date}
              errors={errors}
              text={preview.data?.rule_text}
              promisedUntil={draft.repeat.end === "never" ? preview.data?.promised_until : null}
              onChange={(repeat) => onEdit({ repeat, moved: {} })}
            />
            {!change && <ForWhom organiser={draft.organiser} onChange={(organiser) => onEdit({ organiser })} />}
            <AttendeeField
              invitees={draft.invitees}
              onChange={(invitees) => onEdit({ invitees })}
              text={typed}
              onText={onTyped}
              error={unread}
            />
            <FirstSlots
              draft={draft}
              booking={change?.id}
              onTake={(alternative) => onEdit(withAlternative(draft, alternative))}
            />
          </>
        )}
        {seats !== null && invited > seats && (
          <p className="kern-body vc-more-seats" role="status">
            {t("form.moreInvited", { count: invited })}{" "}
            <button
              type="button"
              className="kern-link vc-link-button"
              onClick={() => onEdit({ seats: String(invited) })}
            >
              {t("form.raise", { count: invited })}
            </button>
          </p>
        )}
        {!one && (
          <>
            <TextArea
              label={t("form.description")}
              optional
              rows={3}
              value={draft.description}
              onChange={(event) => onEdit({ description: event.target.value })}
            />
            <SelectField
              label={t("form.remind")}
              hint={t("form.remindHint")}
              value={draft.remind ?? ""}
              onChange={(event) => onEdit({ remind: event.target.value ? Number(event.target.value) : null })}
            >
              <option value="">{t("form.remindNone")}</option>
              {[...new Set([...REMINDERS, ...(draft.remind === null ? [] : [draft.remind])])].map((minutes) => (
                <option key={minutes} value={minutes}>
                  {t("form.remindBefore", { time: beforeText(minutes, t) })}
                </option>
              ))}
            </SelectField>
          </>
        )}
      </div>
      <div className="vc-booking-form__rooms">
        <PreviewNote preview={preview.data} series={repeats} />
        {repeats && (
          <SeriesDates
            draft={draft}
            preview={preview.data}
            problem={preview.error}
            stale={preview.isPlaceholderData}
            existing={change !== undefined}
            onEdit={onEdit}
          />
        )}
        <RoomChoice
          availability={availability.data}
          problem={availability.error}
          stale={availability.isPlaceholderData}
          chosen={draft.room}
          own={own}
          series={repeats}
          suggested={!repeats ? availability.data?.suggestion.room : draft.room ? undefined : preview.data?.room}
          date={draft.date}
          onChoose={(room) => onEdit({ room: room && { id: room.id, name: room.name, seats: room.seats } })}
          onAlternative={(alternative) => onEdit(withAlternative(draft, alternative))}
        />
      </div>
    </form>
  );
}

/** Where to look which dates were meant. */
function SeriesHint({ preview }: { preview: Preview | undefined }) {
  const { t } = useTranslation();
  const refused = preview?.dates.filter(({ fits }) => !fits).length ?? 0;
  if (!preview || refused === 0 || refused === preview.dates.length) return null;
  return <p className="kern-body">{t("series.refusedHint", { count: refused })}</p>;
}

/** Asks once typing has paused; an incomplete form asks nothing. */
function useAvailabilityOf(draft: Draft, booking: string | undefined) {
  const now = useNow(60_000);
  const span = spanOf(draft);
  const seats = seatsOf(draft);
  const question =
    span && seats && span.endsAt > now ? `${seats} ${span.startsAt.toISOString()} ${span.endsAt.toISOString()}` : "";
  const [askedSeats, startsAt, endsAt] = useDebounced(question, 300).split(" ");
  return useAvailability(
    startsAt && endsAt
      ? { seats: Number(askedSeats), starts_at: startsAt, ends_at: endsAt, ...(booking ? { booking } : {}) }
      : null,
  );
}

/** The same for all dates. Texts that change nothing about them are not asked about. */
function usePreviewOf(draft: Draft, booking: string | undefined) {
  const now = useNow(60_000);
  const question = toQuestion(draft, booking);
  const over = draft.repeat.kind === "none" && (spanOf(draft)?.endsAt ?? now) <= now;
  const asked = useDebounced(question && !over ? JSON.stringify(question) : "", 300);
  return usePreview(asked ? (JSON.parse(asked) as PreviewWish) : null);
}
