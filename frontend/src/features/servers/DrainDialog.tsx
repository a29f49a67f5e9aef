// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/Dialog";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { DrainPlan, Server, ServerDetails } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { useChangeServer, useDrainPlan } from "./api";

const SHOWN = 8;

interface DrainDialogProps {
  server: Server;
  /** Drained to come back, or to be out of use for good. */
  to: "draining" | "disabled";
  onClose: () => void;
  onDone: (server: ServerDetails) => void;
}

/** Says what taking a server out of use means, before it is done: what moves, what stays, and until when. */
export function DrainDialog({ server, to, onClose, onDone }: DrainDialogProps) {
  const { t } = useTranslation();
  const plan = useDrainPlan(server.id);
  const change = useChangeServer(server.id);
  return (
    <Dialog
      title={t(`servers.drain.title.${to}`, { name: server.name })}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t(`servers.drain.confirm.${to}`)}
            variant="primary"
            disabled={!plan.isSuccess || change.isPending}
            onClick={() => change.mutate({ state: to }, { onSuccess: onDone })}
          />
        </>
      }
    >
      <p className="kern-body">{t(`servers.drain.text.${to}`)}</p>
      {plan.isPending && <Loading />}
      {plan.isError && <ProblemNotice problem={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.isSuccess && <Plan plan={plan.data} />}
      {change.isError && <ProblemNotice problem={change.error} />}
    </Dialog>
  );
}

function Plan({ plan }: { plan: DrainPlan }) {
  const { t, i18n } = useTranslation();
  const hidden = plan.stays_count - Math.min(SHOWN, plan.stays.length);
  return (
    <>
      <div role="status">
        <ul className="kern-body vc-list">
          <li>{t("servers.drain.moves", { count: plan.moves })}</li>
          <li>{t("servers.drain.live", { count: plan.live })}</li>
          <li>
            {plan.empty_at
              ? t("servers.drain.emptyAt", { when: format(plan.empty_at, "moment", i18n.language) })
              : t("servers.drain.emptyNow")}
          </li>
        </ul>
      </div>
      {plan.stays_count > 0 && (
        <Notice variant="warning" title={t("servers.drain.stays", { count: plan.stays_count })}>
          <ul className="kern-body vc-list">
            {plan.stays.slice(0, SHOWN).map((date) => (
              <li key={date.occurrence}>
                {t("servers.drain.stay", {
                  room: date.room.name,
                  day: format(date.starts_at, "weekdayDate", i18n.language),
                  range: formatRange(date.starts_at, date.ends_at, i18n.language),
                  seats: date.seats,
                  why: t(`servers.drain.why.${date.why}`),
                })}
              </li>
            ))}
            {hidden > 0 && <li>{t("servers.drain.more", { count: hidden })}</li>}
          </ul>
          <p className="kern-body">{t("servers.drain.staysText")}</p>
        </Notice>
      )}
    </>
  );
}
