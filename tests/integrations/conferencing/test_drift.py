# SPDX-License-Identifier: EUPL-1.2
"""R6.11: a server that becomes unsafe is drained by vconf itself, and operators are told why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.api.caller import Caller
from tests.integrations.conferencing.scene import Scene, date_of
from tests.integrations.conferencing.test_jitsi_meetings import (
    jitsi,
    jitsi_shard,
    jitsi_shard_process,
    shard_of,
)
from vconf.audit.models import AuditEntry
from vconf.integrations.conferencing.checks import look_at
from vconf.integrations.conferencing.drift import drift_of, keep_checked
from vconf.integrations.conferencing.port import ServerReport
from vconf.integrations.conferencing.registry import backend_for
from vconf.rooms.models import ConferenceServer, ServerEvent, ServerState
from vconf.rooms.services import change_server

__all__ = ["jitsi", "jitsi_shard", "jitsi_shard_process"]

pytestmark = pytest.mark.engine


def check(scene: Scene) -> ConferenceServer:
    """As the poll does every few minutes."""
    report = look_at(lambda: backend_for(scene.server))
    assert report.healthy, report
    keep_checked(scene.server.id, report)
    return ConferenceServer.objects.get(id=scene.server.id)


def test_a_shard_that_stops_checking_tokens_is_drained(jitsi: Scene) -> None:
    other = factories.server(jitsi.world.pool, "anderer")
    booking = jitsi.book(starts_in=timedelta(days=2))
    ConferenceServer.objects.filter(id=other.id).update(seats=1000)
    reserved = date_of(booking)
    if reserved.reserved_server_id != jitsi.server.id:
        pytest.fail("the date has to be reserved on the shard")
    assert check(jitsi).state == ServerState.ENABLED

    shard_of(jitsi).configure(enable_roomsize_token_verification=False)
    server = check(jitsi)

    assert (server.state, server.drift) == (ServerState.DRAINING, ["tokens_not_checked"])
    assert date_of(booking).reserved_server_id == other.id
    event = ServerEvent.objects.get(server=server, kind="drift")
    assert event.facts == {"findings": ["tokens_not_checked"]}
    drained = AuditEntry.objects.get(action="server.drain")
    assert (drained.actor_label, drained.numbers) == ("clock", {"moved": 1, "left": 0, "live": 0})
    shown = Caller(jitsi.world.operator).get(f"servers/{server.id}").json()
    [why] = shown["drift"]
    assert (why["code"], why["detail"]) == ("tokens_not_checked", "The server answers to a forged token.")


def test_an_operator_who_enables_it_again_has_decided(jitsi: Scene) -> None:
    check(jitsi)
    shard_of(jitsi).configure(enable_roomsize_token_verification=False)
    check(jitsi)

    change_server(jitsi.server.id, state=ServerState.ENABLED, actor=factories.actor(jitsi.world.operator))
    server = check(jitsi)

    assert (server.state, server.drift) == (ServerState.ENABLED, [])


def test_one_that_was_unsafe_when_it_was_added_stays(jitsi: Scene) -> None:
    shard_of(jitsi).configure(enable_roomsize_token_verification=False)

    assert check(jitsi).state == ServerState.ENABLED
    assert check(jitsi).state == ServerState.ENABLED


@pytest.mark.parametrize(
    ("found", "version", "drift"),
    [
        (("open_api", "clock_skew"), "3.0.1", ("open_api",)),
        (("census_open",), "3.0.1", ("census_open",)),
        # untidy, but nobody gets in
        (("no_webhooks", "short_secret"), "3.0.1", ()),
        # known before
        (("plain_http",), "3.0.1", ()),
        # a server that went back to an old version; and a vconf that calls the same one old now
        (("old_version",), "2.5.0", ("old_version",)),
        (("old_version",), "3.0.1", ()),
    ],
)
def test_what_counts_as_drift(found: tuple[str, ...], version: str, drift: tuple[str, ...], db: None) -> None:
    world = factories.world(servers=(300,))
    server = world.servers[0]
    server.version, server.findings, server.checked_at = "3.0.1", ["plain_http"], timezone.now()
    report = ServerReport(reachable=True, version=version, findings=found)

    assert drift_of(server, report) == drift
    server.state = ServerState.DISABLED
    assert drift_of(server, report) == ()
