// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/components/Loading";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { HistoryEntry } from "@/lib/api/types";
import { format } from "@/lib/time";
import { useHistory } from "./api";
import { ACTIONS, FIELDS, type Field, localised } from "./history";

const PARTSTATS = ["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"] as const;
/** What people invited do. */
const BY_MAIL: ReadonlySet<string> = new Set(["answered", "proposed"]);
const FIRST = 5;
const MOST = 200;

/** Who changed what, the newest first. */
export function HistorySection({ bookingId }: { bookingId: string }) {
  const { t } = useTranslation();
  const [size, setSize] = useState(FIRST);
  const history = useHistory(bookingId, size);
  const rows = history.data?.results ?? [];
  return (
    <section aria-labelledby="history">
      <h2 className="kern-heading-small" id="history">
        {t("history.title")}
      </h2>
      {history.isPending && <Loading />}
      {history.isError && <ProblemNotice problem={history.error} onRetry={() => void history.refetch()} />}
      <ol className="vc-history">
        {rows.map((entry) => (
          <Entry key={`${entry.at} ${entry.action} ${entry.version}`} entry={entry} />
        ))}
      </ol>
      {history.data && history.data.count > rows.length && size < MOST && (
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          onClick={() => setSize(MOST)}
          disabled={history.isFetching}
        >
          <span className="kern-label">{t("history.more", { count: history.data.count - rows.length })}</span>
        </button>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { t, i18n } = useTranslation();
  const action = ACTIONS.find((known) => known === entry.action) ?? "changed";
  // Who answers by mail needs no account; then it is their address that says who did it.
  const byMail = entry.person ? undefined : BY_MAIL.has(action) && attendeeOf(entry);
  const name = entry.person?.name ?? (byMail || t("history.system"));
  const shown = FIELDS.filter((field) => !(byMail && field === "attendee"));
  const changes = shown.flatMap((field) => entry.changes.filter((change) => change.field === field));
  return (
    <li>
      <p>
        {t(`history.action.${action}`, { name })}{" "}
        <span className="vc-muted vc-history__when">
          {t("history.at", { when: format(entry.at, "moment", i18n.language) })}
        </span>
      </p>
      {changes.length > 0 && action !== "booked" && (
        <ul className="vc-history__changes">
          {changes.map((change) => (
            <li key={change.field}>{sentenceOf(change, t, i18n.language)}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

function attendeeOf(entry: HistoryEntry): string | undefined {
  return entry.changes.find(({ field }) => field === "attendee")?.after;
}

function answerOf(partstat: string, t: TFunction): string {
  const known = PARTSTATS.find((one) => one === partstat);
  return known ? t(`partstat.${known}`) : partstat;
}

function sentenceOf(change: HistoryEntry["changes"][number], t: TFunction, language: string): string {
  const field = change.field as Field;
  const name = t(`history.field.${field}`);
  // Rules and descriptions are not for reading in one line.
  if (field === "rule" || field === "description") return t("history.touched", { field: name });
  const words = (text: string) => (field === "answer" ? answerOf(text, t) : localised(text, language));
  const before = words(change.before);
  const after = words(change.after);
  if (!before || before === after) return t("history.only", { field: name, value: after });
  if (!after) return t("history.only", { field: name, value: before });
  return t("history.from", { field: name, before, after });
}
