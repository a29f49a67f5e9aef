// SPDX-License-Identifier: EUPL-1.2
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "@/components/Icon";
import type { Server } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { HealthBadge, ServerStateBadge } from "./Badges";
import { SeatsBar } from "./SeatsBar";

/** One server in short. */
export function ServerCard({ server }: { server: Server }) {
  const { t } = useTranslation();
  const heading = useId();
  return (
    <li>
      <article className="vc-server" aria-labelledby={heading}>
        <div className="vc-server__head">
          <h3 className="kern-heading-small" id={heading}>
            <Link to={`/servers/${server.id}`} className="kern-link kern-link--no-visited-state">
              {server.name}
            </Link>
          </h3>
          <div className="vc-server__badges">
            <ServerStateBadge value={server.state} />
            <HealthBadge value={server.health} />
          </div>
        </div>
        <SeatsBar server={server} />
        <ServerFacts server={server} />
        {server.trouble && (
          <p className="vc-server__note vc-server__note--bad">
            <Icon name="failed" /> <span>{server.trouble.detail}</span>
          </p>
        )}
        {server.drift.length > 0 && (
          <p className="vc-server__note vc-server__note--bad">
            <Icon name="failed" /> <span>{t("servers.drift")}</span>
          </p>
        )}
        {server.findings.length > 0 && (
          <p className="vc-server__note">
            <Icon name="overrun" /> <span>{t("servers.findings", { count: server.findings.length })}</span>
          </p>
        )}
      </article>
    </li>
  );
}

/** "BigBlueButton 3.0.4 · 12 von 40 Konferenzen · Last 35 %" */
export function ServerFacts({ server }: { server: Server }) {
  const { t, i18n } = useTranslation();
  const facts = [
    [t(`servers.kind.${server.kind}`), server.version].filter(Boolean).join(" "),
    server.meetings === null
      ? t("servers.meetings", { count: server.live_meetings })
      : t("servers.meetingsOf", { count: server.live_meetings, most: server.meetings }),
    ...(server.load === null
      ? []
      : [t("servers.load", { percent: formatNumber(Math.round(server.load * 100), i18n.language) })]),
  ];
  return <p className="vc-muted">{facts.join(" · ")}</p>;
}
