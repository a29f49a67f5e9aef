# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/occurrences/{id}/people`: who is in the meeting, for its moderators, and putting one of them out."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.integrations.conferencing.people import people_there, remove_person, require_moderator
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class PersonThereSerializer(StrictSerializer):
    id = serializers.CharField(source="person_id", help_text="the server's own, good while they are there")
    name = serializers.CharField(help_text="as they entered it; may be empty")


class PeopleThereSerializer(StrictSerializer):
    """Who is in a meeting. Asked of its server now, and kept nowhere."""

    removable = serializers.BooleanField(
        help_text="the server can put one of them out; if it cannot, nobody is named"
    )
    people = PersonThereSerializer(many=True)


class OccurrencePeople(Door):
    @operation(
        "occurrences_people",
        "Who is in the meeting that runs",
        tag="occurrences",
        answer=PeopleThereSerializer,
        refusals=("forbidden", "not_found", "server_silent"),
        description="For moderators. Servers that cannot remove anybody name nobody.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(PeopleThereSerializer(people_there(id, actor=self.actor)).data)


class RemovalSerializer(StrictSerializer):
    person = serializers.CharField(max_length=100, help_text="the id of one of the people")


class PersonRemoval(Door):
    @operation(
        "occurrences_remove_person",
        "Put one person out of the meeting that runs",
        tag="occurrences",
        body=RemovalSerializer,
        answer=None,
        status=204,
        refusals=("forbidden", "not_found", "cannot_remove", "server_silent"),
        description="For moderators. Nobody is banned: who still has the link may come back.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        require_moderator(id, actor=self.actor)
        wish = checked(RemovalSerializer, request)
        remove_person(id, wish["person"], actor=self.actor)
        return Response(status=204)
