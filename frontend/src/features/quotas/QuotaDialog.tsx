// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Quota, QuotaLimits } from "@/lib/api/types";
import { useDebounced } from "@/lib/debounced";
import { useQuotaPreview, useSetQuota } from "./api";
import { LIMITS, readLimits, textsOf } from "./limits";
import { OverCommitted } from "./OverCommitted";

interface QuotaDialogProps {
  quota: Quota;
  onClose: () => void;
  onSaved: (quota: Quota) => void;
}

/** Sets the limits of one authority. Lowering is never refused, so it shows beforehand what it would mean. */
export function QuotaDialog({ quota, onClose, onSaved }: QuotaDialogProps) {
  const { t } = useTranslation();
  const { authority } = quota;
  const [texts, setTexts] = useState(() => textsOf(quota.limits));
  const [attempted, setAttempted] = useState(false);
  const save = useSetQuota(authority.id);
  const limits = readLimits(texts);
  const asked = useDebounced(limits ? JSON.stringify(limits) : "", 400);
  const changed = asked !== "" && asked !== JSON.stringify(readLimits(textsOf(quota.limits)));
  const preview = useQuotaPreview(authority.id, changed ? (JSON.parse(asked) as QuotaLimits) : null);
  const over = changed ? (preview.data?.over_committed ?? []) : [];

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (limits) save.mutate(limits, { onSuccess: onSaved });
  };
  const wrong = (name: (typeof LIMITS)[number]) =>
    attempted && readLimits({ ...textsOf(quota.limits), [name]: texts[name] }) === null;

  return (
    <Dialog
      title={t("quotas.dialog")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("dialog.save")}
            variant="primary"
            type="submit"
            form="quota-form"
            disabled={save.isPending}
          />
        </>
      }
    >
      <p className="kern-body kern-body--bold">{authority.name}</p>
      <form id="quota-form" className="vc-form" onSubmit={onSubmit} noValidate>
        {LIMITS.map((name) => (
          <TextField
            key={name}
            label={t(`quotas.${name}`)}
            hint={t("quotas.emptyHint")}
            inputMode="numeric"
            value={texts[name]}
            error={wrong(name) ? t("quotas.wrong") : undefined}
            onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
          />
        ))}
      </form>
      {over.length > 0 && (
        <Notice variant="warning" title={t("quotas.dryRun")} role="status">
          <OverCommitted intervals={over} />
          <p className="kern-body">{t("quotas.dryRunText")}</p>
        </Notice>
      )}
      {save.isError && <ProblemNotice problem={save.error} />}
    </Dialog>
  );
}
