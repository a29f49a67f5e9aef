// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { SelectField } from "@/components/Field";
import { useDeputies } from "@/lib/deputies";
import { useMe } from "@/lib/session";

/** Asked only of people who are somebody's deputy. */
export function ForWhom({ organiser, onChange }: { organiser: string; onChange: (organiser: string) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const principals = (useDeputies().data ?? [])
    .filter(({ mine }) => mine === "deputy")
    .map(({ principal }) => principal);
  if (principals.length === 0) return null;
  return (
    <SelectField label={t("forWhom.label")} value={organiser} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t("forWhom.me", { name: me?.name ?? "" })}</option>
      {principals.map(({ id, name, email }) => (
        <option key={id} value={email}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
