// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Preview } from "@/lib/api/types";

/** What the choice of rooms says for itself. */
const SAID_BY_ROOMS = new Set(["slot_taken", "no_room", "room_too_small", "room_blocked", "no_capacity"]);

/** What rules say about the booking before it is sent: that it needs an approval, or why it would be refused. */
export function PreviewNote({ preview, series }: { preview: Preview | undefined; series: boolean }) {
  const { t } = useTranslation();
  const refused = preview?.dates.find((date) => !date.fits) ?? preview?.refusal;
  const why = series || SAID_BY_ROOMS.has(refused?.code ?? "") ? undefined : refused;
  if (!preview || (!why && !preview.approval)) return null;
  return (
    <p className={`vc-capacity vc-capacity--${why ? "short" : "note"}`} role="status">
      <Icon name={why ? "failed" : "clock"} />
      <span>{why ? why.detail : t("preview.approval")}</span>
    </p>
  );
}
