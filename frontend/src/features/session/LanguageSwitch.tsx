// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { Language } from "@/lib/i18n";
import { useMe } from "@/lib/session";
import { useLanguageSwitch } from "./api";

const LANGUAGES: { code: Language; short: string; name: string }[] = [
  { code: "de", short: "DE", name: "Deutsch" },
  { code: "en", short: "EN", name: "English" },
];

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const switchTo = useLanguageSwitch(useMe());
  return (
    <div className="vc-languages" role="group" aria-label={t("header.language")}>
      {LANGUAGES.map(({ code, short, name }) => (
        <button
          key={code}
          type="button"
          lang={code}
          className="vc-language"
          aria-pressed={i18n.language === code}
          onClick={() => void switchTo(code)}
        >
          <span aria-hidden="true">{short}</span>
          <span className="kern-sr-only">{name}</span>
        </button>
      ))}
    </div>
  );
}
