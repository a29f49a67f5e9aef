# SPDX-License-Identifier: EUPL-1.2
import threading

import pytest

from tests import factories
from tests.simulator_fixture import SimulatorProcess, eventually
from vconf.integrations.conferencing import registry
from vconf.integrations.conferencing.port import (
    BackendError,
    NotSupported,
    RequestRefused,
    ServerBusy,
    Unreachable,
)
from vconf.integrations.conferencing.registry import Breaker, backend_for, webhooks_of
from vconf.rooms.models import ConferenceServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(simulator: SimulatorProcess) -> ConferenceServer:
    pool = factories.pool(servers=())
    return factories.server(pool, base_url=simulator.base_url, secret=simulator.secret)


def test_a_server_has_one_backend_until_its_secret_or_address_changes(server: ConferenceServer) -> None:
    first = backend_for(server)
    assert backend_for(ConferenceServer.objects.get(id=server.id)) is first

    server.secret = "another secret"
    second = backend_for(server)

    assert second is not first
    assert second.check().secret_ok is False


def test_a_kind_that_nobody_speaks_is_not_supported(server: ConferenceServer) -> None:
    server.kind = "unheard-of"

    with pytest.raises(NotSupported):
        backend_for(server)


def test_plain_http_is_refused_outside_the_demo(server: ConferenceServer, settings) -> None:
    settings.VCONF_DEMO = False

    with pytest.raises(RequestRefused):
        backend_for(server)


def test_bigbluebutton_has_webhooks(server: ConferenceServer) -> None:
    assert webhooks_of(server) is not None


def test_a_server_that_keeps_failing_is_left_alone_until_it_answers_again(
    server: ConferenceServer, simulator: SimulatorProcess
) -> None:
    backend = backend_for(server)
    simulator.set_fault("fail")
    for _ in range(registry.FAILURES):
        with pytest.raises(Exception, match="misbehaving"):
            backend.find_meeting("nobody-knows-this")
    calls = sum(simulator.state()["calls"].values())

    with pytest.raises(Unreachable) as refused:
        backend.find_meeting("nobody-knows-this")

    assert refused.value.code == "resting"
    assert sum(simulator.state()["calls"].values()) == calls
    # The poll always asks; its success ends the rest.
    simulator.clear_faults()
    assert backend.live_meetings() == []
    assert backend.find_meeting("nobody-knows-this") is None


def test_a_server_keeps_only_a_few_threads_busy(server: ConferenceServer) -> None:
    backend = backend_for(server)
    taken = [backend._places.acquire(blocking=False) for _ in range(registry.CALLS_AT_ONCE)]
    assert all(taken)

    with pytest.raises(ServerBusy):
        backend.find_meeting("nobody-knows-this")

    for _ in taken:
        backend._places.release()


def attempted(breaker: Breaker, failure: Exception | None = None) -> str:
    """What came of an attempt: done, the code of the failure, or `resting`."""
    try:
        with breaker.attempt():
            if failure is not None:
                raise failure
    except BackendError as error:
        return error.code
    return "done"


def test_the_breaker_lets_one_attempt_through_per_pause() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now)
    silent = Unreachable(code="timeout")
    assert [attempted(breaker, silent) for _ in range(registry.FAILURES)] == ["timeout"] * registry.FAILURES
    assert attempted(breaker) == "resting"

    now += registry.PAUSE
    assert [attempted(breaker, silent), attempted(breaker)] == ["timeout", "resting"]

    now += registry.PAUSE
    assert [attempted(breaker), attempted(breaker), attempted(breaker, silent)] == ["done", "done", "timeout"]


def test_one_probe_at_a_time_however_long_it_takes() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now)
    for _ in range(registry.FAILURES):
        attempted(breaker, Unreachable())
    now += registry.PAUSE

    with breaker.attempt():
        now += 10 * registry.PAUSE
        assert [attempted(breaker) for _ in range(3)] == ["resting"] * 3
    assert attempted(breaker) == "done"


def test_a_probe_that_ends_in_a_fault_of_ours_does_not_block_the_next() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now)
    for _ in range(registry.FAILURES):
        attempted(breaker, Unreachable())
    now += registry.PAUSE

    with pytest.raises(ZeroDivisionError), breaker.attempt():
        raise ZeroDivisionError
    assert attempted(breaker) == "done"


def test_an_answer_that_was_not_hoped_for_is_an_answer() -> None:
    breaker = Breaker()
    for _ in range(registry.FAILURES * 2):
        assert attempted(breaker, RequestRefused()) == "request_refused"
    assert attempted(breaker) == "done"


def test_looks_always_try_and_end_the_rest() -> None:
    breaker = Breaker()
    for _ in range(registry.FAILURES):
        attempted(breaker, Unreachable())
    assert attempted(breaker) == "resting"

    with breaker.attempt(always=True):
        pass
    assert attempted(breaker) == "done"


def test_whoever_presses_the_button_again_and_again_does_not_add_to_a_hung_server(
    server: ConferenceServer, simulator: SimulatorProcess
) -> None:
    simulator.set_fault("hang")
    backend = backend_for(server)
    reports: list[str] = []
    presses = [
        threading.Thread(target=lambda: reports.append(backend.check().code), daemon=True) for _ in range(5)
    ]
    for press in presses:
        press.start()

    eventually(lambda: len(reports) >= 3)
    assert reports[:3] == ["too_many_calls"] * 3
    simulator.clear_faults()
