// SPDX-License-Identifier: EUPL-1.2
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages, api, unwrap } from "./api/client";
import type { Room } from "./api/types";
import { seedStatuses } from "./realtime";
import { useConnection, writeStatuses } from "./room-statuses";

/** All rooms the person may see. Their live states are put where the socket keeps them. */
function roomsQuery(client: QueryClient) {
  return queryOptions({
    queryKey: ["rooms"],
    queryFn: async ({ signal }): Promise<Room[]> => {
      const rooms = await allPages((query) => unwrap(api.GET("/api/v1/rooms", { params: { query }, signal })));
      writeStatuses(client, (before) =>
        seedStatuses(
          before,
          rooms.flatMap((room) => room.status ?? []),
        ),
      );
      return rooms;
    },
    staleTime: 5 * 60_000,
  });
}

/** While the socket is lost, the states come with the list every half minute instead. */
export function useRooms() {
  const client = useQueryClient();
  const lost = useConnection() === "lost";
  return useQuery({ ...roomsQuery(client), refetchInterval: lost ? 30_000 : false });
}

const names = new Intl.Collator("de", { numeric: true, sensitivity: "base" });

export function byName(a: { name: string }, b: { name: string }): number {
  return names.compare(a.name, b.name);
}

export interface RoomFilter {
  text: string;
  seats: number;
}

/** Whether a room has enough seats and its name, address or authority contains every word. */
export function roomMatches(room: Room, { text, seats }: RoomFilter): boolean {
  if (room.seats < seats) return false;
  const haystack = `${room.name} ${room.address} ${room.authority.name} ${room.authority.short_name}`.toLocaleLowerCase(
    "de",
  );
  return text
    .toLocaleLowerCase("de")
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
