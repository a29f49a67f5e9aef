// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/Dialog";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { ServerDetails } from "@/lib/api/types";
import { useChangeServer } from "./api";
import { changeOf, draftOf, wrongFields } from "./draft";
import { errorsOf } from "./errors";
import { ServerForm } from "./ServerForm";

interface ChangeServerDialogProps {
  server: ServerDetails;
  onClose: () => void;
  onSaved: (server: ServerDetails) => void;
}

/** Changes capacity, address or secrets of a server. Never refused for what is booked: what is over, stays. */
export function ChangeServerDialog({ server, onClose, onSaved }: ChangeServerDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(server));
  const [attempted, setAttempted] = useState(false);
  const save = useChangeServer(server.id);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (wrongFields(draft, false).length > 0) return;
    const change = changeOf(draft, server);
    if (Object.keys(change).length === 0) onClose();
    else save.mutate(change, { onSuccess: onSaved });
  };

  return (
    <Dialog
      title={t("servers.changeOf", { name: server.name })}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("dialog.save")}
            variant="primary"
            type="submit"
            form="server-form"
            disabled={save.isPending}
          />
        </>
      }
    >
      <form id="server-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <ServerForm
          draft={draft}
          keysSet={server.keys_set}
          isNew={false}
          errors={errorsOf(t, { draft, isNew: false, attempted, failure: save.error })}
          onChange={(next) => {
            setDraft(next);
            save.reset();
          }}
        />
      </form>
      {save.isError && <ProblemNotice problem={save.error} />}
    </Dialog>
  );
}
