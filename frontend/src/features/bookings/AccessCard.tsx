// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { CopyField } from "@/components/CopyField";
import type { Booking } from "@/lib/api/types";

/** Digits in groups of three, as one reads them out on the phone. */
function grouped(pin: string): string {
  return pin.replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** What people need to get in. */
export function AccessCard({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  if (booking.status === "refused") return null;
  return (
    <div className="vc-access">
      {booking.join_url && <CopyField icon="link" label={t("booking.link")} value={booking.join_url} />}
      {booking.pin && (
        <CopyField icon="key" label={t("booking.pin")} value={booking.pin} display={grouped(booking.pin)} />
      )}
      {booking.moderator_pin && (
        <CopyField
          icon="key"
          label={t("booking.moderatorPin")}
          value={booking.moderator_pin}
          display={grouped(booking.moderator_pin)}
        />
      )}
    </div>
  );
}
