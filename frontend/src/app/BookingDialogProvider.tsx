// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, Suspense, lazy, useCallback, useState } from "react";
import { type BookingIntent, BookingIntentContext } from "@/lib/booking-intent";

const BookingDialog = lazy(async () => ({
  default: (await import("@/features/bookings/BookingDialog")).BookingDialog,
}));

/** Draws the one booking dialog for whoever asks for it. */
export function BookingDialogProvider({ children }: { children: ReactNode }) {
  const [intent, setIntent] = useState<BookingIntent | null>(null);
  const close = useCallback(() => setIntent(null), []);
  return (
    <BookingIntentContext value={setIntent}>
      {children}
      {intent && (
        <Suspense fallback={null}>
          <BookingDialog intent={intent} onClose={close} />
        </Suspense>
      )}
    </BookingIntentContext>
  );
}
