# SPDX-License-Identifier: EUPL-1.2
"""Simulated people for the demo: they enter meetings that run on simulated conference servers, or leave them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, TypeAlias
from uuid import UUID

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from vconf.bookings.models import Meeting, MeetingState
from vconf.crypto import keyed_hash
from vconf.embedded import simulated_fleet
from vconf.rooms.models import ConferenceServer

#: How many enter each meeting unless told otherwise: enough to see, never more than the room holds.
FEW = (3, 8)


Fleet: TypeAlias = dict[UUID, ConferenceServer]


class Command(BaseCommand):
    help = "Let simulated people enter the meetings that are open on simulated conference servers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, help="how many for each meeting (default: a few)")
        parser.add_argument("--room", help="only the meeting in this room: its name, mail address or page")
        parser.add_argument(
            "--leave", action="store_true", help="let people leave instead: --count, or everybody"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count: int | None = options["count"]
        if count is not None and not 1 <= count <= 5000:
            raise CommandError("--count must be from 1 to 5000.")
        fleet = _fleet()
        if not fleet:
            raise CommandError(
                "No simulated conference server is registered here; the demo (make run) has three of them."
            )
        meetings = list(_open_meetings(fleet, options["room"]))
        if not meetings:
            where = f" in the room {options['room']}" if options["room"] else ""
            raise CommandError(
                f"No meeting is open on a simulated server{where}: join one through its link first."
            )
        for meeting in meetings:
            if options["leave"]:
                self._leave(fleet, meeting, count)
            else:
                self._enter(fleet, meeting, count)

    def _enter(self, fleet: Fleet, meeting: Meeting, count: int | None) -> None:
        room = meeting.occurrence.room
        wanted = count or min(random.randint(*FEW), max(1, room.seats - meeting.people))  # noqa: S311  a demo
        answer = _control(
            fleet[meeting.server_id], "people", {"meetingID": meeting.external_id, "count": wanted}
        )
        self.stdout.write(f"{room.name}: {len(answer['people'])} entered, {answer['count']} are there now.")

    def _leave(self, fleet: Fleet, meeting: Meeting, count: int | None) -> None:
        body: dict[str, object] = {"meetingID": meeting.external_id}
        if count is not None:
            body["count"] = count
        answer = _control(fleet[meeting.server_id], "people/leave", body)
        room = meeting.occurrence.room
        self.stdout.write(f"{room.name}: {answer['left']} left, {answer['count']} are there now.")


def _fleet() -> Fleet:
    """The demo's conference servers, where they listen this time."""
    names = [server.name for server in simulated_fleet()]
    found = ConferenceServer.objects.filter(name__in=names, base_url__startswith="http://127.0.0.1:")
    return {server.id: server for server in found}


def _open_meetings(fleet: Fleet, room: str | None) -> Iterator[Meeting]:
    found = Meeting.objects.filter(server_id__in=fleet, state__in=(MeetingState.CREATED, MeetingState.LIVE))
    if room:
        named = Q(occurrence__room__name__iexact=room) | Q(occurrence__room__slug=room)
        found = found.filter(named | Q(occurrence__room__address=room.lower()))
    yield from found.select_related("occurrence__room").order_by("occurrence__room__name")


def _control(server: ConferenceServer, lever: str, body: dict[str, object]) -> dict[str, Any]:
    url = f"{server.base_url.removesuffix('/').removesuffix('/bigbluebutton/api')}/control/{lever}"
    try:
        answer = requests.post(
            url,
            json=body,
            headers={"Authorization": f"Bearer {keyed_hash('simulator', 'control')}"},
            timeout=10,
        )
        content: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        raise CommandError(f"{server.name} does not answer at {url}: is vconf running (make run)?") from error
    if answer.status_code != 200:
        raise CommandError(f"{server.name} refused: {content.get('error', answer.status_code)}")
    return content
