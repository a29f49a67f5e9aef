// SPDX-License-Identifier: EUPL-1.2
import type { Server } from "@/lib/api/types";

/** What of a server's seats is reserved now, has people on it, and is neither. Overfull, `free` is negative. */
export function seatsOf({ reserved_now: reserved, live_people: live, seats: all }: Server) {
  return { reserved, live, free: all - Math.max(reserved, live), all };
}
