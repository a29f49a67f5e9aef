# SPDX-License-Identifier: EUPL-1.2
"""What operators see of one conference server: the meetings on it, what happened to it, what draining would mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.bookings.draining import preview_drain
from vconf.bookings.models import RUNNING, Meeting
from vconf.bookings.server_meetings import meetings_running_on
from vconf.bookings.timelines import Why
from vconf.integrations.conferencing.server_words import event_told, explained
from vconf.rooms.models import ServerEvent
from vconf.rooms.selectors import events_of, get_server
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import operation
from vconf.web.serializers import NamedSerializer, StrictSerializer, queried
from vconf.web.views import Door

RUNNING_STATES = [state.value for state in RUNNING]
REASONS = get_args(Why)


class ServerMeetingSerializer(StrictSerializer):
    """A meeting on a server: times and numbers, no title and no people."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=RUNNING_STATES)
    room = NamedSerializer()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="planned")
    seats = serializers.IntegerField(help_text="promised")
    people = serializers.IntegerField(help_text="in it now")
    epoch = serializers.IntegerField(help_text="1; one more each time it was moved to another server")
    explanation = serializers.CharField(help_text="why it runs here, in the caller's language")
    since = serializers.DateTimeField(help_text="placed here")


class ServerEventSerializer(StrictSerializer):
    """Something that happened to a server."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="health, state, placed, lost, moved, orphan_ended, check ...")
    code = serializers.CharField(help_text="of health and state: the new one")
    meeting = serializers.UUIDField(source="meeting_id", allow_null=True)
    text = serializers.CharField(
        help_text="what there is to say about it, in the caller's language; may be empty"
    )
    detail = serializers.CharField(help_text="what the server or the library between said, as it came")


class StayingDateSerializer(StrictSerializer):
    """A planned date that fits on no other server."""

    occurrence = serializers.UUIDField()
    room = NamedSerializer()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    seats = serializers.IntegerField()
    why = serializers.ChoiceField(choices=REASONS, help_text="what the others have too little of")


class DrainPlanSerializer(StrictSerializer):
    """What draining a server would mean now."""

    live = serializers.IntegerField(help_text="meetings that run on it, and end there")
    moves = serializers.IntegerField(help_text="planned dates that are promised on other servers at once")
    stays = StayingDateSerializer(many=True, help_text="planned dates that fit nowhere else; they stay here")
    stays_count = serializers.IntegerField(help_text="how many there are; the first hundred are listed")
    empty_at = serializers.DateTimeField(
        allow_null=True, help_text="when the last of it is over; null: it is empty"
    )


STAYS_SHOWN = 100


def _show_meetings(rows: Sequence[Meeting]) -> list[Any]:
    shown = [
        {
            "id": row.id,
            "state": row.state,
            "room": row.occurrence.room,
            "starts_at": row.occurrence.starts_at,
            "ends_at": row.occurrence.ends_at,
            "seats": row.occurrence.seats,
            "people": row.people,
            "epoch": row.epoch,
            "explanation": explained(row.explanation),
            "since": row.created_at,
        }
        for row in rows
    ]
    return list(ServerMeetingSerializer(shown, many=True).data)


def _show_events(rows: Sequence[ServerEvent]) -> list[Any]:
    shown = [
        {
            "id": row.id,
            "at": row.at,
            "kind": row.kind,
            "code": row.code,
            "meeting_id": row.meeting_id,
            "text": event_told(row),
            "detail": row.detail,
        }
        for row in rows
    ]
    return list(ServerEventSerializer(shown, many=True).data)


class ServerMeetings(Door):
    @operation(
        "servers_meetings",
        "The meetings that run on a server, the latest first",
        tag="servers",
        query=PageQuery,
        answer=page_shape(ServerMeetingSerializer),
        refusals=("forbidden", "not_found"),
    )
    def get(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        query = queried(PageQuery, request)
        rows = meetings_running_on(server, actor=self.actor)
        return Response(page_of(request, query, rows, _show_meetings))


class ServerEvents(Door):
    @operation(
        "servers_events",
        "What happened to a server in the last 90 days, the latest first",
        tag="servers",
        query=PageQuery,
        answer=page_shape(ServerEventSerializer),
        refusals=("forbidden", "not_found"),
    )
    def get(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        query = queried(PageQuery, request)
        rows = events_of(server, actor=self.actor)
        return Response(page_of(request, query, rows, _show_events))


class ServerDrain(Door):
    @operation(
        "servers_drain",
        "What draining a server would mean; nothing is changed",
        tag="servers",
        answer=DrainPlanSerializer,
        refusals=("forbidden", "not_found"),
        description="`PATCH /servers/{id}` with `{state: draining}` does it, `{state: enabled}` takes it back.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        plan = preview_drain(server.id, timezone.now())
        shown = {
            "live": plan.live,
            "moves": plan.moves,
            "stays": [
                {
                    "occurrence": date.occurrence_id,
                    "room": {"id": date.room_id, "name": date.room_name},
                    "starts_at": date.starts_at,
                    "ends_at": date.ends_at,
                    "seats": date.seats,
                    "why": date.why,
                }
                for date in plan.stays[:STAYS_SHOWN]
            ],
            "stays_count": len(plan.stays),
            "empty_at": plan.empty_at,
        }
        return Response(DrainPlanSerializer(shown).data)
