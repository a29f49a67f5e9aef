// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { SelectField, TextField } from "@/components/Field";
import type { Booking } from "@/lib/api/types";
import { useNow } from "@/lib/now";
import { useProblemText } from "@/lib/problem-text";
import { format } from "@/lib/time";
import { useAnswer } from "./api";
import { ProposeForm } from "./ProposeForm";
import { inOrder, isSeries } from "./scope";

const ANSWERS = ["ACCEPTED", "TENTATIVE", "DECLINED"] as const;
const OVER = new Set(["ended", "no_show", "cancelled", "refused"]);

/** For who is invited: whether they come, to all dates or to one. */
export function AnswerForm({ booking }: { booking: Booking }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const announce = useAnnounce();
  const answer = useAnswer(booking.id);
  const { sentence } = useProblemText(answer.error);
  const [date, setDate] = useState("");
  const [comment, setComment] = useState("");
  const me = booking.attendees.find((attendee) => attendee.is_me);
  if (!me || !booking.permissions.answer) return null;

  const ahead = inOrder(booking.occurrences).filter(
    ({ state, ends_at }) => !OVER.has(state) && new Date(ends_at) > now,
  );
  const said = me.answers.find(({ occurrence }) => occurrence === date)?.partstat ?? me.partstat;
  const single = me.answers.length > 0;

  return (
    <section aria-labelledby="answer">
      <h2 className="kern-heading-small" id="answer">
        {t("answer.title")}
      </h2>
      <form className="vc-form" onSubmit={(event) => event.preventDefault()}>
        {isSeries(booking) && (
          <SelectField label={t("answer.which")} value={date} onChange={(event) => setDate(event.target.value)}>
            <option value="">{t("answer.all")}</option>
            {ahead.map(({ id, starts_at }) => (
              <option key={id} value={id}>
                {format(starts_at, "weekday", i18n.language)}
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label={t("answer.comment")}
          optional
          value={comment}
          maxLength={500}
          onChange={(event) => setComment(event.target.value)}
        />
        <div className="vc-answer" role="group" aria-labelledby="answer">
          {ANSWERS.map((partstat) => (
            <button
              key={partstat}
              type="button"
              className={`kern-btn kern-btn--${said === partstat ? "primary" : "secondary"}`}
              aria-pressed={said === partstat}
              disabled={answer.isPending}
              onClick={() =>
                answer.mutate(
                  { partstat, comment: comment.trim(), ...(date ? { occurrence: date } : {}) },
                  { onSuccess: () => announce(t("answer.done", { answer: t(`partstat.${partstat}`) })) },
                )
              }
            >
              <span className="kern-label">{t(`answer.act.${partstat}`)}</span>
            </button>
          ))}
        </div>
        {single && !date && <p className="kern-body kern-body--muted">{t("answer.replaces")}</p>}
        {answer.isError && <p role="alert">{sentence}</p>}
      </form>
      <ProposeForm booking={booking} />
    </section>
  );
}
