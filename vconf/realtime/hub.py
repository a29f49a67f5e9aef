# SPDX-License-Identifier: EUPL-1.2
"""Who listens to what in this process, and the one place that sends room statuses.

One hub an event loop, alive while somebody listens. It keeps all statuses in memory, each encoded once per
visibility class, and is told by `announce` (and Redis) that there is news; it then reads the changed rows and hands
every listener what concerns them: the latest state per room, at most one frame per `PACE`. A listener that does not
read keeps nobody waiting: its news pile up as one state a room, past `MOST_PENDING` they are dropped for a snapshot,
and after `PATIENCE` its socket is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from vconf.realtime.announce import CHANNEL, listen, stop_listening
from vconf.realtime.eager import Rest, run_now
from vconf.realtime.models import RoomStatus
from vconf.realtime.sight import (
    Sight,
    SightBook,
    SignIn,
    note_changed_sights,
    stale_until,
    still_signed_in,
)
from vconf.realtime.states import Status, busy_frame, details_frame, sees_details
from vconf.realtime.status import current_version, status_in

log = structlog.get_logger(__name__)

Args = TypeVarTuple("Args")
R = TypeVar("R")

#: close codes of ours (RFC 6455, 7.4.2: 4000-4999 are the application's)
SIGNED_OUT = 4401
TOO_SLOW = 4408


@dataclass(frozen=True, slots=True)
class Row:
    """A room's status as it is sent: one text for those who see the details, one for everybody else."""

    room_id: UUID
    status: Status
    version: int
    details: str
    busy_version: int
    busy: str
    changed_at: datetime

    @classmethod
    def of(cls, stored: RoomStatus) -> Row:
        status = status_in(stored)
        return cls(
            room_id=stored.room_id,
            status=status,
            version=stored.version,
            details=_encode(details_frame(stored.room_id, status, stored.version)),
            busy_version=stored.busy_version,
            busy=_encode(busy_frame(stored.room_id, status, stored.busy_version)),
            changed_at=stored.changed_at,
        )

    def shows_details_to(self, person_id: UUID, sight: Sight) -> bool:
        return sees_details(
            self.status, person_id=person_id, admin_ids=sight.admin_ids, is_operator=sight.is_operator
        )


@dataclass(slots=True, eq=False)
class Listener:
    """One socket. Only the hub touches what is below `rooms`."""

    sign_in: SignIn
    send: Callable[[str], Coroutine[Any, Any, None]]
    close: Callable[[int], Awaitable[None]]
    sight: Sight | None = None
    #: the rooms subscribed to; None: all that are visible
    rooms: frozenset[UUID] | None = None
    subscribed: bool = False
    #: room -> its latest status, not yet sent
    pending: dict[UUID, str] = field(default_factory=dict)
    #: a snapshot is owed, and makes what is pending obsolete
    owes_snapshot: bool = False
    #: an answer to "subscribe" is owed, even if nothing has changed
    owes_changes: bool = False
    #: a frame that has to wait for the socket, since when, and everything after it
    writer: asyncio.Task[None] | None = None
    sending_since: float = 0.0

    def wants(self, room_id: UUID) -> bool:
        return (
            self.sight is not None
            and room_id in self.sight.rooms
            and (self.rooms is None or room_id in self.rooms)
        )


