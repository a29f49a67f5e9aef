// SPDX-License-Identifier: EUPL-1.2
/** `npm run dev:mock`: the page answers its own requests, so that it can be looked at without a server. */
import { getResponse } from "msw";
import { ANNA, APPROVER, OPERATOR } from "./data";
import { createBackend } from "./backend";
import { FakeSocket } from "./fake-socket";

const options = new URLSearchParams(location.search);
const who = options.get("as") ?? sessionStorage.getItem("mock-as") ?? "anna";
sessionStorage.setItem("mock-as", who);
const backend = createBackend({
  me: who === "nobody" ? null : who === "admin" ? APPROVER : who === "operator" ? OPERATOR : ANNA,
  roomCount: Number(options.get("rooms") ?? 16),
});

const network = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  return (await getResponse(backend.handlers, request)) ?? network(input, init);
};

class MockSocket extends FakeSocket {
  constructor(url: string) {
    super(url);
    if (options.get("socket") === "lost") setTimeout(() => this.drop(), 50);
    else setTimeout(() => this.open(), 50);
  }
}
const WebSocketOfBrowser = globalThis.WebSocket;
globalThis.WebSocket = new Proxy(WebSocketOfBrowser, {
  construct: (target, [url, ...rest]: [string, ...string[]]) =>
    String(url).includes("/ws/rooms/") ? (new MockSocket(url) as unknown as WebSocket) : new target(url, ...rest),
});

FakeSocket.onSend = (socket, message) => {
  if (message.type === "subscribe")
    socket.receive({
      type: "snapshot",
      version: backend.version,
      rooms: backend.rooms.flatMap((room) => room.status ?? []),
    });
  if (message.type === "ping") socket.receive({ type: "pong" });
};
backend.onStatus = (status) => FakeSocket.latest?.receive({ type: "change", ...status });

// A little life: people come and go.
setInterval(() => {
  const status = backend.rooms[1]?.status;
  if (status?.state !== "live") return;
  backend.setStatus(status.room, {
    ...status,
    people: Math.max(1, (status.people ?? 0) + (Math.random() < 0.6 ? 1 : -1)),
  });
}, 4_000);
