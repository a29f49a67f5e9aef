// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { CopyField } from "@/components/CopyField";
import type { ServerDetails } from "@/lib/api/types";

/** What the administrator of the server itself needs: where it has to call us, and how it is set up here. */
export function SetupSection({ server }: { server: ServerDetails }) {
  const { t } = useTranslation();
  const { events, ended, reservations } = server.callback_urls;
  const options = Object.entries(server.options);
  return (
    <section className="vc-server-section" aria-labelledby="server-setup">
      <h2 className="kern-heading-small" id="server-setup">
        {t("servers.setup")}
      </h2>
      <p className="kern-body">{t(`servers.setupText.${server.kind}`)}</p>
      {/* Jitsi's two are one address: Prosody appends the rest to both. */}
      {reservations && <CopyField icon="link" label={t("servers.callback.reservations")} value={reservations} />}
      {events && events !== reservations && (
        <CopyField icon="link" label={t("servers.callback.events")} value={events} />
      )}
      {ended && <CopyField icon="link" label={t("servers.callback.ended")} value={ended} />}
      <p className="kern-body vc-muted">{t("servers.callbackSecret")}</p>
      {(options.length > 0 || server.keys_set.length > 0 || server.ca_certificates) && (
        <dl className="vc-options">
          {options.map(([name, value]) => (
            <div key={name}>
              <dt>{t(`servers.option.${name}` as "servers.option.app_id")}</dt>
              <dd>{value === true ? t("servers.optionOn") : String(value)}</dd>
            </div>
          ))}
          {server.keys_set.map((name) => (
            <div key={name}>
              <dt>{t(`servers.key.${name}` as "servers.key.private_key")}</dt>
              <dd>{t("servers.keySet")}</dd>
            </div>
          ))}
          {server.ca_certificates && (
            <div>
              <dt>{t("servers.form.ca")}</dt>
              <dd>{t("servers.caSet", { count: server.ca_certificates.split("BEGIN CERTIFICATE").length - 1 })}</dd>
            </div>
          )}
        </dl>
      )}
    </section>
  );
}
