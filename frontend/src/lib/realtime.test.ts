// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "@/testing/fake-socket";
import type { RoomStatus } from "./api/types";
import {
  type Connection,
  NO_STATUSES,
  type RoomStatuses,
  RoomsSocket,
  type ServerMessage,
  applyMessage,
  reconnectDelay,
  roomsSocketUrl,
  seedStatuses,
} from "./realtime";

function status(room: string, version: number, state: RoomStatus["state"] = "free"): RoomStatus {
  return { room, version, state, visibility: "busy", until: null, next: null };
}

describe("states after a message", () => {
  const known: RoomStatuses = { version: 7, rooms: { a: status("a", 5), b: status("b", 7) } };

  it("takes a snapshot as the whole truth, even with a lower version", () => {
    const after = applyMessage(known, { type: "snapshot", version: 3, rooms: [status("a", 2, "live")] });

    expect(after).toEqual({ version: 3, rooms: { a: status("a", 2, "live") } });
  });

  it("takes changes over and keeps the rest", () => {
    const after = applyMessage(known, { type: "changes", version: 12, changes: [status("a", 9, "reserved")] });

    expect(after).toEqual({ version: 12, rooms: { a: status("a", 9, "reserved"), b: status("b", 7) } });
  });

  it("moves its version on with a single change, gaps included", () => {
    const after = applyMessage(known, { type: "change", ...status("c", 40, "live") });

    expect(after).toEqual({ version: 40, rooms: { ...known.rooms, c: status("c", 40, "live") } });
  });

  it("never goes back in time", () => {
    const after = applyMessage(known, { type: "change", ...status("b", 6, "live") });

    expect(after.rooms).toBe(known.rooms);
    expect(after.version).toBe(7);
  });

  it.each<ServerMessage>([{ type: "pong" }, { type: "ping" }, { type: "error", code: "invalid" }])(
    "is not changed by %j",
    (message) => {
      expect(applyMessage(known, message)).toBe(known);
    },
  );

  it("takes over what came with a list of rooms without claiming to have heard everything before", () => {
    const after = seedStatuses(NO_STATUSES, [status("a", 9)]);

    expect(after).toEqual({ version: null, rooms: { a: status("a", 9) } });
    expect(seedStatuses(after, [status("a", 8, "live")])).toBe(after);
  });
});

describe("waiting before the next attempt", () => {
  it("doubles up to half a minute and is spread", () => {
    const shortest = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => reconnectDelay(attempt, () => 0));
    const longest = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => reconnectDelay(attempt, () => 1));

    expect(shortest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });
});

describe("the connection", () => {
  let version: number | null;
  let messages: ServerMessage[];
  let connections: Connection[];
  let rooms: RoomsSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    version = null;
    messages = [];
    connections = [];
    rooms = new RoomsSocket({
      url: "ws://vconf.example/ws/rooms/",
      since: () => version,
      onMessage: (message) => messages.push(message),
      onConnection: (connection) => connections.push(connection),
      random: () => 1,
    });
    rooms.start();
  });

  afterEach(() => {
    rooms.stop();
    vi.useRealTimers();
  });

  const snapshot = { type: "snapshot", version: 3, rooms: [] };

  it("subscribes to all rooms once it is open", () => {
    FakeSocket.latest.open();
    FakeSocket.latest.receive(snapshot);

    expect(FakeSocket.latest.sent).toEqual([{ type: "subscribe", rooms: null, since: null }]);
    expect(messages).toEqual([snapshot]);
    expect(connections).toEqual(["connecting", "open"]);
  });

  it("comes back after a loss and resumes where it stopped", () => {
    FakeSocket.latest.open();
    FakeSocket.latest.receive(snapshot);
    version = 17;

    FakeSocket.latest.drop();
    vi.advanceTimersByTime(1_000);
    FakeSocket.latest.open();
    FakeSocket.latest.receive({ type: "changes", version: 21, changes: [] });

    expect(FakeSocket.opened).toHaveLength(2);
    expect(FakeSocket.latest.sent).toEqual([{ type: "subscribe", rooms: null, since: 17 }]);
    expect(connections).toEqual(["connecting", "open", "lost", "open"]);
  });

  it("waits longer each time until the server speaks again", () => {
    FakeSocket.latest.drop();
    vi.advanceTimersByTime(1_000);
    FakeSocket.latest.drop();
    vi.advanceTimersByTime(1_999);
    expect(FakeSocket.opened).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.opened).toHaveLength(3);

    FakeSocket.latest.open();
    FakeSocket.latest.receive(snapshot);
    FakeSocket.latest.drop();
    vi.advanceTimersByTime(1_000);

    expect(FakeSocket.opened).toHaveLength(4);
  });

  it("does not wait when the network comes back", () => {
    FakeSocket.latest.drop();

    window.dispatchEvent(new Event("online"));

    expect(FakeSocket.opened).toHaveLength(2);
    FakeSocket.latest.open();
    FakeSocket.latest.receive(snapshot);
    vi.advanceTimersByTime(5_000);
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("gives up a connection that never opens", () => {
    vi.advanceTimersByTime(10_000);
    expect(connections).toEqual(["connecting", "lost"]);

    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("asks a quiet server for a sign of life and gives a dead connection up", () => {
    FakeSocket.latest.open();
    FakeSocket.latest.receive(snapshot);

    vi.advanceTimersByTime(25_000);
    expect(FakeSocket.latest.sent.at(-1)).toEqual({ type: "ping" });
    FakeSocket.latest.receive({ type: "pong" });
    vi.advanceTimersByTime(34_999);
    expect(connections.at(-1)).toBe("open");
    vi.advanceTimersByTime(1);

    expect(connections.at(-1)).toBe("lost");
  });

  it("answers the server's ping", () => {
    FakeSocket.latest.open();
    FakeSocket.latest.receive({ type: "ping" });

    expect(FakeSocket.latest.sent.at(-1)).toEqual({ type: "pong" });
  });

  it("stays closed after it was stopped", () => {
    rooms.stop();
    FakeSocket.latest.drop();
    vi.advanceTimersByTime(60_000);

    expect(FakeSocket.opened).toHaveLength(1);
    expect(connections).toEqual(["connecting"]);
  });
});

it("speaks wss where the page came by https", () => {
  expect(roomsSocketUrl(new URL("https://vconf.mv.example/day") as unknown as Location)).toBe(
    "wss://vconf.mv.example/ws/rooms/",
  );
});
