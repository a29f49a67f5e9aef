# SPDX-License-Identifier: EUPL-1.2
"""The clients of the fan-out benchmark: many bare websocket connections in one process, as cheap as they can be.

Commands on standard input, one JSON answer a line on standard output:

    connect KIND PORT COUNT   open so many sockets; tokens for the hub's are read from the file TOKENS names
    expect KIND               wait until each socket of this kind got one more frame -> {"at": [instants]}
    last KIND                 the newest status of every room that each socket knows, counted -> {...}
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from collections import Counter
from functools import partial
from typing import cast

import uvloop

SUBSCRIBE = b'{"type":"subscribe","rooms":null,"since":null}'


class Client(asyncio.Protocol):
    """Shakes hands, subscribes if it has a token, and notes when frames arrive."""

    def __init__(self, group: Group, token: str | None) -> None:
        self.group, self.token = group, token
        self.buffer = bytearray()
        self.open = False
        self.rooms: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        lines = [
            "GET /ws/rooms/ HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        self.transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.buffer += data
        if not self.open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self.buffer.startswith(b"HTTP/1.1 101"), bytes(self.buffer[:end])
            del self.buffer[: end + 4]
            self.open = True
            if self.token:
                # masked with zeros, so the payload goes as it is
                self.transport.write(bytes([0x81, 0x80 | len(SUBSCRIBE), 0, 0, 0, 0]) + SUBSCRIBE)
            else:
                self.group.ready()
        while (frame := self._next_frame()) is not None:
            self._take(frame, now)

    def _next_frame(self) -> bytes | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, head = buffer[1] & 0x7F, 2
        if length == 126:
            length, head = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, head = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < head + length:
            return None
        opcode, payload = buffer[0] & 0x0F, bytes(buffer[head : head + length])
        del buffer[: head + length]
        if opcode == 0x9:  # ping
            self.transport.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            return self._next_frame()
        if opcode == 0x8:  # close
            self.transport.close()
            return None
        return payload

    def _take(self, frame: bytes, now: float) -> None:
        if self.token and frame.startswith(b'{"type":"snapshot"'):
            self.rooms = {one["room"]: one["version"] for one in json.loads(frame)["rooms"]}
            self.group.ready()
            return
        self.group.took(now)
        if self.group.parses:
            message = json.loads(frame)
            for one in message.get("changes", [message]):
                self.rooms[one["room"]] = one["version"]

    def connection_lost(self, error: Exception | None) -> None:
        self.group.lost += 1


class Group:
    """All sockets to one server."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.opened = 0
        self.lost = 0
        self.parses = False
        self.at: list[float] = []
        self.frames = 0
        self.all_ready = asyncio.Event()
        self.complete = asyncio.Event()
        self.clients: list[Client] = []

    def ready(self) -> None:
        self.opened += 1
        if self.opened == self.count:
            self.all_ready.set()

    def took(self, now: float) -> None:
        self.frames += 1
        self.at.append(now)
        if len(self.at) == self.count:
            self.complete.set()


def _itself(client: Client) -> Client:
    return client


async def main() -> None:
    loop = asyncio.get_running_loop()
    groups: dict[str, Group] = {}
    tokens: list[str] = []
    if os.environ.get("TOKENS"):
        with open(os.environ["TOKENS"], encoding="ascii") as file:
            tokens = file.read().split()
    while True:
        command, *arguments = (await asyncio.to_thread(sys.stdin.readline)).split() or ["quit"]
        if command == "quit":
            return
        kind = arguments[0]
        answer: object = None
        if command == "connect":
            group = groups[kind] = Group(int(arguments[2]))
            for number in range(group.count):
                token = tokens[number] if kind == "hub" else None
                client = Client(group, token)
                group.clients.append(client)
                await loop.create_connection(partial(_itself, client), "127.0.0.1", int(arguments[1]))
                if number % 100 == 99:
                    await asyncio.sleep(0.05)
            await asyncio.wait_for(group.all_ready.wait(), 300)
            group.at.clear()
            group.complete.clear()
        elif command == "expect":
            group = groups[kind]
            try:
                await asyncio.wait_for(group.complete.wait(), 20)
            except TimeoutError:
                sys.exit(f"{kind}: {len(group.at)} of {group.count} got it, {group.lost} sockets lost")
            answer = group.at.copy()
            group.at.clear()
            group.complete.clear()
        elif command == "parse":
            groups[kind].parses = True
        elif command == "last":
            group = groups[kind]
            known = Counter(json.dumps(client.rooms, sort_keys=True) for client in group.clients)
            answer = {"known": known.most_common(3), "frames": group.frames, "lost": group.lost}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