class Hub:
    """See the module. All methods run in the loop's thread, except the callback given to `announce`."""

    #: seconds between two frames to a listener, unless there is nothing to say
    PACE = 0.075
    #: the longest that is made of it: telling thousands of listeners takes time, and as long again is left to others
    SLOWEST = 0.5
    #: seconds after which the hub looks for news nobody told it of
    POLL = 2.0
    #: seconds between two looks at sign-ins and rights; half of what R1.10 allows
    RIGHTS_EVERY = 30.0
    #: seconds a frame may take to leave for a socket
    PATIENCE = 30.0
    #: changed rooms kept for a listener that is being sent something
    MOST_PENDING = 500
    #: older cursors get a snapshot
    KEPT_CHANGES = 10_000
    KEPT_TIME = timedelta(minutes=10)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: set[Listener] = set()
        self._rows: dict[UUID, Row] = {}
        self._version = -1
        self._book = SightBook()
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._look_now = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()

    # --- coming and going -------------------------------------------------------------------------------

    async def join(
        self,
        sign_in: SignIn,
        *,
        send: Callable[[str], Coroutine[Any, Any, None]],
        close: Callable[[int], Awaitable[None]],
    ) -> Listener:
        """Take part. The listener hears nothing before it has subscribed."""
        listener = Listener(sign_in, send, close)
        self._listeners.add(listener)
        self._start()
        try:
            listener.sight = await in_thread(self._book.sight_of, sign_in.person_id)
            if self._version < 0:
                await self._catch_up()
        except BaseException:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """The socket is gone, or about to be."""
        self._listeners.discard(listener)
        if listener.writer is not None:
            listener.writer.cancel()
        if not self._listeners:
            self._stop()

    async def subscribe(
        self, listener: Listener, *, rooms: frozenset[UUID] | None, since: int | None
    ) -> None:
        """From now on send these rooms (None: all visible), beginning with what changed since that version.

        Replaces an earlier subscription. A cursor that is too old, from another sight or from the future is answered
        with a snapshot.
        """
        assert listener.sight is not None
        stale = await in_thread(stale_until, listener.sign_in.person_id, listener.sight)
        if since is not None and since > self._version:
            await self._catch_up()  # another process was faster
        listener.rooms = rooms
        listener.subscribed = True
        listener.pending.clear()
        if since is None or since <= stale or not self._keeps(since):
            listener.owes_snapshot = True
        else:
            listener.pending.update(self._changes(self._rows.values(), listener, since))
            listener.owes_snapshot, listener.owes_changes = False, True
        self._write(listener)

    def _start(self) -> None:
        if self._tasks:
            return
        listen(self._hint)
        jobs = [self._follow(), self._look_after()]
        if settings.VCONF_REDIS_URL:
            jobs.append(self._hear(settings.VCONF_REDIS_URL))
        self._tasks = [self._loop.create_task(job) for job in jobs]

    def _stop(self) -> None:
        stop_listening(self._hint)
        for task in self._tasks:
            task.cancel()
        _reader.submit(connection.close)
        self._tasks, self._rows, self._version, self._book = [], {}, -1, SightBook()

    # --- news -------------------------------------------------------------------------------------------

    def _hint(self) -> None:
        """From any thread: there is news."""
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the loop has just been closed, and with it all sockets
            stop_listening(self._hint)

    async def _follow(self) -> None:
        """Read and pass on what changed: at once when told, but not more often than PACE, and in half of the time."""
        while True:
            try:
                async with asyncio.timeout(self.POLL):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            begun = self._loop.time()
            try:
                await self._catch_up()
            except Exception:
                log.exception("room statuses could not be read")
                self._news.set()
                await asyncio.sleep(1)
            took = self._loop.time() - begun
            await asyncio.sleep(max(self.PACE, min(took, self.SLOWEST)))

    async def _hear(self, url: str) -> None:
        """Be told by other processes. Comes back after a loss and then asks what was missed."""
        while True:
            # No timeout on reads: some versions of the client would end a quiet subscription after seconds.
            client = redis.asyncio.Redis.from_url(
                url, socket_timeout=None, socket_connect_timeout=5, socket_keepalive=True
            )
            try:
                async with client.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for _ in channel.listen():
                        self._news.set()
            except (redis.RedisError, OSError) as error:
                log.warning("lost Redis; looking for room statuses every other second", error=str(error))
            finally:
                await client.aclose()
            await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311  only spreads the load

    async def _catch_up(self) -> None:
        async with self._reading:
            before = self._version
            newest, stored = await self._loop.run_in_executor(_reader, _read_rows, before)
            if self._version != before:
                return  # everybody left meanwhile
            restored = newest < before
            if restored:  # the database's past is not ours
                self._rows, before = {}, -1
                newest, stored = await self._loop.run_in_executor(_reader, _read_rows, before)
            self._version = newest
            if before >= 0 and any(row.room_id not in self._rows for row in stored):
                self._look_now.set()  # a new room: somebody may see it
            self._rows.update((row.room_id, row) for row in stored)
            if not restored:
                self._pass_on(stored, before)
                return
            for listener in list(self._listeners):
                self._owe_snapshot(listener)

    def _pass_on(self, rows: Sequence[Row], before: int) -> None:
        """Give every listener what is new for them since `before`. Worked out once for all who see alike."""
        if not rows:
            return
        named = frozenset[UUID]().union(*(row.status.persons for row in rows))
        shared: dict[tuple[Sight, frozenset[UUID] | None], dict[UUID, str]] = {}
        for listener in list(self._listeners):
            if not listener.subscribed or listener.owes_snapshot or listener.sight is None:
                continue
            if listener.sign_in.person_id in named:
                changes = self._changes(rows, listener, before)
            else:
                alike = (listener.sight, listener.rooms)
                if alike not in shared:
                    shared[alike] = self._changes(rows, listener, before)
                changes = shared[alike]
            if changes:
                listener.pending.update(changes)
                if len(listener.pending) > self.MOST_PENDING:
                    self._owe_snapshot(listener)
                else:
                    self._write(listener)

    def _changes(self, rows: Iterable[Row], listener: Listener, since: int) -> dict[UUID, str]:
        """Room -> status, as this listener sees it, of those that look different to them than at `since`."""
        assert listener.sight is not None
        changes: dict[UUID, str] = {}
        for row in rows:
            if not listener.wants(row.room_id):
                continue
            if row.shows_details_to(listener.sign_in.person_id, listener.sight):
                if row.version > since:
                    changes[row.room_id] = row.details
            elif row.busy_version > since:
                changes[row.room_id] = row.busy
        return changes

    def _keeps(self, since: int) -> bool:
        """Whether a cursor is young enough to be answered with changes."""
        long_ago = timezone.now() - self.KEPT_TIME
        return self._version - self.KEPT_CHANGES <= since <= self._version and not any(
            row.version > since and row.changed_at < long_ago for row in self._rows.values()
        )

    # --- sending ----------------------------------------------------------------------------------------

    def _owe_snapshot(self, listener: Listener) -> None:
        if listener.subscribed:
            listener.owes_snapshot = True
            listener.pending.clear()
            self._write(listener)

    def _write(self, listener: Listener) -> None:
        """Send what a listener is owed, unless something is on its way already and will be followed by it."""
        if listener.writer is not None:
            return
        frame = self._next_frame(listener)
        if frame is None:
            return
        try:
            rest = run_now(listener.send(frame))
        except Exception as error:
            self._failed(listener, error)
            return
        if rest is not None:
            listener.sending_since = self._loop.time()
            listener.writer = self._loop.create_task(self._write_on(listener, rest))

    async def _write_on(self, listener: Listener, rest: Rest) -> None:
        """Wait for a socket that does not take a frame at once, and send what has come up meanwhile."""
        try:
            await rest
            while (frame := self._next_frame(listener)) is not None:
                listener.sending_since = self._loop.time()
                await listener.send(frame)
            listener.writer = None
        except Exception as error:
            self._failed(listener, error)

    def _failed(self, listener: Listener, error: Exception) -> None:
        if isinstance(error, OSError):  # the socket is gone; its consumer hears of it, too
            self.leave(listener)
        else:
            log.error("a room status could not be sent", exc_info=error)
            self._drop(listener, 1011)

    def _next_frame(self, listener: Listener) -> str | None:
        if listener.owes_snapshot:
            frame = _frame(
                "snapshot", self._version, tuple(self._changes(self._rows.values(), listener, -1).values())
            )
        elif listener.owes_changes or len(listener.pending) > 1:
            frame = _frame("changes", self._version, tuple(listener.pending.values()))
        elif listener.pending:
            frame = _frame("change", 0, tuple(listener.pending.values()))
        else:
            return None
        listener.pending.clear()
        listener.owes_snapshot = listener.owes_changes = False
        return frame

    def _drop(self, listener: Listener, code: int) -> None:
        """Close a socket without waiting for it."""
        self.leave(listener)
        task = self._loop.create_task(_close(listener, code))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # --- looking after them -----------------------------------------------------------------------------

    async def _look_after(self) -> None:
        """Close sockets that take nothing, and look at sign-ins and rights from time to time."""
        every = min(self.PATIENCE, self.RIGHTS_EVERY) / 6
        look_at = self._loop.time() + self.RIGHTS_EVERY
        while True:
            try:
                async with asyncio.timeout(every):
                    await self._look_now.wait()
            except TimeoutError:
                pass
            now = self._loop.time()
            for listener in list(self._listeners):
                if listener.writer is not None and now - listener.sending_since > self.PATIENCE:
                    log.info("closed a socket that does not read", person=str(listener.sign_in.person_id))
                    self._drop(listener, TOO_SLOW)
            if self._look_now.is_set() or now >= look_at:
                self._look_now.clear()
                look_at = now + self.RIGHTS_EVERY
                try:
                    await self._look_at_rights()
                except Exception:
                    log.exception("sign-ins and rights could not be read")
                    look_at = now + every

    async def _look_at_rights(self) -> None:
        listeners = [listener for listener in self._listeners if listener.sight is not None]
        good = await in_thread(still_signed_in, {listener.sign_in for listener in listeners})
        sights = await in_thread(self._book.look_again, {one.person_id for one in good})
        changed: dict[UUID, Sight] = {}
        for listener in listeners:
            if listener not in self._listeners:
                continue
            if listener.sign_in not in good:
                self._drop(listener, SIGNED_OUT)
                continue
            before, after = listener.sight, sights[listener.sign_in.person_id]
            assert before is not None
            listener.sight = after
            if before.digest != after.digest:
                changed[listener.sign_in.person_id] = after
                self._show_difference(listener, before, after)
                await asyncio.sleep(0)  # snapshots are large: let others have their turn
        if changed:
            await in_thread(note_changed_sights, changed)

    def _show_difference(self, listener: Listener, before: Sight, after: Sight) -> None:
        """More rooms are news like others; whatever has to vanish or to look different needs a snapshot."""
        if not before.only_lacks_rooms_of(after):
            self._owe_snapshot(listener)
        elif listener.subscribed and not listener.owes_snapshot:
            appeared = [self._rows[one] for one in after.rooms - before.rooms if one in self._rows]
            listener.pending.update(self._changes(appeared, listener, -1))
            self._write(listener)


