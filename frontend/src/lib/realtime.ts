// SPDX-License-Identifier: EUPL-1.2
import type { RoomStatus } from "./api/types";

/** Live states of all rooms this browser may see, and the version up to which it has heard everything. */
export interface RoomStatuses {
  version: number | null;
  rooms: Record<string, RoomStatus>;
}

export type ServerMessage =
  | { type: "snapshot"; version: number; rooms: RoomStatus[] }
  | { type: "changes"; version: number; changes: RoomStatus[] }
  | ({ type: "change" } & RoomStatus)
  | { type: "error"; code: string; detail?: string }
  | { type: "ping" }
  | { type: "pong" };

export const NO_STATUSES: RoomStatuses = { version: null, rooms: {} };

function withStatuses(rooms: RoomStatuses["rooms"], incoming: RoomStatus[]): RoomStatuses["rooms"] {
  const news = incoming.filter((status) => (rooms[status.room]?.version ?? -1) < status.version);
  if (news.length === 0) return rooms;
  const next = { ...rooms };
  for (const status of news) next[status.room] = status;
  return next;
}

/**
 * States after a message. A snapshot is the whole truth: rooms it does not name are not visible any more, and its
 * version counts even if it is lower than ours (a restored server). Single changes never go back in time, because a
 * message and an answer of the API may cross. Gaps in versions are normal.
 */
export function applyMessage(state: RoomStatuses, message: ServerMessage): RoomStatuses {
  switch (message.type) {
    case "snapshot":
      return {
        version: message.version,
        rooms: Object.fromEntries(message.rooms.map((status) => [status.room, status])),
      };
    case "changes":
      return { version: message.version, rooms: withStatuses(state.rooms, message.changes) };
    case "change": {
      const { type: _type, ...status } = message;
      return { version: Math.max(state.version ?? 0, status.version), rooms: withStatuses(state.rooms, [status]) };
    }
    default:
      return state;
  }
}

/** Take over states that came with a list of rooms, without claiming to have heard everything up to them. */
export function seedStatuses(state: RoomStatuses, statuses: RoomStatus[]): RoomStatuses {
  const rooms = withStatuses(state.rooms, statuses);
  return rooms === state.rooms ? state : { ...state, rooms };
}

export type Connection = "connecting" | "open" | "lost";

interface RoomsSocketOptions {
  url: string;
  /** Version to resume from, asked at every connect. */
  since: () => number | null;
  onMessage: (message: ServerMessage) => void;
  onConnection: (connection: Connection) => void;
  createSocket?: (url: string) => WebSocket;
  random?: () => number;
}

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
/** A quiet connection is asked for a sign of life, because a dead one may not be noticed for minutes. */
const QUIET = 25_000;
const PATIENCE = 10_000;

/** Waiting time before the n-th attempt (from 0): doubling up to 30 s, spread so that browsers do not all return at once. */
export function reconnectDelay(attempt: number, random: () => number): number {
  const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return longest / 2 + (longest / 2) * random();
}

/** Keeps one subscription to /ws/rooms/ alive: connects, resumes where it stopped, and comes back after a loss. */
export class RoomsSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private readonly options: RoomsSocketOptions;

  constructor(options: RoomsSocketOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener("online", this.reconnectNow);
    document.addEventListener("visibilitychange", this.reconnectNow);
    this.options.onConnection("connecting");
    this.connect();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.reconnectNow);
    document.removeEventListener("visibilitychange", this.reconnectNow);
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  /** A network that came back or a page that is looked at again need not wait for the timer. */
  private readonly reconnectNow = (): void => {
    if (!this.running || this.socket || document.visibilityState === "hidden") return;
    clearTimeout(this.retry);
    this.connect();
  };

  private connect(): void {
    const socket = (this.options.createSocket ?? ((url) => new WebSocket(url)))(this.options.url);
    this.socket = socket;
    this.watch = setTimeout(() => this.giveUp(), PATIENCE);
    socket.onopen = () => {
      this.send({ type: "subscribe", rooms: null, since: this.options.since() });
      this.expectLife();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.expectLife();
      const message = JSON.parse(event.data) as ServerMessage;
      if (message.type === "ping") this.send({ type: "pong" });
      if (message.type === "snapshot" || message.type === "changes") {
        this.attempt = 0;
        this.options.onConnection("open");
      }
      this.options.onMessage(message);
    };
    socket.onclose = () => this.lost(socket);
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    clearTimeout(this.watch);
    if (!this.running) return;
    this.options.onConnection("lost");
    this.retry = setTimeout(() => this.connect(), reconnectDelay(this.attempt, this.options.random ?? Math.random));
    this.attempt += 1;
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private expectLife(): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      this.send({ type: "ping" });
      this.watch = setTimeout(() => this.giveUp(), PATIENCE);
    }, QUIET);
  }

  /** Counts the connection as lost without waiting for its close event, which may take minutes. */
  private giveUp(): void {
    const socket = this.socket;
    if (!socket) return;
    this.lost(socket);
    socket.close();
  }
}

export function roomsSocketUrl(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/rooms/`;
}
