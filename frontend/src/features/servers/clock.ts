// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { formatNumber } from "@/lib/number";

/** Servers tell their time in whole seconds, so less than this says nothing. */
const EXACT_MS = 2_000;

/** How a server's clock goes beside ours. */
export function clockText(t: TFunction, skewMs: number, language: string): string {
  if (Math.abs(skewMs) < EXACT_MS) return t("servers.clock.right");
  const seconds = formatNumber(Math.round(Math.abs(skewMs) / 1000), language);
  return t(skewMs > 0 ? "servers.clock.fast" : "servers.clock.slow", { seconds });
}
