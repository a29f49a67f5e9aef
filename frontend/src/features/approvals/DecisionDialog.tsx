// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { TextArea } from "@/components/Field";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Approval } from "@/lib/api/types";
import { useDecide } from "./api";

interface DecisionDialogProps {
  approval: Approval;
  decision: "approve" | "decline";
  onClose: () => void;
}

/** Asks before it is final; a refusal needs a reason, which the organiser gets to read. */
export function DecisionDialog({ approval, decision, onClose }: DecisionDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const decide = useDecide();
  const [reason, setReason] = useState("");
  const [attempted, setAttempted] = useState(false);
  const { title, dates_count: count, organiser } = approval.booking;
  const missing = decision === "decline" && !reason.trim();

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (missing) return;
    decide.mutate(
      { id: approval.id, decision, ...(reason.trim() ? { reason: reason.trim() } : {}) },
      {
        onSuccess: () => {
          announce(t(`decision.done.${decision}`, { title }));
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      title={t(`decision.title.${decision}`)}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t(`approvals.${decision}`)}
            variant="primary"
            type="submit"
            form="decision-form"
            disabled={decide.isPending}
          />
        </>
      }
    >
      <p className="kern-body">
        {decision === "approve"
          ? t("decision.approveText", { title, name: organiser.name, count })
          : t("decision.declineText", { title, name: organiser.name, count })}
      </p>
      <form id="decision-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <TextArea
          label={t("decision.reason")}
          hint={t("decision.reasonHint", { name: organiser.name })}
          optional={decision === "approve"}
          required={decision === "decline"}
          rows={3}
          maxLength={500}
          value={reason}
          error={attempted && missing ? t("decision.reasonMissing") : undefined}
          onChange={(event) => setReason(event.target.value)}
        />
      </form>
      {decide.isError && <ProblemNotice problem={decide.error} />}
    </Dialog>
  );
}
