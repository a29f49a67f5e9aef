// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { format } from "@/lib/time";

/** "Angelegt am 4. Mai 2026, zuletzt benutzt am 5. Mai 2026, 10:20": what tells whether something is still needed. */
export function useUseLine() {
  const { t, i18n } = useTranslation();
  return ({ created_at, last_used_at }: { created_at: string; last_used_at: string | null }) => {
    const made = t("calendars.made", { day: format(created_at, "weekdayDate", i18n.language) });
    const used = last_used_at
      ? t("calendars.used", { when: format(last_used_at, "moment", i18n.language) })
      : t("calendars.neverUsed");
    return `${made}, ${used}`;
  };
}
