// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { Booking } from "@/lib/api/types";

/** The title, or that it is not the person's to see (authority admins see times and seats only). */
export function useTitle(booking: Booking): string {
  const { t } = useTranslation();
  return booking.title ?? t("booking.hiddenTitle");
}
