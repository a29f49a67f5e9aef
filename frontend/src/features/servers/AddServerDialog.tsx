// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import { isProblem } from "@/lib/api/problem";
import type { Pool, Server, ServerDetails } from "@/lib/api/types";
import { useAddServer, useCheckNew } from "./api";
import { type Draft, emptyDraft, newServerOf, poolFor, wrongFields } from "./draft";
import { errorsOf } from "./errors";
import { CheckResult } from "./Findings";
import { ServerForm } from "./ServerForm";

interface AddServerDialogProps {
  pools: Pool[];
  /** Those that are there already. */
  servers: Server[];
  onClose: () => void;
  onAdded: (server: ServerDetails) => void;
}

/** Adds a server. It is asked first; one that does not answer is added only by somebody who says so. */
export function AddServerDialog({ pools, servers, onClose, onAdded }: AddServerDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => emptyDraft(poolFor("bigbluebutton", pools, servers)));
  const [attempted, setAttempted] = useState(false);
  const check = useCheckNew();
  const add = useAddServer();
  const busy = check.isPending || add.isPending;
  const silent = isProblem(add.error, "server_check_failed") ? add.error : null;
  const failure = add.error ?? check.error;

  const told = Boolean(check.data ?? failure);
  const answer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Below the form, where nobody would look for it.
    if (told) answer.current?.scrollIntoView({ block: "start" });
  }, [told]);

  const change = (next: Draft) => {
    // Another kind suggests another pool, unless one was chosen.
    const suggested = next.kind !== draft.kind && next.pool === poolFor(draft.kind, pools, servers);
    setDraft(suggested ? { ...next, pool: poolFor(next.kind, pools, servers) } : next);
    // What was found out was about something else.
    check.reset();
    add.reset();
  };
  const ready = () => {
    setAttempted(true);
    return wrongFields(draft, true).length === 0;
  };
  const onAdd = (unchecked: boolean) => {
    if (ready()) add.mutate({ body: newServerOf(draft), unchecked }, { onSuccess: onAdded });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(false);
  };

  return (
    <Dialog
      title={t("servers.add")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={check.isPending ? t("servers.checking") : t("servers.checkIt")}
            variant="secondary"
            disabled={busy}
            onClick={() => ready() && check.mutate(newServerOf(draft))}
          />
          <KernButton text={t("servers.addIt")} variant="primary" type="submit" form="server-form" disabled={busy} />
        </>
      }
    >
      <form id="server-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <ServerForm
          draft={draft}
          pools={pools}
          isNew
          errors={errorsOf(t, { draft, isNew: true, attempted, failure })}
          onChange={change}
        />
      </form>
      <div ref={answer}>
        {check.data && !silent && <CheckResult report={check.data} />}
        {silent && (
          <Notice variant="warning" title={t("servers.silent")} role="alert">
            <p className="kern-body">{silent.detail}</p>
            <div>
              <KernButton
                text={t("servers.addAnyway")}
                variant="secondary"
                disabled={busy}
                onClick={() => onAdd(true)}
              />
            </div>
          </Notice>
        )}
        {failure && !silent && <ProblemNotice problem={failure} />}
      </div>
    </Dialog>
  );
}
