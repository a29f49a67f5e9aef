// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useAnnounce } from "@/components/Announcer";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ScrollRegion } from "@/components/ScrollRegion";
import type { Backlog, Delivery, DeliveryState } from "@/lib/api/types";
import { useNow } from "@/lib/now";
import { format } from "@/lib/time";
import { useBacklog, useDeliveries, useRetry, useRetryAll } from "./api";
import { ageText, factText, reactionText } from "./words";
import "./outbox.css";

/** What is still to be delivered, by reaction, and what was given up: to be tried again one by one or all at once. */
export function OutboxPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const state: DeliveryState = search.get("state") === "pending" ? "pending" : "parked";
  const deliveries = useDeliveries(state);
  const announce = useAnnounce();
  const retry = useRetry();
  const loading = deliveries.isPending || deliveries.isPlaceholderData;
  const rows = loading ? [] : (deliveries.data?.results ?? []);
  const untold = loading ? 0 : (deliveries.data?.count ?? 0) - rows.length;

  return (
    <>
      <PageHead title={t("outbox.title")} intro={t("outbox.intro")} />
      <Summary />
      <nav className="vc-tabs" aria-label={t("outbox.which")}>
        {(["parked", "pending"] as const).map((one) => (
          <Link
            key={one}
            to={one === "parked" ? "/outbox" : "/outbox?state=pending"}
            aria-current={state === one ? "page" : undefined}
          >
            {t(`outbox.tab.${one}`)}
          </Link>
        ))}
      </nav>
      {retry.isError && <ProblemNotice problem={retry.error} />}
      {deliveries.isError && !deliveries.data && (
        <ProblemNotice problem={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {loading && !deliveries.isError && <Loading />}
      {!loading && rows.length === 0 && <p className="kern-body vc-empty">{t(`outbox.none.${state}`)}</p>}
      <ul className="vc-deliveries">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            busy={retry.isPending}
            onRetry={() => retry.mutate(row.id, { onSuccess: () => announce(t("outbox.retried", { count: 1 })) })}
          />
        ))}
      </ul>
      {untold > 0 && <p className="kern-body vc-muted">{t("outbox.more", { count: untold })}</p>}
    </>
  );
}

function Row({ row, busy, onRetry }: { row: Delivery; busy: boolean; onRetry: () => void }) {
  const { t, i18n } = useTranslation();
  const what = reactionText(t, row.reaction);
  return (
    <li className="vc-delivery">
      <div className="vc-delivery__what">
        <strong>{what}</strong>
        <span className="vc-muted">
          {[
            factText(t, row.fact),
            row.recipient,
            format(row.recorded_at, "moment", i18n.language),
            t("outbox.attempts", { count: row.attempts }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {row.last_error && (
          <span className="vc-delivery__error" lang="en">
            {row.last_error}
          </span>
        )}
        {row.state === "pending" && (
          <span className="vc-muted">{t("outbox.due", { when: format(row.due_at, "moment", i18n.language) })}</span>
        )}
      </div>
      {row.state === "parked" && (
        <button
          type="button"
          className="kern-btn kern-btn--secondary vc-button-small"
          aria-label={t("outbox.retryOf", { what, number: row.id })}
          disabled={busy}
          onClick={onRetry}
        >
          <span className="kern-label">{t("outbox.retry")}</span>
        </button>
      )}
    </li>
  );
}

const COLUMNS = ["reaction", "pending", "parked", "action"] as const;

function Summary() {
  const { t } = useTranslation();
  const backlog = useBacklog();
  const announce = useAnnounce();
  const retry = useRetryAll();
  if (backlog.isError && !backlog.data) return <ProblemNotice problem={backlog.error} />;
  const rows = backlog.data ?? [];
  if (rows.length === 0) return null;
  return (
    <div className="vc-backlog">
      <h2 className="kern-heading-small" id="backlog">
        {t("outbox.summary")}
      </h2>
      {retry.isError && <ProblemNotice problem={retry.error} />}
      <ScrollRegion labelledBy="backlog">
        <table className="kern-table vc-backlog__table">
          <caption className="kern-sr-only">{t("outbox.summary")}</caption>
          <thead className="kern-table__head">
            <tr className="kern-table__row">
              {COLUMNS.map((name) => (
                <th key={name} scope="col" className="kern-table__header">
                  {t(`outbox.column.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="kern-table__body">
            {rows.map((row) => (
              <BacklogRow
                key={row.reaction}
                row={row}
                busy={retry.isPending}
                onRetry={() =>
                  retry.mutate(row.reaction, {
                    onSuccess: ({ retried }) => announce(t("outbox.retried", { count: retried })),
                  })
                }
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}

function BacklogRow({ row, busy, onRetry }: { row: Backlog; busy: boolean; onRetry: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const name = reactionText(t, row.reaction);
  const cell = (count: number, oldest: string | null) => (
    <>
      {count}
      {oldest && <span className="vc-block vc-muted">{t("outbox.oldest", { age: ageText(t, oldest, now) })}</span>}
    </>
  );
  return (
    <tr className="kern-table__row">
      <th scope="row" className="kern-table__cell">
        {name}
      </th>
      <td className="kern-table__cell">{cell(row.pending, row.oldest_pending_at)}</td>
      <td className="kern-table__cell">{cell(row.parked, row.oldest_parked_at)}</td>
      <td className="kern-table__cell">
        {row.parked > 0 && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={t("outbox.retryAllOf", { name, count: row.parked })}
            disabled={busy}
            onClick={onRetry}
          >
            <span className="kern-label">{t("outbox.retryAll")}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
