// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { SelectField, TextArea, TextField } from "@/components/Field";
import type { Pool } from "@/lib/api/types";
import { CHECKSUMS, type Draft, type Field, SETTINGS, SIGNATURES, type Setting } from "./draft";

interface ServerFormProps {
  draft: Draft;
  /** Pools to choose from; none for a server that has its pool already. */
  pools?: Pool[];
  /** Keys that the server has already: an empty field keeps them. */
  keysSet?: string[];
  isNew: boolean;
  /** What is wrong, by field: ours before it is sent, or the server's own words. */
  errors: Record<string, string | undefined>;
  onChange: (draft: Draft) => void;
}

/** Everything that can be said of a conference server. */
export function ServerForm({ draft, pools, keysSet = [], isNew, errors, onChange }: ServerFormProps) {
  const { t } = useTranslation();
  const text = (name: Field) => ({
    value: draft[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => onChange({ ...draft, [name]: event.target.value }),
  });
  const settings = SETTINGS[draft.kind];
  // What is wrong must not hide in there.
  const wrongInside = Object.keys(errors).some((name) =>
    /^(options|keys)\.|_algorithm$|_signature$|_certificates$/.test(name),
  );
  const kept = (name: string) => (keysSet.includes(name) ? t("servers.form.keyKept") : undefined);
  return (
    <>
      {isNew && (
        <SelectField
          label={t("servers.form.kind")}
          value={draft.kind}
          error={errors.kind}
          onChange={(event) => onChange({ ...draft, kind: event.target.value as Draft["kind"] })}
        >
          <option value="bigbluebutton">{t("servers.kind.bigbluebutton")}</option>
          <option value="jitsi">{t("servers.kind.jitsi")}</option>
        </SelectField>
      )}
      <TextField label={t("servers.form.name")} maxLength={100} {...text("name")} />
      <TextField
        label={t("servers.form.url")}
        hint={t(`servers.form.urlHint.${draft.kind}`)}
        inputMode="url"
        maxLength={500}
        {...text("base_url")}
      />
      <TextField
        label={t(`servers.form.secret.${draft.kind}`)}
        hint={isNew ? t(`servers.form.secretHint.${draft.kind}`) : t("servers.form.secretKept")}
        type="password"
        autoComplete="off"
        maxLength={500}
        optional={!isNew}
        {...text("secret")}
      />
      {pools && (
        <SelectField label={t("servers.pool")} {...text("pool")}>
          {pools.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <div className="vc-server-form__numbers">
        <TextField label={t("servers.form.seats")} inputMode="numeric" {...text("seats")} />
        <TextField label={t("servers.form.meetings")} inputMode="numeric" optional {...text("meetings")} />
        <TextField label={t("servers.form.weight")} inputMode="numeric" {...text("weight")} />
      </div>
      <p className="kern-body vc-muted">{t("servers.form.numbersHint")}</p>
      <details className="vc-server-form__more" open={wrongInside || undefined}>
        <summary>{t("servers.form.more")}</summary>
        <div className="vc-form">
          {draft.kind === "bigbluebutton" && (
            <>
              <SelectField
                label={t("servers.form.checksum")}
                value={draft.checksum_algorithm}
                error={errors.checksum_algorithm}
                onChange={(event) =>
                  onChange({ ...draft, checksum_algorithm: event.target.value as Draft["checksum_algorithm"] })
                }
              >
                {CHECKSUMS.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </SelectField>
              <SelectField
                label={t("servers.form.signature")}
                value={draft.hook_signature}
                error={errors.hook_signature}
                onChange={(event) =>
                  onChange({ ...draft, hook_signature: event.target.value as Draft["hook_signature"] })
                }
              >
                {SIGNATURES.map((name) => (
                  <option key={name} value={name}>
                    {t(`servers.signature.${name}`)}
                  </option>
                ))}
              </SelectField>
            </>
          )}
          {settings.options.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              label={t(`servers.option.${setting.name}` as "servers.option.app_id")}
              value={draft.options[setting.name] ?? ""}
              error={errors[`options.${setting.name}`]}
              onChange={(value) => onChange({ ...draft, options: { ...draft.options, [setting.name]: value } })}
            />
          ))}
          {settings.keys.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              secret
              hint={kept(setting.name)}
              label={t(`servers.key.${setting.name}` as "servers.key.private_key")}
              value={draft.keys[setting.name] ?? ""}
              error={errors[`keys.${setting.name}`]}
              onChange={(value) => onChange({ ...draft, keys: { ...draft.keys, [setting.name]: value } })}
            />
          ))}
          <TextArea
            label={t("servers.form.ca")}
            hint={t("servers.form.caHint")}
            optional
            rows={4}
            spellCheck={false}
            {...text("ca_certificates")}
          />
        </div>
      </details>
    </>
  );
}

interface SettingFieldProps {
  setting: Setting;
  label: string;
  hint?: string | undefined;
  value: string;
  error: string | undefined;
  secret?: boolean;
  onChange: (value: string) => void;
}

function SettingField({ setting, label, hint, value, error, secret = false, onChange }: SettingFieldProps) {
  const { t } = useTranslation();
  const { form } = setting;
  const shared = {
    label,
    hint,
    value,
    error,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (form === "switch")
    return (
      <label className="vc-check">
        <input
          type="checkbox"
          checked={value === "true"}
          onChange={(event) => onChange(event.target.checked ? "true" : "")}
        />
        {label}
      </label>
    );
  if (form === "text") return <TextArea {...shared} optional rows={4} spellCheck={false} />;
  if (form === "number") return <TextField {...shared} optional inputMode="numeric" />;
  if (form === "line") return <TextField {...shared} optional type={secret ? "password" : "text"} autoComplete="off" />;
  return (
    <SelectField {...shared}>
      <option value="">{t("servers.form.usual")}</option>
      {form.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </SelectField>
  );
}
