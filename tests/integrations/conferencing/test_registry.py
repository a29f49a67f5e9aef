# SPDX-License-Identifier: EUPL-1.2
import time

import pytest

from tests import factories
from tests.simulator_fixture import SimulatorProcess
from vconf.integrations.conferencing import registry
from vconf.integrations.conferencing.port import NotSupported, RequestRefused, ServerBusy, Unreachable
from vconf.integrations.conferencing.registry import Breaker, backend_for, webhooks_of
from vconf.rooms.models import ConferenceServer, ServerKind

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
    server.kind = ServerKind.JITSI

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

    started = time.monotonic()
    with pytest.raises(ServerBusy):
        backend.find_meeting("nobody-knows-this")

    assert time.monotonic() - started < 0.5
    for _ in taken:
        backend._places.release()


def test_the_breaker_lets_one_attempt_through_per_pause() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now)
    for _ in range(registry.FAILURES):
        assert breaker.admits()
        breaker.failed()
    assert not breaker.admits()

    now += registry.PAUSE
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    assert not breaker.admits()

    now += registry.PAUSE
    assert breaker.admits()
    breaker.succeeded()
    assert [breaker.admits(), breaker.admits()] == [True, True]
