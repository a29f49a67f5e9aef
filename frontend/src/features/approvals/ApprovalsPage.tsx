// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Approval } from "@/lib/api/types";
import { useApprovals } from "./api";
import { DecisionDialog } from "./DecisionDialog";
import { DelegatesDialog } from "./DelegatesDialog";
import { RequestCard } from "./RequestCard";
import "./approvals.css";

/** What waits for a decision by the person, and what they decided. */
export function ApprovalsPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const state = search.get("state") === "decided" ? "decided" : "asked";
  const approvals = useApprovals(state);
  const [deciding, setDeciding] = useState<{ approval: Approval; decision: "approve" | "decline" } | null>(null);
  const [delegating, setDelegating] = useState(false);
  const rows = approvals.isPlaceholderData ? [] : (approvals.data ?? []);

  return (
    <>
      <PageHead title={t("approvals.title")} intro={t("approvals.intro")}>
        <button type="button" className="kern-btn kern-btn--secondary" onClick={() => setDelegating(true)}>
          <span className="kern-label">{t("delegates.open")}</span>
        </button>
      </PageHead>
      <nav className="vc-tabs" aria-label={t("approvals.which")}>
        {(["asked", "decided"] as const).map((one) => (
          <Link
            key={one}
            to={one === "asked" ? "/approvals" : "/approvals?state=decided"}
            aria-current={state === one ? "page" : undefined}
          >
            {t(`approvals.tab.${one}`)}
          </Link>
        ))}
      </nav>
      {(approvals.isPending || approvals.isPlaceholderData) && <Loading />}
      {approvals.isError && <ProblemNotice problem={approvals.error} onRetry={() => void approvals.refetch()} />}
      {approvals.isSuccess && !approvals.isPlaceholderData && rows.length === 0 && (
        <p className="kern-body vc-empty">{t(`approvals.none.${state}`)}</p>
      )}
      <ul className="vc-requests">
        {rows.map((approval) => (
          <RequestCard
            key={approval.id}
            approval={approval}
            onDecide={(decision) => setDeciding({ approval, decision })}
          />
        ))}
      </ul>
      {deciding && <DecisionDialog {...deciding} onClose={() => setDeciding(null)} />}
      {delegating && <DelegatesDialog onClose={() => setDelegating(false)} />}
    </>
  );
}
