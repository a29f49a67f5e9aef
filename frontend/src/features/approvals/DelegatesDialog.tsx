// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Loading } from "@/components/Loading";
import { PersonField } from "@/components/PersonField";
import { ProblemNotice } from "@/components/ProblemNotice";
import { untilText } from "@/lib/stand-in";
import { dayBounds, isDate, shiftDate, wallOf } from "@/lib/time";
import { useDelegates, useEndDelegate, useNameDelegate } from "./api";
import { byPerson } from "./delegates";

/** Who decides in the person's place for a while. */
export function DelegatesDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const delegates = useDelegates();
  const name = useNameDelegate();
  const end = useEndDelegate();
  const today = wallOf(new Date()).date;
  const [email, setEmail] = useState("");
  const [until, setUntil] = useState(shiftDate(today, 14));
  const [attempted, setAttempted] = useState(false);
  const wrongDay = !isDate(until) || until < today;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (!email.trim() || wrongDay) return;
    name.mutate(
      // to the end of that day
      { email: email.trim(), valid_until: dayBounds(until).until.toISOString() },
      {
        onSuccess: () => {
          announce(t("delegates.named", { name: email.trim() }));
          setEmail("");
          setAttempted(false);
        },
      },
    );
  };

  return (
    <Dialog
      title={t("delegates.title")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.finish")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("delegates.act")}
            variant="primary"
            type="submit"
            form="delegate-form"
            disabled={name.isPending}
          />
        </>
      }
    >
      <p className="kern-body">{t("delegates.text")}</p>
      {delegates.isPending && <Loading />}
      {delegates.isError && <ProblemNotice problem={delegates.error} onRetry={() => void delegates.refetch()} />}
      {delegates.data && delegates.data.length > 0 && (
        <ul className="vc-people" aria-label={t("delegates.title")}>
          {byPerson(delegates.data).map(({ person, standsInFor, until: last, ids, classes }) => (
            <li key={ids.join()}>
              <span className="vc-people__who">
                <span>{person.name}</span>
                <span className="vc-muted">
                  {[
                    last && untilText(last, t, i18n.language),
                    standsInFor && t("delegates.for", { name: standsInFor }),
                    classes.join(", "),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              <button
                type="button"
                className="kern-btn kern-btn--tertiary vc-button-small"
                aria-label={t("delegates.endOf", { name: person.name })}
                disabled={end.isPending}
                onClick={() => end.mutate(ids)}
              >
                <span className="kern-label">{t("delegates.end")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form id="delegate-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <PersonField
          label={t("delegates.person")}
          hint={t("person.hint")}
          value={email}
          error={attempted && !email.trim() ? t("person.missing") : undefined}
          onChange={setEmail}
        />
        <TextField
          label={t("delegates.lastDay")}
          type="date"
          required
          min={today}
          value={until}
          error={attempted && wrongDay ? t("delegates.lastDayWrong") : undefined}
          onChange={(event) => setUntil(event.target.value)}
        />
      </form>
      {name.isError && <ProblemNotice problem={name.error} />}
      {end.isError && <ProblemNotice problem={end.error} />}
    </Dialog>
  );
}
