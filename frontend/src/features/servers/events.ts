// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import type { ServerEvent, ServerHealth, ServerState } from "@/lib/api/types";

const KINDS = ["placed", "lost", "moved", "orphan_ended", "hook_refused", "reservation", "drained"] as const;
const HEALTHS: readonly string[] = ["unknown", "ok", "suspect", "down", "recovering"] satisfies ServerHealth[];
const STATES: readonly string[] = ["enabled", "draining", "disabled"] satisfies ServerState[];

/** What happened, in a few words; of a kind the pages do not know, its name. */
export function eventText(t: TFunction, { kind, code }: ServerEvent): string {
  if (kind === "health" && HEALTHS.includes(code)) return t(`servers.health.${code as ServerHealth}`);
  if (kind === "state" && STATES.includes(code)) return t(`servers.state.${code as ServerState}`);
  if (kind === "check") return t(`servers.event.check.${code === "findings" ? "findings" : "clean"}`);
  const known = KINDS.find((one) => one === kind);
  return known ? t(`servers.event.${known}`) : [kind, code].filter(Boolean).join(": ");
}
