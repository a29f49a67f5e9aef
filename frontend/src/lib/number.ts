// SPDX-License-Identifier: EUPL-1.2
/** A figure for people, with at most one decimal place. */
export function formatNumber(value: number, language: string): string {
  return new Intl.NumberFormat(language === "en" ? "en-GB" : "de-DE", { maximumFractionDigits: 1 }).format(value);
}
