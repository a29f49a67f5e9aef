// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "@/components/Notice";
import { isProblem } from "@/lib/api/problem";
import { formatNumber } from "@/lib/number";
import { useProblemText } from "@/lib/problem-text";

const HEADED = [
  "slot_taken",
  "no_capacity",
  "quota_exceeded",
  "no_room",
  "no_such_room",
  "room_too_small",
  "in_past",
  "too_long",
  "beyond_horizon",
  "too_soon",
  "room_blocked",
  "outside_hours",
  "closed_day",
  "series_not_allowed",
  "partial_not_allowed",
  "too_few_dates",
  "not_entitled",
  "already_started",
  "already_cancelled",
  "already_decided",
  "version_conflict",
] as const;
type Headed = (typeof HEADED)[number];

/** A refused booking: the server's sentence, the numbers in plain words, and below it the ways out. Takes the focus. */
export function Refusal({ problem, children }: { problem: unknown; children?: ReactNode }) {
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { title, sentence } = useProblemText(problem);
  const code = isProblem(problem) ? HEADED.find((known) => known === problem.code) : undefined;

  useEffect(() => {
    box.current?.focus();
    box.current?.scrollIntoView?.({ block: "nearest" });
  }, [problem]);

  return (
    <Notice variant="warning" title={code ? t(`refusal.${code satisfies Headed}`) : title} role="alert" ref={box}>
      <p className="kern-body">{sentence}</p>
      {isProblem(problem) && problem.limit !== null && (
        <dl className="vc-numbers">
          {(
            [
              ["limit", problem.limit],
              ["inUse", problem.inUse],
              ["asked", problem.asked],
            ] as const
          ).map(
            ([name, value]) =>
              value !== null && (
                <div key={name}>
                  <dt>{t(`refusal.${name}`)}</dt>
                  <dd>{formatNumber(value, i18n.language)}</dd>
                </div>
              ),
          )}
        </dl>
      )}
      {isProblem(problem) && Object.keys(problem.fields).length > 0 && (
        <ul className="kern-body">
          {Object.entries(problem.fields).flatMap(([field, messages]) =>
            messages.map((message) => <li key={field + message}>{message}</li>),
          )}
        </ul>
      )}
      {children}
    </Notice>
  );
}
