# SPDX-License-Identifier: EUPL-1.2
"""Every fault of the simulated servers in every call to them: what comes of it. The tables are the documentation.

A cell is the code of the BackendError, or

    done      as without the fault
    nothing   an answer, and there is nothing in it
    not yet   the server took the request and has not done it: ask again

Whatever happened, the same call works once the fault is over and leaves one meeting; and a call that may have taken
effect says so (`maybe_done`), since whoever goes on elsewhere has to remember that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from simulator.faults import KINDS
from tests.rsa_keys import pem_of, rsa_key
from tests.simulator_fixture import JitsiShard, SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.jitsi.backend import JitsiBackend
from vconf.integrations.conferencing.port import BackendError, MeetingSpec, ServerAccess, ServerReport

#: Seconds: no answer at all, and an answer that never comes to its end.
READ, DEADLINE = 0.4, 0.8


def limits(read: float, deadline: float) -> Mapping[str, float]:
    return {
        "read_timeout": read,
        "deadline": deadline,
        "create_read_timeout": read,
        "create_deadline": deadline,
    }


SHORT, PATIENT = limits(READ, DEADLINE), limits(10.0, 20.0)
#: No call takes longer, whatever the server does: three requests at most, with a machine that is busy otherwise.
BOUND = 30.0
SERVERS = 4

SPEC = MeetingSpec(external_id="vconf-1", name="Lage")


@dataclass(frozen=True)
class Cell:
    """A call of the port, and the request in it that meets the fault."""

    name: str
    request: str
    prepare: Callable[[SimulatorProcess, Any], Any]
    act: Callable[[Any, Any], object]
    #: its request changes something, so that its answer may be lost after it has been done
    changes: bool = False
    #: what else may come of asking once more
    repeated: str = "done"


@dataclass(frozen=True)
class Row:
    """What comes of one fault: in all cells, or by their names. `late`: where the request was done before."""

    everywhere: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)

    def expected(self, cell: Cell, *, late: bool) -> str:
        by_name = {**self.cells, **(self.late if late else {})}
        return by_name.get(cell.name, self.everywhere)


def nothing(server: SimulatorProcess, backend: Any) -> None:
    return None


def a_meeting(server: SimulatorProcess, backend: Any) -> Any:
    return backend.create(SPEC)


def a_recording(server: SimulatorProcess, backend: Any) -> str:
    return server.add_recording("vconf-1")


BIGBLUEBUTTON = (
    Cell("create", "create", nothing, lambda backend, _: backend.create(SPEC), changes=True),
    Cell("find", "getMeetingInfo", a_meeting, lambda backend, _: backend.find_meeting("vconf-1")),
    Cell("list", "getMeetings", a_meeting, lambda backend, _: backend.live_meetings()),
    Cell(
        "end",
        "end",
        a_meeting,
        lambda backend, made: backend.end("vconf-1", made.incarnation),
        changes=True,
    ),
    Cell(
        "end: look",
        "getMeetingInfo",
        a_meeting,
        lambda backend, made: backend.end("vconf-1", made.incarnation),
    ),
    Cell(
        "register",
        "hooks/create",
        nothing,
        lambda backend, _: backend.register_hook("http://127.0.0.1:9/hook"),
        changes=True,
    ),
    Cell("recordings", "getRecordings", a_recording, lambda backend, _: backend.recordings(["vconf-1"])),
    Cell(
        "withdraw",
        "publishRecordings",
        a_recording,
        lambda backend, record_id: backend.publish_recording(record_id, publish=False),
        changes=True,
    ),
    Cell(
        "withdraw: look",
        "getRecordings",
        a_recording,
        lambda backend, record_id: backend.publish_recording(record_id, publish=False),
    ),
    Cell(
        "delete",
        "deleteRecordings",
        a_recording,
        lambda backend, record_id: backend.delete_recording(record_id),
        changes=True,
    ),
    Cell(
        "delete: look",
        "getRecordings",
        a_recording,
        lambda backend, record_id: backend.delete_recording(record_id),
    ),
    Cell("check", "version", a_meeting, lambda backend, _: backend.check()),
    Cell("check: list", "getMeetings", a_meeting, lambda backend, _: backend.check()),
)

GRID: Mapping[str, Row] = {
    # nobody answers
    "refuse": Row("unreachable"),
    "reset": Row("connection_lost"),
    "hang": Row("timeout"),
    "stall": Row("timeout"),
    "drip": Row("timeout"),
    "close": Row("connection_lost"),
    # somebody answers who is no BigBlueButton
    "fail": Row("misbehaving"),
    "garbage": Row("misbehaving"),
    "html": Row("misbehaving"),
    "empty": Row("misbehaving"),
    "broken": Row("misbehaving"),
    "bomb": Row("misbehaving"),
    "redirect": Row("misbehaving"),
    "huge": Row("answer_too_big"),
    # it answers in its protocol
    "slow": Row("done"),
    "busy": Row("busy"),
    # a greeting needs no checksum; one that is refused all the same is taken for a question of the algorithm
    "checksum": Row("wrong_secret", {"check": "algorithm_refused"}),
    # it says that it is done; who looks afterwards finds out
    "swallow": Row(
        cells={
            "create": "misbehaving",
            "find": "misbehaving",
            # the poll asks for each meeting that is not in a list before it gives one up
            "list": "nothing",
            "end": "not yet",
            "end: look": "misbehaving",
            "register": "misbehaving",
            "recordings": "nothing",
            "withdraw": "still_changing",
            "withdraw: look": "still_changing",
            "delete": "still_there",
            "delete: look": "done",
            "check": "done",
            "check: list": "done",
        },
        late={"end": "done", "withdraw": "done", "delete": "done"},
    ),
}

#: These are waited for until time is up.
SILENT = {"hang", "stall", "drip"}
#: These say what is not so: no real server refuses, redirects or leaves out what it has done.
LIARS = {"checksum", "redirect", "swallow"}

# Jitsi: rooms open by being entered, so nothing is made; what is asked is whether it would open


def jitsi_access(shard: JitsiShard) -> ServerAccess:
    """A shard with all the modules there are."""
    key = rsa_key("system")
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    shard.configure(census_milliseconds=True, system_keys={"system-1": public.decode()})
    return ServerAccess(
        kind="jitsi",
        base_url=shard.base_url,
        secret=shard.secret,
        options={
            "census_url": f"{shard.origin}/room-census",
            "size_url": f"{shard.origin}/room-size",
            "jicofo_url": shard.origin,
            "bridge_urls": shard.origin,
            "end_url": f"{shard.origin}/end-meeting",
            "kick_url": f"{shard.origin}/kick-participant",
            "system_key_id": "system-1",
        },
        keys={"system_key": pem_of(key)},
        allow_http=True,
    )


def a_room(server: SimulatorProcess, backend: Any) -> Any:
    """Somebody is in it; answers the room and who it is."""
    assert isinstance(server, JitsiShard)
    entered = server.enter("vconf-1", jwt=server.token("vconf-1"))
    assert entered["entered"]
    return backend.find_meeting("vconf-1"), entered["occupant"]


JITSI = (
    Cell("create", "room-size", nothing, lambda backend, _: backend.create(SPEC)),
    Cell("create: focus", "about/health", nothing, lambda backend, _: backend.create(SPEC)),
    Cell("find", "room-census", a_room, lambda backend, _: backend.find_meeting("vconf-1")),
    Cell("list", "room-census", a_room, lambda backend, _: backend.live_meetings()),
    Cell("list: page", "page", a_room, lambda backend, _: backend.live_meetings()),
    Cell("list: focus", "about/health", a_room, lambda backend, _: backend.live_meetings()),
    Cell(
        "end",
        "end-meeting",
        a_room,
        lambda backend, made: backend.end("vconf-1", made[0].incarnation),
        changes=True,
    ),
    Cell(
        "end: look", "room-census", a_room, lambda backend, made: backend.end("vconf-1", made[0].incarnation)
    ),
    Cell(
        "remove",
        "kick-participant",
        a_room,
        lambda backend, made: backend.remove_person("vconf-1", made[1]),
        changes=True,
        # whoever has gone is not there any more
        repeated="not yet",
    ),
    Cell("people", "room", a_room, lambda backend, _: backend.people_in("vconf-1")),
    Cell("load", "colibri/stats", nothing, lambda backend, _: backend.load()),
    Cell("check", "page", a_room, lambda backend, _: backend.check()),
    Cell("check: list", "room-census", a_room, lambda backend, _: backend.check()),
)

#: The order to end a meeting was carried out although its answer got lost: whoever looks afterwards finds it so.
ENDED = {"end": "done"}
#: An answer with status 200 that is none. Of jicofo's health nothing but the status counts. A module that takes an
#: order without a token is not the one we know, so nothing it says is relied on.
NO_ANSWER = Row(
    "misbehaving",
    {
        "create: focus": "done",
        "list: focus": "done",
        "list: page": "not_jitsi",
        "end": "not yet",
        "remove": "not_enforceable",
        "check": "not_jitsi",
    },
    late=ENDED,
)

JITSI_GRID: Mapping[str, Row] = {
    # nobody answers
    "refuse": Row("unreachable"),
    "reset": Row("connection_lost", late=ENDED),
    "hang": Row("timeout", late=ENDED),
    # the answer has begun, so it has been done
    "stall": Row("timeout", ENDED, late=ENDED),
    "drip": Row("timeout", ENDED, late=ENDED),
    "close": Row("connection_lost", late=ENDED),
    # somebody answers who is no Jitsi
    "fail": Row("misbehaving", late=ENDED),
    "garbage": Row("misbehaving", late=ENDED),
    "huge": Row("answer_too_big", late=ENDED),
    "redirect": Row("redirected"),
    "html": NO_ANSWER,
    "empty": NO_ANSWER,
    "broken": NO_ANSWER,
    "bomb": NO_ANSWER,
    "swallow": NO_ANSWER,
    # it answers
    "slow": Row("done"),
    "busy": Row("misbehaving", late=ENDED),
    "checksum": Row(
        "misbehaving",
        {
            "create": "wrong_secret",
            "create: focus": "no_focus",
            "find": "closed_to_us",
            "list": "closed_to_us",
            "list: focus": "no_focus",
            "end": "system_key_refused",
            # what is closed to us tells nothing, so only the order counts
            "end: look": "done",
            "remove": "system_key_refused",
            "people": "wrong_secret",
            "check: list": "closed_to_us",
        },
    ),
}


@dataclass(frozen=True)
class Make:
    """How a make of server is started, spoken to and looked into, and what comes of faults in its calls."""

    start: Callable[[str], SimulatorProcess]
    backend: Callable[[SimulatorProcess, Mapping[str, float]], Any]
    #: what there is on the server; nothing of it twice
    effect: Callable[[SimulatorProcess], Sequence[object]]
    cells: tuple[Cell, ...]
    grid: Mapping[str, Row]


def a_bigbluebutton(name: str) -> SimulatorProcess:
    process = SimulatorProcess(name=name)
    process.start()
    return process


def bigbluebutton_backend(server: SimulatorProcess, limits: Mapping[str, float]) -> BigBlueButtonBackend:
    access = ServerAccess(
        kind="bigbluebutton", base_url=server.base_url, secret=server.secret, allow_http=True
    )
    return BigBlueButtonBackend(replace(access, **limits))  # type: ignore[arg-type]  # limits are numbers


def on_bigbluebutton(server: SimulatorProcess) -> Sequence[object]:
    state = server.state()
    meetings = [("meeting", one["meetingID"]) for one in state["meetings"] if not one["ended"]]
    hooks = [("hook", one["callbackURL"]) for one in state["hooks"]]
    return [*meetings, *hooks, *server.recordings().items()]


def a_shard(name: str) -> SimulatorProcess:
    shard = JitsiShard(name=name)
    shard.start()
    return shard


def jitsi_backend(server: SimulatorProcess, limits: Mapping[str, float]) -> JitsiBackend:
    assert isinstance(server, JitsiShard)
    return JitsiBackend(replace(jitsi_access(server), **limits))  # type: ignore[arg-type]  # limits are numbers


def on_jitsi(server: SimulatorProcess) -> Sequence[object]:
    assert isinstance(server, JitsiShard)
    return [(room, one["people"]) for room, one in server.rooms().items()]


MAKES: Mapping[str, Make] = {
    "bigbluebutton": Make(a_bigbluebutton, bigbluebutton_backend, on_bigbluebutton, BIGBLUEBUTTON, GRID),
    "jitsi": Make(a_shard, jitsi_backend, on_jitsi, JITSI, JITSI_GRID),
}
CASES = [(make, fault) for make in MAKES for fault in KINDS]


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[str], SimpleQueue[SimulatorProcess]]]:
    """Several of each make, so that the cells of a row can be tried at once."""
    started: dict[str, list[SimulatorProcess]] = {}

    def of(make: str) -> SimpleQueue[SimulatorProcess]:
        if make not in started:
            started[make] = [MAKES[make].start(f"{make}-{number}") for number in range(SERVERS)]
        free: SimpleQueue[SimulatorProcess] = SimpleQueue()
        for server in started[make]:
            free.put(server)
        return free

    yield of
    for several in started.values():
        for server in several:
            server.stop()


@pytest.mark.parametrize("make", MAKES)
def test_every_fault_of_the_simulator_has_its_row(make: str) -> None:
    assert set(MAKES[make].grid) == set(KINDS)


@pytest.mark.parametrize(("make", "fault"), CASES)
def test_the_row_holds(
    servers: Callable[[str], SimpleQueue[SimulatorProcess]], make: str, fault: str
) -> None:
    free = servers(make)
    tries = [
        (cell, late) for cell in MAKES[make].cells for late in ((False, True) if cell.changes else (False,))
    ]

    def attempt(tried: tuple[Cell, bool]) -> list[str]:
        server = free.get()
        try:
            return complaints(MAKES[make], server, *tried, fault)
        finally:
            free.put(server)

    with ThreadPoolExecutor(SERVERS) as pool:
        wrong = [complaint for found in pool.map(attempt, tries) for complaint in found]
    assert wrong == []


def complaints(make: Make, server: SimulatorProcess, cell: Cell, late: bool, fault: str) -> list[str]:
    """What is not as the table says, once with the fault and once after it."""
    server.reset()
    prepared = cell.prepare(server, make.backend(server, PATIENT))
    before = make.effect(server)
    server.set_fault(fault, call=cell.request, after=late)
    started = time.monotonic()
    limits_now = SHORT if fault in SILENT else PATIENT
    came, error = outcome(lambda: cell.act(make.backend(server, limits_now), prepared))
    seconds = time.monotonic() - started
    server.clear_faults()
    took_effect = make.effect(server) != before
    again, _ = outcome(lambda: cell.act(make.backend(server, PATIENT), prepared))
    there = make.effect(server)

    what = f"{cell.name}{', done before' if late else ''}: "
    expected = make.grid[fault].expected(cell, late=late)
    # On a busy machine the clock may also cut off what would have come to its end.
    fine = {expected, "timeout"} if fault in SILENT or expected == "answer_too_big" else {expected}
    found = []
    if came not in fine:
        found.append(f"{what}{came}, not {expected}")
    if seconds > BOUND:
        found.append(f"{what}took {seconds:.1f} s")
    if error is not None and took_effect and not error.maybe_done and fault not in LIARS:
        found.append(f"{what}it took effect and does not say so")
    if again not in ("done", cell.repeated):
        found.append(f"{what}{again} once the fault was over")
    if len(there) > len(set(there)) or len(there) > len(before) + 1:
        found.append(f"{what}made twice: {there}")
    return found


def outcome(act: Callable[[], object]) -> tuple[str, BackendError | None]:
    try:
        value = act()
    except BackendError as error:
        return error.code, error
    if isinstance(value, ServerReport):
        return value.code or "done", None
    if value is False:
        return "not yet", None
    return ("nothing" if value is None or value == [] else "done"), None
