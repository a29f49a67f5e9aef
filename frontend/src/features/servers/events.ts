// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import type { ServerEvent, ServerHealth, ServerState } from "@/lib/api/types";

const KINDS = [
  "placed",
  "lost",
  "moved",
  "orphan_ended",
  "end",
  "hook_signature",
  "hook_refused",
  "reservation",
  "drained",
  "drift",
] as const;
const WELL = ["ready", "opened", "draining", "disabled"];
const HEALTHS: readonly string[] = ["unknown", "ok", "suspect", "down", "recovering"] satisfies ServerHealth[];
const STATES: readonly string[] = ["enabled", "draining", "disabled"] satisfies ServerState[];

/** What happened, in a few words; of a kind the pages do not know, its name. */
export function eventText(t: TFunction, { kind, code, text }: ServerEvent): string {
  if (kind === "health" && HEALTHS.includes(code)) return t(`servers.health.${code as ServerHealth}`);
  if (kind === "state" && STATES.includes(code)) return t(`servers.state.${code as ServerState}`);
  if (kind === "check") return t(`servers.event.check.${code === "findings" ? "findings" : "clean"}`);
  const known = KINDS.find((one) => one === kind);
  // Codes of errors are stable and stand in the log, where there are no words for them; those of what went well say
  // nothing more.
  const why = HEALTHS.includes(code)
    ? t(`servers.health.${code as ServerHealth}`)
    : WELL.includes(code) || text
      ? ""
      : code;
  return [known ? t(`servers.event.${known}`) : kind, why].filter(Boolean).join(": ");
}
