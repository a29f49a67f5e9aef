// SPDX-License-Identifier: EUPL-1.2
import { createContext, useContext } from "react";
import type { Booking, BookingOccurrence } from "./api/types";

/** One date of a series, or it and all that follow (`dates` of them, itself included). */
export type ChangeScope =
  { kind: "this"; date: BookingOccurrence } | { kind: "following"; date: BookingOccurrence; dates: number };

/** What somebody already chose when they ask to book: a room on the board, a gap on the timeline, or nothing. */
export interface BookingIntent {
  room?: { id: string; name: string; seats: number };
  startsAt?: Date;
  /** An existing booking that is to be changed. */
  change?: Booking;
  /** Which dates of it; all, if absent. */
  scope?: ChangeScope;
  /** A booking whose title, people, seats and description a new one takes over. */
  copy?: Booking;
}

export const BookingIntentContext = createContext<(intent: BookingIntent) => void>(() => undefined);

/** Opens the booking dialog; pages need not know who draws it. */
export function useBookingDialog(): (intent: BookingIntent) => void {
  return useContext(BookingIntentContext);
}
