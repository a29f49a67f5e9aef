// SPDX-License-Identifier: EUPL-1.2
import { createContext, useContext } from "react";
import type { Booking } from "./api/types";

/** What somebody already chose when they ask to book: a room on the board, a gap on the timeline, or nothing. */
export interface BookingIntent {
  room?: { id: string; name: string; seats: number };
  startsAt?: Date;
  /** An existing booking that is to be changed. */
  change?: Booking;
}

export const BookingIntentContext = createContext<(intent: BookingIntent) => void>(() => undefined);

/** Opens the booking dialog; pages need not know who draws it. */
export function useBookingDialog(): (intent: BookingIntent) => void {
  return useContext(BookingIntentContext);
}
