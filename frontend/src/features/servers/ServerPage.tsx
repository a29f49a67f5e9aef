// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Icon } from "@/components/Icon";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { ServerDetails, ServerState } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { useChangeServer, useCheck, useServer } from "./api";
import { HealthBadge, ServerStateBadge } from "./Badges";
import { ChangeServerDialog } from "./ChangeServerDialog";
import { clockText } from "./clock";
import { DrainDialog } from "./DrainDialog";
import { EventsSection } from "./EventsSection";
import { CheckResult, Findings } from "./Findings";
import { MeetingsSection } from "./MeetingsSection";
import { RemoveDialog } from "./RemoveDialog";
import { SeatsBar } from "./SeatsBar";
import { ServerFacts } from "./ServerCard";
import { SetupSection } from "./SetupSection";
import "./servers.css";

const SHOWN = 5;

export function ServerPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const server = useServer(id);
  return (
    <>
      <p className="vc-back">
        <Link to="/servers" className="kern-link kern-link--small kern-link--no-visited-state">
          <Icon name="left" size={16} /> {t("servers.title")}
        </Link>
      </p>
      {server.data ? (
        <Details server={server.data} />
      ) : (
        <>
          <PageHead title={t("servers.one")} />
          {server.isError ? (
            <ProblemNotice problem={server.error} onRetry={() => void server.refetch()} />
          ) : (
            <Loading />
          )}
        </>
      )}
    </>
  );
}

type Question = "change" | "draining" | "disabled" | "remove";

function Details({ server }: { server: ServerDetails }) {
  const { t, i18n } = useTranslation();
  const [asking, setAsking] = useState<Question | null>(null);
  const [done, setDone] = useState<ServerState | "saved" | null>(null);
  const check = useCheck(server.id);
  const enable = useChangeServer(server.id);
  const when = (instant: string) => format(instant, "moment", i18n.language);
  const finish = (what: ServerState | "saved") => () => {
    setAsking(null);
    setDone(what);
  };
  const onEnable = () => enable.mutate({ state: "enabled" }, { onSuccess: finish("enabled") });
  const took = done === "draining" || done === "disabled";

  return (
    <>
      <PageHead title={server.name} intro={t("servers.inPool", { pool: server.pool.name, url: server.base_url })}>
        <div className="vc-server__badges">
          <ServerStateBadge value={server.state} />
          <HealthBadge value={server.health} />
        </div>
      </PageHead>
      <div className="vc-server-actions" role="group" aria-label={t("servers.actions")}>
        {server.state === "enabled" ? (
          <KernButton text={t("servers.drainIt")} variant="secondary" onClick={() => setAsking("draining")} />
        ) : (
          <KernButton text={t("servers.enableIt")} variant="primary" disabled={enable.isPending} onClick={onEnable} />
        )}
        {server.state !== "disabled" && (
          <KernButton text={t("servers.disableIt")} variant="secondary" onClick={() => setAsking("disabled")} />
        )}
        {server.state === "disabled" && (
          <KernButton text={t("servers.removeIt")} variant="secondary" onClick={() => setAsking("remove")} />
        )}
        <KernButton text={t("servers.changeIt")} variant="secondary" onClick={() => setAsking("change")} />
        <KernButton
          text={check.isPending ? t("servers.checking") : t("servers.checkIt")}
          variant="secondary"
          disabled={check.isPending}
          onClick={() => check.mutate()}
        />
      </div>
      {done && (
        <Notice variant="success" title={t(`servers.done.${done}`, { name: server.name })} role="status">
          {took && server.state !== "enabled" && (
            <div>
              <KernButton text={t("servers.undo")} variant="secondary" disabled={enable.isPending} onClick={onEnable} />
            </div>
          )}
        </Notice>
      )}
      {enable.isError && <ProblemNotice problem={enable.error} />}
      {check.isError && <ProblemNotice problem={check.error} />}
      {check.data && <CheckResult report={check.data} />}
      {server.trouble && !check.data?.detail && (
        <Notice variant="danger" title={server.trouble.detail}>
          <p className="kern-body">{server.trouble.advice}</p>
        </Notice>
      )}
      <Drift server={server} />
      {!check.data && <Findings findings={server.findings} />}
      <OverCommitted server={server} />
      <section className="vc-server-section" aria-labelledby="server-load">
        <h2 className="kern-heading-small" id="server-load">
          {t("servers.loadTitle")}
        </h2>
        <SeatsBar server={server} />
        <ServerFacts server={server} />
        <ul className="vc-server__since vc-muted">
          {server.health_since && (
            <li>
              {t("servers.healthSince", {
                health: t(`servers.health.${server.health}`),
                when: when(server.health_since),
              })}
            </li>
          )}
          {server.draining_since && <li>{t("servers.drainingSince", { when: when(server.draining_since) })}</li>}
          {server.last_seen_at && <li>{t("servers.lastSeen", { when: when(server.last_seen_at) })}</li>}
          {server.checked_at && <li>{t("servers.lastChecked", { when: when(server.checked_at) })}</li>}
          {server.clock_skew_ms !== null && <li>{clockText(t, server.clock_skew_ms, i18n.language)}</li>}
          <li>{t("servers.weight", { weight: server.weight })}</li>
        </ul>
      </section>
      <MeetingsSection server={server} />
      <EventsSection server={server} />
      <SetupSection server={server} />
      {asking === "change" && (
        <ChangeServerDialog server={server} onClose={() => setAsking(null)} onSaved={finish("saved")} />
      )}
      {asking === "remove" && <RemoveDialog server={server} onClose={() => setAsking(null)} />}
      {(asking === "draining" || asking === "disabled") && (
        <DrainDialog server={server} to={asking} onClose={() => setAsking(null)} onDone={finish(asking)} />
      )}
    </>
  );
}

/** Found unsafe, and drained by vconf itself. */
function Drift({ server: { state, drift } }: { server: ServerDetails }) {
  const { t } = useTranslation();
  if (state !== "draining" || drift.length === 0) return null;
  return (
    <Notice variant="danger" title={t("servers.drift")}>
      <ul className="kern-body vc-list">
        {drift.map(({ code, detail, advice }) => (
          <li key={code}>
            <strong>{detail}</strong> {advice}
          </li>
        ))}
      </ul>
      <p className="kern-body">{t("servers.driftText")}</p>
    </Notice>
  );
}

/** Promised before it was made smaller or taken out of use. */
function OverCommitted({ server: { over_committed: over } }: { server: ServerDetails }) {
  const { t, i18n } = useTranslation();
  if (over.length === 0) return null;
  return (
    <Notice variant="warning" title={t("servers.over", { count: over.length })}>
      <ul className="kern-body vc-list">
        {over.slice(0, SHOWN).map((interval) => (
          <li key={interval.what + interval.from}>
            {t(`servers.overAt.${interval.what}`, {
              day: format(interval.from, "short", i18n.language),
              range: formatRange(interval.from, interval.until, i18n.language),
              inUse: interval.in_use,
              limit: interval.limit,
            })}
          </li>
        ))}
        {over.length > SHOWN && <li>{t("servers.drain.more", { count: over.length - SHOWN })}</li>}
      </ul>
      <p className="kern-body">{t("servers.overText")}</p>
    </Notice>
  );
}
