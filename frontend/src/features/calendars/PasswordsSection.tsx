// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { CopyField } from "@/components/CopyField";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { CalendarPassword, FreshCalendarPassword } from "@/lib/api/types";
import { useCalendarPasswords, useMakePassword, useRevokePassword } from "./api";
import { RevokeDialog } from "./RevokeDialog";
import { useUseLine } from "./use-line";

/** What the calendar programs of the person sign in with: one password for each device. */
export function PasswordsSection() {
  const { t } = useTranslation();
  const passwords = useCalendarPasswords();
  const make = useMakePassword();
  const [label, setLabel] = useState("");
  const [revoking, setRevoking] = useState<CalendarPassword | null>(null);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(label.trim(), { onSuccess: () => setLabel("") });
  };

  return (
    <section aria-labelledby="calendar-passwords">
      <h2 className="kern-heading-small" id="calendar-passwords">
        {t("calendars.passwords.title")}
      </h2>
      <p className="kern-body">{t("calendars.passwords.text")}</p>
      {passwords.isPending && <Loading />}
      {passwords.isError && <ProblemNotice problem={passwords.error} onRetry={() => void passwords.refetch()} />}
      {passwords.isSuccess && <Passwords rows={passwords.data} onRevoke={setRevoking} />}
      <form className="vc-form vc-calendars__form" onSubmit={onSubmit} aria-label={t("calendars.passwords.make")}>
        <TextField
          label={t("calendars.passwords.label")}
          hint={t("calendars.passwords.labelHint")}
          optional
          maxLength={100}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        {make.isError && <ProblemNotice problem={make.error} />}
        <div>
          <KernButton text={t("calendars.passwords.make")} variant="primary" type="submit" disabled={make.isPending} />
        </div>
      </form>
      {make.data && <FreshPasswordDialog fresh={make.data} onClose={make.reset} />}
      {revoking && <RevokePassword password={revoking} onClose={() => setRevoking(null)} />}
    </section>
  );
}

function Passwords({ rows, onRevoke }: { rows: CalendarPassword[]; onRevoke: (row: CalendarPassword) => void }) {
  const { t } = useTranslation();
  const lineOf = useUseLine();
  if (rows.length === 0) return <p className="kern-body kern-body--muted">{t("calendars.passwords.none")}</p>;
  return (
    <ul className="vc-calendars__list">
      {rows.map((row) => {
        const name = row.label || t("calendars.passwords.unnamed");
        return (
          <li key={row.id} className="vc-calendars__row vc-calendars__head">
            <span className="vc-people__who">
              <span>{name}</span>
              <span className="vc-muted">{lineOf(row)}</span>
            </span>
            <button
              type="button"
              className="kern-btn kern-btn--tertiary vc-button-small"
              aria-label={t("calendars.revokeOf", { name })}
              onClick={() => onRevoke(row)}
            >
              <span className="kern-label">{t("calendars.revoke")}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function FreshPasswordDialog({ fresh, onClose }: { fresh: FreshCalendarPassword; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("calendars.fresh.title")}
      onClose={onClose}
      footer={<KernButton text={t("calendars.fresh.done")} variant="primary" onClick={onClose} />}
    >
      <Notice variant="warning" title={t("calendars.fresh.once")}>
        <p className="kern-body">{t("calendars.fresh.onceText")}</p>
      </Notice>
      <div className="vc-calendars__copies">
        <CopyField icon="link" label={t("calendars.fresh.server")} value={fresh.server_url} />
        <CopyField icon="seat" label={t("calendars.fresh.user")} value={fresh.user_name} />
        <CopyField icon="key" label={t("calendars.fresh.password")} value={fresh.password} />
      </div>
    </Dialog>
  );
}

function RevokePassword({ password, onClose }: { password: CalendarPassword; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const revoke = useRevokePassword();
  const name = password.label || t("calendars.passwords.unnamed");
  const onRevoked = () => {
    announce(t("calendars.revoked", { name }));
    onClose();
  };
  return (
    <RevokeDialog
      title={t("calendars.passwords.revokeTitle", { name })}
      text={t("calendars.passwords.revokeText")}
      problem={revoke.error}
      busy={revoke.isPending}
      onRevoke={() => revoke.mutate(password.id, { onSuccess: onRevoked })}
      onClose={onClose}
    />
  );
}
