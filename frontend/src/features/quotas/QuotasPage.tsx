// SPDX-License-Identifier: EUPL-1.2
import { type CSSProperties, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { TextField } from "@/components/Field";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ScrollRegion } from "@/components/ScrollRegion";
import type { Quota } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { format } from "@/lib/time";
import { useQuotas } from "./api";
import { LIMITS, type LimitName, share, useOf } from "./limits";
import { OverCommitted } from "./OverCommitted";
import { QuotaDialog } from "./QuotaDialog";
import "./quotas.css";

export function QuotasPage() {
  const { t } = useTranslation();
  const quotas = useQuotas();
  const [text, setText] = useState("");
  const [edited, setEdited] = useState<Quota | null>(null);
  const [saved, setSaved] = useState<Quota | null>(null);
  const needle = text.trim().toLocaleLowerCase("de");
  const shown = useMemo(
    () =>
      (quotas.data ?? []).filter(({ authority }) =>
        `${authority.name} ${authority.short_name}`.toLocaleLowerCase("de").includes(needle),
      ),
    [quotas.data, needle],
  );
  // Indentation is relative to the highest authority shown, whoever looks.
  const top = Math.min(...shown.map(depthOf));

  return (
    <>
      <PageHead title={t("quotas.title")} intro={t("quotas.intro")} />
      {saved && (
        <Notice
          variant={saved.over_committed.length > 0 ? "warning" : "success"}
          title={t("quotas.saved", { name: saved.authority.name })}
          role="status"
        >
          {saved.over_committed.length > 0 && <OverCommitted intervals={saved.over_committed} />}
        </Notice>
      )}
      {quotas.isPending && <Loading />}
      {quotas.isError && <ProblemNotice problem={quotas.error} onRetry={() => void quotas.refetch()} />}
      {quotas.isSuccess && (
        <>
          {quotas.data.length > 8 && (
            <search className="vc-filter">
              <div className="vc-filter__text">
                <TextField
                  label={t("quotas.find")}
                  type="search"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              </div>
            </search>
          )}
          {shown.length === 0 ? (
            <p className="kern-body vc-empty">{t("quotas.none")}</p>
          ) : (
            <ScrollRegion label={t("quotas.title")}>
              <table className="kern-table vc-quotas">
                <caption className="kern-sr-only">{t("quotas.caption")}</caption>
                <thead className="kern-table__head">
                  <tr className="kern-table__row">
                    <th scope="col" className="kern-table__header">
                      {t("quotas.authority")}
                    </th>
                    {LIMITS.map((name) => (
                      <th key={name} scope="col" className="kern-table__header">
                        {t(`quotas.${name}`)}
                      </th>
                    ))}
                    <th scope="col" className="kern-table__header">
                      <span className="kern-sr-only">{t("quotas.action")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody className="kern-table__body">
                  {shown.map((quota) => (
                    <tr key={quota.authority.id} className="kern-table__row">
                      <th
                        scope="row"
                        className="kern-table__cell vc-quotas__authority"
                        style={{ "--depth": depthOf(quota) - top } as CSSProperties}
                      >
                        <span>{quota.authority.name}</span>
                        {quota.authority.short_name !== quota.authority.name && (
                          <span className="vc-muted">{quota.authority.short_name}</span>
                        )}
                      </th>
                      {LIMITS.map((name) => (
                        <td key={name} className="kern-table__cell">
                          <Usage quota={quota} name={name} />
                        </td>
                      ))}
                      <td className="kern-table__cell">
                        {quota.may_set && (
                          <button
                            type="button"
                            className="kern-btn kern-btn--tertiary vc-button-small"
                            aria-label={t("quotas.editOf", { name: quota.authority.name })}
                            onClick={() => setEdited(quota)}
                          >
                            <span className="kern-label">{t("quotas.edit")}</span>
                          </button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
          )}
        </>
      )}
      {edited && (
        <QuotaDialog
          quota={edited}
          onClose={() => setEdited(null)}
          onSaved={(quota) => {
            setEdited(null);
            setSaved(quota);
          }}
        />
      )}
    </>
  );
}

function depthOf({ authority }: Quota): number {
  return authority.path.length;
}

/** One kind of use: "120 of 500", a bar for the eye, and the peak to come. */
function Usage({ quota, name }: { quota: Quota; name: LimitName }) {
  const { t, i18n } = useTranslation();
  const use = useOf(quota, name);
  const full = share(use);
  const number = (value: number) => formatNumber(value, i18n.language);
  const peakAt = name === "concurrent_seats" ? quota.use.peak_at : null;
  return (
    <div className="vc-usage">
      <span className="vc-usage__text">
        <strong>{number(use.now)}</strong>{" "}
        {use.limit === null ? t("quotas.noLimit") : t("quotas.of", { limit: number(use.limit) })}
      </span>
      {full !== null && (
        <span
          className={`vc-bar${full >= 1 ? " vc-bar--full" : full >= 0.8 ? " vc-bar--high" : ""}`}
          aria-hidden="true"
        >
          <span style={{ width: `${full * 100}%` }} />
        </span>
      )}
      {use.peak !== null && use.peak > 0 && (
        <span className="vc-muted vc-usage__peak">
          {peakAt
            ? t("quotas.peakAt", {
                peak: number(use.peak),
                day: format(peakAt, "short", i18n.language),
                time: format(peakAt, "time", i18n.language),
              })
            : t("quotas.peak", { peak: number(use.peak) })}
        </span>
      )}
    </div>
  );
}
