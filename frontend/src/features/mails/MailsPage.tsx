// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Dialog } from "@/components/Dialog";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { MailSetAside } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { format } from "@/lib/time";
import { useDiscardMail, useMailsSetAside, useTryMailAgain } from "./api";
import "./mails.css";

const KNOWN = [
  "unbelieved",
  "not_organiser",
  "winmail",
  "encrypted",
  "too_large",
  "malformed",
  "method_mismatch",
  "too_slow",
  "too_many_early",
  "failed",
] as const;

/** Mails to rooms that were not done: who sent them, why, and what can be done about it. Nothing of what they say. */
export function MailsPage() {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const mails = useMailsSetAside();
  const again = useTryMailAgain();
  const list = useRef<HTMLDivElement>(null);
  const [discarding, setDiscarding] = useState<MailSetAside | null>(null);
  const rows = mails.data?.results ?? [];
  const untold = (mails.data?.count ?? 0) - rows.length;
  return (
    <>
      <PageHead title={t("mails.title")} intro={t("mails.intro")} />
      {again.isError && <ProblemNotice problem={again.error} />}
      {mails.isPending && <Loading />}
      {mails.isError && !mails.data && <ProblemNotice problem={mails.error} onRetry={() => void mails.refetch()} />}
      {/* Takes the focus when the button that had it goes with its row. */}
      <div ref={list} tabIndex={-1} className="vc-mails-box">
        {mails.isSuccess && rows.length === 0 && (
          <div className="vc-empty">
            <p className="kern-body kern-body--bold">{t("mails.none")}</p>
            <p className="kern-body">{t("mails.noneText")}</p>
          </div>
        )}
        {rows.length > 0 && (
          <ul className="vc-mails" aria-label={t("mails.title")}>
            {rows.map((mail) => (
              <Row
                key={mail.id}
                mail={mail}
                busy={again.isPending}
                onRetry={() =>
                  again.mutate(mail.id, {
                    onSuccess: () => {
                      announce(t("mails.retried"));
                      list.current?.focus();
                    },
                  })
                }
                onDiscard={() => setDiscarding(mail)}
              />
            ))}
          </ul>
        )}
      </div>
      {untold > 0 && <p className="kern-body vc-muted">{t("mails.more", { count: untold })}</p>}
      {discarding && (
        <DiscardDialog
          mail={discarding}
          onClose={() => setDiscarding(null)}
          onDiscarded={() => {
            setDiscarding(null);
            list.current?.focus();
          }}
        />
      )}
    </>
  );
}

function Row({
  mail,
  busy,
  onRetry,
  onDiscard,
}: {
  mail: MailSetAside;
  busy: boolean;
  onRetry: () => void;
  onDiscard: () => void;
}) {
  const { t, i18n } = useTranslation();
  const known = KNOWN.find((code) => code === mail.code);
  const sender = mail.sender || t("mails.nobody");
  const kilobytes = formatNumber(Math.max(1, Math.round(mail.size / 1000)), i18n.language);
  return (
    <li className="vc-mail">
      <div className="vc-mail__words">
        <h2 className="vc-mail__reason">{mail.reason}</h2>
        <p className="kern-body">{t("mails.from", { sender, recipients: mail.recipients.join(", ") })}</p>
        <p className="kern-body vc-muted">
          {t("mails.facts", { when: format(mail.received_at, "moment", i18n.language), kilobytes })}
        </p>
        {known && <p className="kern-body">{t(`mails.todo.${known}`)}</p>}
      </div>
      <div className="vc-mail__actions">
        <button
          type="button"
          className="kern-btn kern-btn--secondary vc-button-small"
          aria-label={t("mails.retryOf", { sender })}
          disabled={busy}
          onClick={onRetry}
        >
          <span className="kern-label">{t("mails.retry")}</span>
        </button>
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          aria-label={t("mails.discardOf", { sender })}
          onClick={onDiscard}
        >
          <span className="kern-label">{t("mails.discard")}</span>
        </button>
      </div>
    </li>
  );
}

interface DiscardDialogProps {
  mail: MailSetAside;
  onClose: () => void;
  onDiscarded: () => void;
}

function DiscardDialog({ mail, onClose, onDiscarded }: DiscardDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const discard = useDiscardMail();
  return (
    <Dialog
      title={t("mails.discardTitle")}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton
            text={t("mails.discardIt")}
            variant="primary"
            disabled={discard.isPending}
            onClick={() =>
              discard.mutate(mail.id, {
                onSuccess: () => {
                  announce(t("mails.discarded"));
                  onDiscarded();
                },
              })
            }
          />
        </>
      }
    >
      <p className="kern-body">{t("mails.discardText", { sender: mail.sender || t("mails.nobody") })}</p>
      {discard.isError && <ProblemNotice problem={discard.error} />}
    </Dialog>
  );
}
