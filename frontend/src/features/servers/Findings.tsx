// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Notice } from "@/components/Notice";
import type { Finding, ServerCheck } from "@/lib/api/types";
import { clockText } from "./clock";

/** What is unsafe or missing on a server, each with what to do about it. */
export function Findings({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) return null;
  return (
    <Notice variant="warning" title={t("servers.findings", { count: findings.length })}>
      <ul className="kern-body vc-list">
        {findings.map(({ code, detail, advice }) => (
          <li key={code}>
            <strong>{detail}</strong> {advice}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** What a look at a server on the spot found. */
export function CheckResult({ report }: { report: ServerCheck }) {
  const { t, i18n } = useTranslation();
  if (report.detail)
    return (
      <Notice variant="danger" title={report.detail} role="status">
        <p className="kern-body">{report.advice}</p>
        <p className="kern-body">{report.reachable ? t("servers.check.reachable") : t("servers.check.notReachable")}</p>
      </Notice>
    );
  return (
    <>
      <Notice variant="success" title={t("servers.check.good")} role="status">
        <ul className="kern-body vc-list">
          {report.version && <li>{t("servers.check.version", { version: report.version })}</li>}
          {report.latency_ms !== null && <li>{t("servers.check.latency", { count: report.latency_ms })}</li>}
          {report.clock_skew_ms !== null && <li>{clockText(t, report.clock_skew_ms, i18n.language)}</li>}
          <li>{t("servers.check.meetings", { count: report.meetings })}</li>
          {report.abilities.length > 0 && (
            <li>
              {t("servers.check.abilities", {
                list: report.abilities.map((ability) => t(`servers.ability.${ability}`)).join(", "),
              })}
            </li>
          )}
        </ul>
      </Notice>
      <Findings findings={report.findings} />
    </>
  );
}
