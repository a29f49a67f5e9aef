// SPDX-License-Identifier: EUPL-1.2
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { RoomStatus } from "./api/types";
import { type Connection, NO_STATUSES, type RoomStatuses } from "./realtime";

/** The one place where live states are kept. Never fetched: the socket and the room list write it. */
export const STATUSES_KEY = ["room-statuses"] as const;

export function readStatuses(client: QueryClient): RoomStatuses {
  return client.getQueryData<RoomStatuses>(STATUSES_KEY) ?? NO_STATUSES;
}

export function writeStatuses(client: QueryClient, change: (before: RoomStatuses) => RoomStatuses): void {
  client.setQueryData<RoomStatuses>(STATUSES_KEY, (before) => change(before ?? NO_STATUSES));
}

const neverFetched = {
  queryKey: STATUSES_KEY,
  queryFn: () => Promise.resolve(NO_STATUSES),
  enabled: false,
  initialData: NO_STATUSES,
  staleTime: Infinity,
  gcTime: Infinity,
} as const;

export function useRoomStatuses(): RoomStatuses["rooms"] {
  return useQuery({ ...neverFetched, select: (statuses: RoomStatuses) => statuses.rooms }).data;
}

export function useRoomStatus(roomId: string | undefined): RoomStatus | undefined {
  return useQuery({
    ...neverFetched,
    select: (statuses: RoomStatuses) => (roomId ? statuses.rooms[roomId] : undefined),
  }).data;
}

export const ConnectionContext = createContext<Connection>("connecting");

export function useConnection(): Connection {
  return useContext(ConnectionContext);
}
