// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useState } from "react";

/** The current time, renewed often enough for displays in minutes. */
export function useNow(everyMs = 15_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
