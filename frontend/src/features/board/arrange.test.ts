// SPDX-License-Identifier: EUPL-1.2
import { expect, it } from "vitest";
import type { RoomState } from "@/lib/api/types";
import { makeOccurrence, makeRoom, roomStatus } from "@/testing/data";
import { type BoardRoom, arrange } from "./arrange";

const states: RoomState[] = ["free", "live", "reserved", "busy", "free", "overrun", "blocked", "failed", "reserved"];
const statuses = Object.fromEntries(
  states.map((state, index) => [
    `r-${index}`,
    roomStatus(`r-${index}`, { state, version: 1, occurrence: `o-${index}`, visibility: "details" }),
  ]),
);
const rooms = states.map((_, index) => makeRoom(index, statuses[`r-${index}`]!));
const names = (list: BoardRoom[]) => list.map(({ room, state }) => `${room.name} ${state}`);

it("puts what is going on before what is free, and broken rooms last", () => {
  const sections = arrange(rooms, statuses, []);

  expect(names(sections.mine)).toEqual([]);
  expect(names(sections.taken)).toEqual([
    "Darß overrun",
    "Schweriner See live",
    "Kabinett reserved",
    "Müritz reserved",
    "Warnow busy",
  ]);
  expect(names(sections.free)).toEqual(["Großer Saal free", "Kap Arkona free"]);
  expect(names(sections.unavailable)).toEqual(["Recknitz failed", "Hiddensee blocked"]);
});

it("puts the person's own dates first, and only while they take the room", () => {
  const own = [0, 2].map((index) =>
    makeOccurrence({
      id: `o-${index}`,
      room: { id: `r-${index}`, name: "" },
      starts_at: "2026-05-04T08:00:00Z",
      ends_at: "2026-05-04T09:00:00Z",
    }),
  );

  const sections = arrange(rooms, statuses, own);

  expect(names(sections.mine)).toEqual(["Müritz reserved"]);
  expect(names(sections.free)).toContain("Großer Saal free");
});

it("takes a room nobody has told about for free, and an inactive one for blocked", () => {
  const [unknown, inactive] = [makeRoom(0, statuses["r-0"]!), { ...makeRoom(1, statuses["r-0"]!), is_active: false }];

  const sections = arrange([unknown, inactive], {}, []);

  expect(names(sections.free)).toEqual(["Großer Saal free"]);
  expect(names(sections.unavailable)).toEqual(["Schweriner See blocked"]);
});
