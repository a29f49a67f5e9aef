// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { SelectField, TextField } from "@/components/Field";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Pool } from "@/lib/api/types";
import { useSavePool } from "./api";

/** A new pool (null), or the settings of one. */
export function PoolDialog({ pool, pools, onClose }: { pool: Pool | null; pools: Pool[]; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const save = useSavePool(pool?.id ?? null);
  const [name, setName] = useState(pool?.name ?? "");
  const [spare, setSpare] = useState(pool?.n_plus_one ?? false);
  const [fallback, setFallback] = useState(pool?.fallback?.id ?? "");
  const [attempted, setAttempted] = useState(false);
  const missing = name.trim() === "";

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (missing) return;
    save.mutate(
      { name: name.trim(), n_plus_one: spare, fallback: fallback || null },
      {
        onSuccess: () => {
          announce(t("servers.poolSaved", { name: name.trim() }));
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      title={pool ? t("servers.poolSettings", { name: pool.name }) : t("servers.addPool")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("dialog.save")}
            variant="primary"
            type="submit"
            form="pool-form"
            disabled={save.isPending}
          />
        </>
      }
    >
      <form id="pool-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <TextField
          label={t("servers.form.name")}
          maxLength={100}
          value={name}
          error={attempted && missing ? t("servers.form.wrong.name") : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <div>
          <label className="vc-check">
            <input type="checkbox" checked={spare} onChange={(event) => setSpare(event.target.checked)} />
            {t("servers.nPlusOne")}
          </label>
          <p className="kern-body vc-muted">{t("servers.nPlusOneHint")}</p>
        </div>
        <SelectField
          label={t("servers.fallback")}
          hint={t("servers.fallbackHint")}
          value={fallback}
          onChange={(event) => setFallback(event.target.value)}
        >
          <option value="">{t("servers.noFallback")}</option>
          {pools
            .filter(({ id }) => id !== pool?.id)
            .map((other) => (
              <option key={other.id} value={other.id}>
                {other.name}
              </option>
            ))}
        </SelectField>
      </form>
      {save.isError && <ProblemNotice problem={save.error} />}
    </Dialog>
  );
}
