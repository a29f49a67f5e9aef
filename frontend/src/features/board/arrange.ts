// SPDX-License-Identifier: EUPL-1.2
import type { Occurrence, Room, RoomState, RoomStatus } from "@/lib/api/types";
import { byName } from "@/lib/rooms";

export type Section = "mine" | "taken" | "free" | "unavailable";

export interface BoardRoom {
  room: Room;
  status: RoomStatus | undefined;
  state: RoomState;
  /** The person's own date that runs in the room now. */
  mine: Occurrence | undefined;
}

export const SECTIONS: Section[] = ["mine", "taken", "free", "unavailable"];

const sectionOf: Record<RoomState, Section> = {
  live: "taken",
  overrun: "taken",
  opening: "taken",
  moved: "taken",
  reserved: "taken",
  busy: "taken",
  free: "free",
  failed: "unavailable",
  blocked: "unavailable",
};

/** Within "taken": what runs comes before what is only reserved. */
const rank: Record<RoomState, number> = {
  live: 0,
  overrun: 0,
  moved: 0,
  opening: 1,
  reserved: 2,
  busy: 3,
  free: 4,
  failed: 5,
  blocked: 6,
};

/** Rooms by section, own dates first, then what is going on, then what is free; alphabetical among equals. */
export function arrange(
  rooms: Room[],
  statuses: Record<string, RoomStatus>,
  own: Occurrence[],
): Record<Section, BoardRoom[]> {
  const ownById = new Map(own.map((occurrence) => [occurrence.id, occurrence]));
  const sections: Record<Section, BoardRoom[]> = { mine: [], taken: [], free: [], unavailable: [] };
  for (const room of rooms) {
    const status = statuses[room.id];
    const state = room.is_active === false ? "blocked" : (status?.state ?? "free");
    const mine = status?.occurrence ? ownById.get(status.occurrence) : undefined;
    sections[mine && state !== "free" ? "mine" : sectionOf[state]].push({ room, status, state, mine });
  }
  for (const section of SECTIONS) {
    sections[section].sort((a, b) => rank[a.state] - rank[b.state] || byName(a.room, b.room));
  }
  return sections;
}
