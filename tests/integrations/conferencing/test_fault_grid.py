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
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import pytest

from simulator.faults import KINDS
from tests.simulator_fixture import SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.port import BackendError, MeetingSpec, ServerAccess, ServerReport

#: Seconds: no answer at all, and an answer that never comes to its end.
READ, DEADLINE = 0.4, 0.8
#: No call takes longer, whatever the server does: three requests at most, with a machine that is busy otherwise.
BOUND = 10.0
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

#: These say what is not so: no real server refuses, redirects or leaves out what it has done.
LIARS = {"checksum", "redirect", "swallow"}

MAKES: Mapping[str, tuple[type[SimulatorProcess], tuple[Cell, ...], Mapping[str, Row]]] = {
    "bigbluebutton": (SimulatorProcess, BIGBLUEBUTTON, GRID),
}
CASES = [(make, fault) for make in MAKES for fault in KINDS]


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[str], SimpleQueue[SimulatorProcess]]]:
    """Several of each make, so that the cells of a row can be tried at once."""
    started: dict[str, list[SimulatorProcess]] = {}

    def of(make: str) -> SimpleQueue[SimulatorProcess]:
        if make not in started:
            started[make] = [MAKES[make][0](name=f"{make}-{number}") for number in range(SERVERS)]
            for server in started[make]:
                server.start()
        free: SimpleQueue[SimulatorProcess] = SimpleQueue()
        for server in started[make]:
            free.put(server)
        return free

    yield of
    for several in started.values():
        for server in several:
            server.stop()


def test_every_fault_of_the_simulator_has_its_row() -> None:
    for _, _, grid in MAKES.values():
        assert set(grid) == set(KINDS)


@pytest.mark.parametrize(("make", "fault"), CASES)
def test_the_row_holds(
    servers: Callable[[str], SimpleQueue[SimulatorProcess]], make: str, fault: str
) -> None:
    _, cells, grid = MAKES[make]
    free = servers(make)
    tries = [(cell, late) for cell in cells for late in ((False, True) if cell.changes else (False,))]

    def attempt(tried: tuple[Cell, bool]) -> list[str]:
        server = free.get()
        try:
            return complaints(server, *tried, fault, grid[fault])
        finally:
            free.put(server)

    with ThreadPoolExecutor(SERVERS) as pool:
        wrong = [complaint for found in pool.map(attempt, tries) for complaint in found]
    assert wrong == []


def complaints(server: SimulatorProcess, cell: Cell, late: bool, fault: str, row: Row) -> list[str]:
    """What is not as the table says, once with the fault and once after it."""
    server.reset()
    backend = backend_of(server)
    prepared = cell.prepare(server, backend)
    before = effect(server)
    server.set_fault(fault, call=cell.request, after=late)
    started = time.monotonic()
    came, error = outcome(lambda: cell.act(backend, prepared))
    seconds = time.monotonic() - started
    server.clear_faults()
    took_effect = effect(server) != before
    again, _ = outcome(lambda: cell.act(backend_of(server, patient=True), prepared))

    what = f"{cell.name}{', done before' if late else ''}: "
    expected = row.expected(cell, late=late)
    # An answer without end may also be cut off by the clock.
    fine = {expected, "timeout"} if expected == "answer_too_big" else {expected}
    found = []
    if came not in fine:
        found.append(f"{what}{came}, not {expected}")
    if seconds > BOUND:
        found.append(f"{what}took {seconds:.1f} s")
    if error is not None and took_effect and not error.maybe_done and fault not in LIARS:
        found.append(f"{what}it took effect and does not say so")
    if again != "done":
        found.append(f"{what}{again} once the fault was over")
    if len(server.state()["meetings"]) > 1 or len(server.state()["hooks"]) > 1:
        found.append(f"{what}made twice")
    return found


def backend_of(server: SimulatorProcess, *, patient: bool = False) -> BigBlueButtonBackend:
    read, deadline = (10.0, 20.0) if patient else (READ, DEADLINE)
    return BigBlueButtonBackend(
        ServerAccess(
            kind="bigbluebutton",
            base_url=server.base_url,
            secret=server.secret,
            allow_http=True,
            read_timeout=read,
            deadline=deadline,
            create_read_timeout=read,
            create_deadline=deadline,
        )
    )


def effect(server: SimulatorProcess) -> object:
    """What there is on the server."""
    state = server.state()
    meetings = [(one["meetingID"], one["createTime"], one["ended"]) for one in state["meetings"]]
    return meetings, len(state["hooks"]), server.recordings()


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
