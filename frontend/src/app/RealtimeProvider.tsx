// SPDX-License-Identifier: EUPL-1.2
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { RoomStatus } from "@/lib/api/types";
import { type Connection, RoomsSocket, type ServerMessage, applyMessage, roomsSocketUrl } from "@/lib/realtime";
import { ConnectionContext, readStatuses, writeStatuses } from "@/lib/room-statuses";

/** Lists that depend on rooms are fetched again at most this often; a busy house changes many times a second. */
const OWN_PAUSE = 500;
const OTHERS_PAUSE = 5_000;

/** Keeps the socket open while somebody is signed in and writes what it says into the query cache. */
export function RealtimeProvider({ personId, children }: { personId: string | undefined; children: ReactNode }) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");

  useEffect(() => {
    if (!personId) return;
    const refresh = refresher(client);
    const socket = new RoomsSocket({
      url: roomsSocketUrl(window.location),
      since: () => readStatuses(client).version,
      onMessage: (message) => {
        const before = readStatuses(client);
        writeStatuses(client, (statuses) => applyMessage(statuses, message));
        for (const status of changedBy(message)) {
          const old = before.rooms[status.room];
          if (old?.state !== status.state || old.occurrence !== status.occurrence || old.next !== status.next)
            refresh.soon(status);
        }
      },
      onConnection: setConnection,
    });
    socket.start();
    return () => {
      socket.stop();
      refresh.stop();
    };
  }, [client, personId]);

  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

function changedBy(message: ServerMessage): RoomStatus[] {
  if (message.type === "change") return [message];
  return message.type === "changes" ? message.changes : [];
}

/** Fetches dates and bookings again after rooms changed; sooner where the person may see the booking. */
function refresher(client: QueryClient) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  const run = () => {
    timer = undefined;
    due = Infinity;
    void client.invalidateQueries({ queryKey: ["occurrences"] });
    void client.invalidateQueries({ queryKey: ["bookings"] });
  };
  return {
    soon(status: RoomStatus) {
      const at = Date.now() + (status.visibility === "details" ? OWN_PAUSE : OTHERS_PAUSE);
      if (at >= due) return;
      clearTimeout(timer);
      due = at;
      timer = setTimeout(run, at - Date.now());
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
