// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "@/components/Icon";
import type { ServerHealth, ServerState } from "@/lib/api/types";

/** Word, sign and the colours that states of rooms have, so that none of them is needed alone. */
const health: Record<ServerHealth, [IconName, string]> = {
  ok: ["check", "free"],
  suspect: ["overrun", "overrun"],
  down: ["failed", "failed"],
  recovering: ["repeat", "reserved"],
  unknown: ["busy", "busy"],
};

const state: Record<ServerState, [IconName, string]> = {
  enabled: ["check", "busy"],
  draining: ["moved", "moved"],
  disabled: ["blocked", "blocked"],
};

export function HealthBadge({ value }: { value: ServerHealth }) {
  const { t } = useTranslation();
  const [icon, look] = health[value];
  return (
    <span className={`vc-state vc-state--${look}`}>
      <Icon name={icon} size={18} />
      {t(`servers.health.${value}`)}
    </span>
  );
}

export function ServerStateBadge({ value }: { value: ServerState }) {
  const { t } = useTranslation();
  const [icon, look] = state[value];
  return (
    <span className={`vc-state vc-state--${look}`}>
      <Icon name={icon} size={18} />
      {t(`servers.state.${value}`)}
    </span>
  );
}
