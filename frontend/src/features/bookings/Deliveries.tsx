// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { AddressMails } from "@/lib/api/types";
import { format } from "@/lib/time";

/** Beside an attendee: what became of the newest mail to them. Nothing while all is as it should be. */
export function DeliveryNote({ of }: { of: AddressMails }) {
  const { t } = useTranslation();
  if (of.delivery === "sent") return null;
  const failed = of.delivery === "failed" || of.delivery === "bounced";
  const reason = failed ? reasonOf(of.detail) : undefined;
  return (
    <span className={failed ? "vc-failed" : "vc-muted"}>
      {t(`mailing.state.${of.delivery}`)}
      {reason && `: ${t(`mailing.reason.${reason}`)}`}
    </span>
  );
}

/** What a mail server's status (RFC 3463) says to somebody who can do something about it. */
function reasonOf(detail: string): "no_address" | "full" | "not_taken" | undefined {
  if (/^5\.1\.\d/.test(detail)) return "no_address";
  if (/^[45]\.2\.2\b/.test(detail)) return "full";
  if (/^5\.7\.\d/.test(detail)) return "not_taken";
  return undefined;
}

/** All mails about a booking, for whoever wants to know. */
export function DeliveriesFold({ rows }: { rows: AddressMails[] }) {
  const { t, i18n } = useTranslation();
  const count = rows.reduce((sum, { mails }) => sum + mails.length, 0);
  if (count === 0) return null;
  return (
    <details className="vc-fold">
      <summary>{t("mailing.all", { count })}</summary>
      <ul className="vc-mailing">
        {rows
          .filter(({ mails }) => mails.length > 0)
          .map(({ email, mails }) => (
            <li key={email}>
              <strong>{email}</strong>
              <ul>
                {mails.map(({ method, state, at, detail }) => (
                  <li key={`${method} ${at}`}>
                    {t("mailing.one", {
                      what: t(`mailing.method.${method}`),
                      state: t(`mailing.state.${state}`),
                      when: format(at, "moment", i18n.language),
                    })}
                    {detail && <span className="vc-block vc-muted">{detail}</span>}
                  </li>
                ))}
              </ul>
            </li>
          ))}
      </ul>
    </details>
  );
}