#: news is read in a thread of its own: it does not queue behind those who come in
_reader = ThreadPoolExecutor(1, thread_name_prefix="room-status")

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def running_hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


def sockets() -> int:
    """How many listen in this process. From any thread."""
    return sum(len(hub._listeners) for hub in list(_hubs.values()))


async def _close(listener: Listener, code: int) -> None:
    with contextlib.suppress(OSError):  # it was faster
        await listener.close(code)


def _read_rows(after: int) -> tuple[int, list[Row]]:
    """The counter, and the rows numbered above `after`. Rows come second, so none below the counter is missing.

    Runs in the reader's thread, which keeps its connection: opening one costs more than reading.
    """
    try:
        newest = current_version()
        rows = [Row.of(stored) for stored in RoomStatus.objects.filter(version__gt=after).order_by("version")]
    except DatabaseError:
        connection.close()  # the next one gets a new one
        raise
    return max([newest, *(row.version for row in rows)]), rows


async def in_thread(function: Callable[[*Args], R], *args: *Args) -> R:
    """Ask the database without holding up the loop; the connection is handed back after each call."""
    answer: R = await database_sync_to_async(function, thread_sensitive=False)(*args)
    return answer


def _encode(frame: dict[str, Any]) -> str:
    return json.dumps(frame, separators=(",", ":"))


@lru_cache(maxsize=256)
def _frame(kind: str, version: int, statuses: tuple[str, ...]) -> str:
    """The text of a message; listeners who see alike share it. `change` carries the version of its status."""
    if kind == "change":
        return '{"type":"change",' + statuses[0][1:]
    name = "rooms" if kind == "snapshot" else "changes"
    return f'{{"type":"{kind}","version":{version},"{name}":[{",".join(statuses)}]}}'
