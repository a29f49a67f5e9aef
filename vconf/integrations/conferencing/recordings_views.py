# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/bookings/{id}/recordings` and `/api/v1/recordings/{id}`: for who may change the booking, and nobody else."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.integrations.conferencing.models import Recording, RecordingState
from vconf.integrations.conferencing.recordings import (
    ask_deletion,
    ask_publication,
    get_own_recording,
    recordings_of,
)
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door

WISHES = ["publish", "withdraw", "delete"]
#: of a deleted one nothing is shown
SHOWN_STATES = [one for one in RecordingState.values if one != RecordingState.DELETED]


class PlaybackSerializer(StrictSerializer):
    format = serializers.CharField()
    url = serializers.CharField(help_text="whoever has it may be able to look: treat it as a secret")


class RecordingSerializer(StrictSerializer):
    """A recording on its conference server."""

    id = serializers.UUIDField()
    occurrence = serializers.UUIDField(help_text="the date that was recorded")
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(
        choices=SHOWN_STATES,
        help_text="as the server last said",
    )
    size_bytes = serializers.IntegerField(allow_null=True)
    asked = serializers.ChoiceField(
        choices=WISHES, allow_null=True, help_text="asked for and not yet confirmed by the server"
    )
    playback = PlaybackSerializer(many=True, help_text="only while it is published")


class RecordingChangeSerializer(StrictSerializer):
    published = serializers.BooleanField(help_text="false: only the server's operators can still see it")


def show_recording(recording: Recording) -> dict[str, Any]:
    asked = None
    if recording.publish_wanted is not None:
        asked = "publish" if recording.publish_wanted else "withdraw"
    if recording.deletion_asked_at is not None:
        asked = "delete"
    visible = recording.state == RecordingState.PUBLISHED and asked != "delete"
    playback = json.loads(recording.playback) if visible and recording.playback else {}
    return dict(
        RecordingSerializer(
            {
                "id": recording.id,
                "occurrence": recording.meeting.occurrence_id,
                "starts_at": recording.started_at,
                "ends_at": recording.ended_at,
                "state": recording.state,
                "size_bytes": recording.size_bytes,
                "asked": asked,
                "playback": [{"format": name, "url": url} for name, url in sorted(playback.items())],
            }
        ).data
    )


class BookingRecordings(Door):
    @operation(
        "bookings_recordings",
        "The recordings of a booking",
        tag="recordings",
        answer=RecordingSerializer,
        many=True,
        refusals=("forbidden", "not_found"),
        description=(
            "For organiser and deputies. A recording appears once its server lists it: that may take from minutes to"
            " a night after the meeting."
        ),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response([show_recording(one) for one in recordings_of(id, actor=self.actor)])


class OneRecording(Door):
    @operation(
        "recordings_change",
        "Publish a recording, or withdraw it",
        tag="recordings",
        body=RecordingChangeSerializer,
        answer=RecordingSerializer,
        status=202,
        refusals=("forbidden", "not_found", "recording_not_ready"),
        description="`asked` tells what is under way until the server has confirmed it.",
    )
    def patch(self, request: Request, id: UUID) -> Response:
        get_own_recording(id, actor=self.actor)
        wish = checked(RecordingChangeSerializer, request)
        recording = ask_publication(id, publish=wish["published"], actor=self.actor)
        return Response(show_recording(recording), status=202)

    @operation(
        "recordings_delete",
        "Delete a recording for good",
        tag="recordings",
        answer=RecordingSerializer,
        status=202,
        changes=True,
        refusals=("forbidden", "not_found"),
        description="It is gone once the server has confirmed that; then it is not found any more.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        recording = ask_deletion(id, actor=self.actor)
        return Response(show_recording(recording), status=202)
