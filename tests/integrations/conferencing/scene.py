# SPDX-License-Identifier: EUPL-1.2
"""The scene of these tests: the usual people and rooms, with one server that is a real simulated one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from tests import factories
from tests.simulator_fixture import SimulatorProcess
from vconf.authorities.models import Person
from vconf.bookings import services
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Booking, Meeting, Occurrence
from vconf.bookings.requests import AttendeeRequest, BookingRequest
from vconf.outbox import deliver
from vconf.reactions import REACTIONS
from vconf.rooms.models import ConferenceServer

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Scene:
    """`server` is the simulated one; the pool has no other unless a test adds one."""

    world: factories.World
    server: ConferenceServer
    simulator: SimulatorProcess
    calls_before: Mapping[str, int] = field(default_factory=dict)

    def calls(self, name: str) -> int:
        """How often the server was asked that in this test."""
        asked: int = self.simulator.state()["calls"].get(name, 0)
        return asked - self.calls_before.get(name, 0)

    def book(
        self,
        *,
        starts_in: timedelta = timedelta(minutes=5),
        length: timedelta = timedelta(hours=1),
        organiser: Person | None = None,
        invite: str = "",
        co_hosts: str = "",
        **fields: Any,
    ) -> Booking:
        """Anna books the shared room from five minutes from now, for an hour; addresses are separated by blanks."""
        starts = (timezone.now() + starts_in).astimezone(BERLIN).replace(second=0, microsecond=0, tzinfo=None)
        people = [AttendeeRequest(address=address) for address in invite.split()]
        people += [AttendeeRequest(address=address, role="CHAIR") for address in co_hosts.split()]
        request = BookingRequest(
            **{
                "title": "Lagebesprechung",
                "starts_local": starts + timedelta(minutes=1),
                "duration": length,
                "timezone": "Europe/Berlin",
                "room_id": self.world.shared.id,
                "attendees": tuple(people),
                **fields,
            }
        )
        return services.book(request, actor=factories.actor(organiser or self.world.anna))

    def opened(self, booking: Booking | None = None) -> Meeting:
        """The planned meeting of a booking's first date."""
        return open_occurrence(date_of(booking or self.book()).id)

    def provisioned(self, booking: Booking | None = None) -> Meeting:
        """The same, made on the server."""
        from vconf.integrations.conferencing.effects import provision

        meeting = self.opened(booking)
        assert provision(meeting.id)
        return again(meeting)


def make_scene(simulator: SimulatorProcess, **class_settings: Any) -> Scene:
    world = factories.world(servers=(300,), **class_settings)
    server = world.servers[0]
    server.base_url, server.secret = simulator.base_url, simulator.secret
    server.save()
    return Scene(world, server, simulator)


def date_of(booking: Booking) -> Occurrence:
    return Occurrence.objects.get(booking=booking)


def again(meeting: Meeting) -> Meeting:
    """As it stands in the database now."""
    return Meeting.objects.select_related("server", "occurrence").get(id=meeting.id)


def move(booking: Booking, starts_at: datetime, ends_at: datetime) -> None:
    """Time passes: the date lies elsewhere, as if the clock had gone on."""
    Occurrence.objects.filter(booking=booking).update(
        starts_at=starts_at, ends_at=ends_at, blocks_from=starts_at, blocks_until=ends_at
    )


def deliver_conferencing() -> None:
    """Let the reactions of this package happen, as the background job does."""
    deliver.deliver_due(REACTIONS, limit=100, only={"provision", "end_meeting"})
