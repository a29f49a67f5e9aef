// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Pool, Server } from "@/lib/api/types";
import { byName } from "@/lib/rooms";
import { AddServerDialog } from "./AddServerDialog";
import { usePools, useServers } from "./api";
import { PoolDialog } from "./PoolDialog";
import { ServerCard } from "./ServerCard";
import "./servers.css";

/** Every pool with its servers: what state they are in, how full, what is wrong. */
export function ServersPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const servers = useServers();
  const pools = usePools();
  const [adding, setAdding] = useState(false);
  const [settings, setSettings] = useState<Pool | "new" | null>(null);
  const failed = [servers, pools].find((query) => query.isError && !query.data);
  const loaded = servers.data && pools.data ? { servers: servers.data, pools: [...pools.data].sort(byName) } : null;

  return (
    <>
      <PageHead title={t("servers.title")} intro={t("servers.intro")}>
        <div className="vc-server-actions">
          <KernButton text={t("servers.addPool")} variant="secondary" onClick={() => setSettings("new")} />
          {loaded && loaded.pools.length > 0 && (
            <KernButton text={t("servers.add")} variant="primary" onClick={() => setAdding(true)} />
          )}
        </div>
      </PageHead>
      {failed && <ProblemNotice problem={failed.error} onRetry={() => void failed.refetch()} />}
      {!loaded && !failed && <Loading />}
      {loaded?.pools.length === 0 && <p className="kern-body vc-empty">{t("servers.noPools")}</p>}
      {loaded?.pools.map((pool) => (
        <PoolSection
          key={pool.id}
          pool={pool}
          servers={loaded.servers.filter((server) => server.pool.id === pool.id)}
          onSettings={() => setSettings(pool)}
        />
      ))}
      {adding && loaded && (
        <AddServerDialog
          pools={loaded.pools}
          servers={loaded.servers}
          onClose={() => setAdding(false)}
          onAdded={({ id }) => void navigate(`/servers/${id}`)}
        />
      )}
      {settings && (
        <PoolDialog
          pool={settings === "new" ? null : settings}
          pools={loaded?.pools ?? []}
          onClose={() => setSettings(null)}
        />
      )}
    </>
  );
}

function PoolSection({ pool, servers, onSettings }: { pool: Pool; servers: Server[]; onSettings: () => void }) {
  const { t } = useTranslation();
  const heading = `pool-${pool.id}`;
  const facts = [
    t("servers.poolSeats", { count: pool.seats }),
    pool.n_plus_one ? t("servers.nPlusOneOn") : t("servers.nPlusOneOff"),
    ...(pool.fallback ? [t("servers.fallbackTo", { name: pool.fallback.name })] : []),
  ];
  return (
    <section className="vc-pool" aria-labelledby={heading}>
      <div className="vc-pool__head">
        <div>
          <h2 className="kern-heading-medium" id={heading}>
            {pool.name}
          </h2>
          <p className="vc-muted">{facts.join(" · ")}</p>
        </div>
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          aria-label={t("servers.poolSettings", { name: pool.name })}
          onClick={onSettings}
        >
          <span className="kern-label">{t("servers.settings")}</span>
        </button>
      </div>
      {servers.length === 0 ? (
        <p className="kern-body vc-muted">{t("servers.none")}</p>
      ) : (
        <ul className="vc-servers">
          {servers.map((server) => (
            <ServerCard key={server.id} server={server} />
          ))}
        </ul>
      )}
    </section>
  );
}
