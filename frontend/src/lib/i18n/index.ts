// SPDX-License-Identifier: EUPL-1.2
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { de } from "./de";
import { en } from "./en";

export type Language = "de" | "en";

const REMEMBERED = "vconf-language";

function firstLanguage(): Language {
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered === "de" || remembered === "en") return remembered;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "de";
}

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "de";
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
}

/** Whether the person chose a language in this browser; if not, the one of their account counts. */
export function languageIsRemembered(): boolean {
  return localStorage.getItem(REMEMBERED) !== null;
}

i18next.on("languageChanged", (language) => {
  document.documentElement.lang = language;
});

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "de",
  supportedLngs: ["de", "en"],
  resources: { de: { translation: de }, en: { translation: en } },
  interpolation: { escapeValue: false }, // React escapes
  returnNull: false,
});

export { i18next };
