// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { PersonField } from "@/components/PersonField";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Booking } from "@/lib/api/types";
import { useTransfer } from "./api";
import { useTitle } from "./title";

/** Gives a booking to somebody else, who organises it from then on. */
export function TransferDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const title = useTitle(booking);
  const transfer = useTransfer(booking.id);
  const [email, setEmail] = useState("");
  const [attempted, setAttempted] = useState(false);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (!email.trim()) return;
    transfer.mutate(email.trim(), {
      onSuccess: (changed) => {
        announce(t("transfer.done", { name: changed.organiser?.name ?? email }));
        onClose();
      },
    });
  };

  return (
    <Dialog
      title={t("transfer.title")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("transfer.act")}
            variant="primary"
            type="submit"
            form="transfer-form"
            disabled={transfer.isPending}
          />
        </>
      }
    >
      <p className="kern-body">{t("transfer.what", { title })}</p>
      <form id="transfer-form" className="vc-form" onSubmit={onSubmit} noValidate>
        <PersonField
          label={t("transfer.person")}
          hint={t("person.hint")}
          value={email}
          error={attempted && !email.trim() ? t("person.missing") : undefined}
          onChange={setEmail}
        />
      </form>
      <ul className="kern-body vc-list">
        <li>{t("transfer.charged")}</li>
        <li>{t("transfer.stays")}</li>
      </ul>
      {transfer.isError && <ProblemNotice problem={transfer.error} />}
    </Dialog>
  );
}
