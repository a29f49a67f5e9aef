// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Server } from "@/lib/api/types";
import { useRemoveServer } from "./api";

/** Forgets a server that was entered by mistake. One that was used stays, as bookings of the past refer to it. */
export function RemoveDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const remove = useRemoveServer(server.id);
  const onRemoved = () => {
    announce(t("servers.removed", { name: server.name }));
    void navigate("/servers");
  };
  return (
    <Dialog
      title={t("servers.removeTitle", { name: server.name })}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("servers.remove")}
            variant="primary"
            disabled={remove.isPending}
            onClick={() => remove.mutate(undefined, { onSuccess: onRemoved })}
          />
        </>
      }
    >
      <p className="kern-body">{t("servers.removeText")}</p>
      {remove.isError && <ProblemNotice problem={remove.error} />}
    </Dialog>
  );
}
