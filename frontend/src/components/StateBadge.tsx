// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { RoomState } from "@/lib/api/types";
import { Icon, type IconName } from "./Icon";

const icons: Record<RoomState, IconName> = {
  free: "check",
  busy: "busy",
  reserved: "clock",
  opening: "opening",
  live: "video",
  overrun: "overrun",
  moved: "moved",
  failed: "failed",
  blocked: "blocked",
};

/** State of a room in word, sign and colour, so that none of them is needed alone. */
export function StateBadge({ state }: { state: RoomState }) {
  const { t } = useTranslation();
  return (
    <span className={`vc-state vc-state--${state}`}>
      <Icon name={icons[state]} size={18} />
      {t(`state.${state}`)}
    </span>
  );
}
