# SPDX-License-Identifier: EUPL-1.2
"""The two servers of the fan-out benchmark, each a process of its own.

Both print their port, then do what they are told on standard input, one JSON answer a line:

    change          one status changes                          -> the instant of the commit (raw: of the write)
    cpu             -> seconds of processor this process has used
    sustain R S     R changes a second for S seconds (hub only) -> {"made": n, "rooms": {room: version}}
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import os
import socket
import sys
import threading
import time
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import cast

import uvloop

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#: as long as a status with details
PAYLOAD = b'{"type":"change",' + b'"x":"' + b"0" * 310 + b'"}'


class RawConnection(asyncio.Protocol):
    """A websocket that only ever sends what was framed once for all."""

    open_ones: set[asyncio.Transport] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        if self.transport in self.open_ones:
            return
        self.buffer += data
        if b"\r\n\r\n" not in self.buffer:
            return
        headers = dict(line.split(b": ", 1) for line in self.buffer.split(b"\r\n")[1:] if b": " in line)
        accept = base64.b64encode(hashlib.sha1(headers[b"Sec-WebSocket-Key"] + GUID).digest())
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self.open_ones.add(self.transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.open_ones.discard(self.transport)


async def raw() -> None:
    """The limit: one write of a ready frame per client, straight to the transport."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(RawConnection, "127.0.0.1", 0, backlog=2048)
    _say(server.sockets[0].getsockname()[1])
    frame = bytes([0x81, 126]) + len(PAYLOAD).to_bytes(2) + PAYLOAD
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "cpu":
            _say(time.process_time())
            continue
        begun = time.monotonic()
        for transport in RawConnection.open_ones:
            transport.write(frame)
        _say(begun)


def hub(clients: int, rooms: int) -> None:
    """vconf as it runs embedded: uvicorn in the main thread, changes made by another thread of the process."""
    import django  # noqa: PLC0415  the settings come first
    import uvicorn  # noqa: PLC0415

    django.setup()
    logging.disable(logging.INFO)  # standard output is for answers
    changes = Changes(clients, rooms)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    config = uvicorn.Config(
        "vconf.asgi:application",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        backlog=2048,
    )
    _say(listener.getsockname()[1])
    threading.Thread(target=changes.obey, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


class Changes:
    """A database with so many meetings and clients, and somebody who counts people in them."""

    def __init__(self, clients: int, rooms: int) -> None:
        from django.core.management import call_command  # noqa: PLC0415  after django.setup()
        from django.utils import timezone  # noqa: PLC0415

        from tests import factories  # noqa: PLC0415
        from vconf.bookings.meetings import (  # noqa: PLC0415
            meeting_attended,
            meeting_provisioned,
            open_occurrence,
        )
        from vconf.bookings.requests import BookingRequest  # noqa: PLC0415
        from vconf.bookings.services import book  # noqa: PLC0415
        from vconf.realtime.status import refresh_all  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        world = factories.world(servers=(100_000,))
        anna = factories.actor(world.anna)
        now = timezone.now()
        self.rooms, self.meetings = [], []
        for number in range(rooms):
            room = factories.room(f"Raum {number}", 50, world.im, world.pool, world.standard)
            request = BookingRequest(
                title="Lage",
                starts_local=now.replace(tzinfo=None, microsecond=0),
                duration=timedelta(hours=4),
                timezone="UTC",
                room_id=room.id,
            )
            meeting = open_occurrence(book(request, actor=anna).occurrences.get().id)
            meeting_provisioned(meeting.id, incarnation="1")
            meeting_attended(meeting.id, people=1, moderators=1)
            self.rooms.append(room)
            self.meetings.append(meeting)
        refresh_all()
        # Everybody is an operator, so that everybody is told of every head.
        people = [factories.person(f"Person {number}", world.land, "operator") for number in range(clients)]
        Path(os.environ["TOKENS"]).write_text("\n".join(map(factories.token, people)), encoding="ascii")
        self.people = 1
        self.turn = cycle(range(rooms))

    def obey(self) -> None:
        for line in sys.stdin:
            command, *arguments = line.split()
            if command == "change":
                _say(self.change())
            elif command == "cpu":
                _say(time.process_time())
            elif command == "sustain":
                _say(self.sustain(int(arguments[0]), int(arguments[1])))

    def change(self) -> float:
        """One more person in the next room. The instant at which it was committed."""
        from vconf.bookings.models import Meeting  # noqa: PLC0415  after django.setup()
        from vconf.realtime import announce  # noqa: PLC0415
        from vconf.realtime.status import refresh_room  # noqa: PLC0415

        number = next(self.turn)
        self.people += 1
        Meeting.objects.filter(id=self.meetings[number].id).update(people=self.people % 47 + 2)
        committed: list[float] = []
        note = lambda: committed.append(time.monotonic())  # noqa: E731
        announce.listen(note)
        refresh_room(self.rooms[number].id)
        announce.stop_listening(note)
        return committed[0]

    def sustain(self, rate: int, seconds: int) -> dict[str, object]:
        from vconf.realtime.models import RoomStatus  # noqa: PLC0415  after django.setup()

        begun, made = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < seconds:
            if made < passed * rate:
                self.change()
                made += 1
            else:
                time.sleep(0.001)
        rows = RoomStatus.objects.values_list("room_id", "version")
        return {
            "made": made,
            "seconds": time.monotonic() - begun,
            "rooms": {str(room): version for room, version in rows},
        }


def _say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "raw":
        uvloop.run(raw())
    else:
        hub(int(sys.argv[2]), int(sys.argv[3]))
