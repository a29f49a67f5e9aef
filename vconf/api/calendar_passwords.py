# SPDX-License-Identifier: EUPL-1.2
"""`/calendar-passwords`: what the caller's calendar clients sign in with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.authorities.calendar_passwords import (
    calendar_passwords_of,
    create_calendar_password,
    revoke_calendar_password,
)
from vconf.authorities.models import CalendarPassword
from vconf.errors import NotFound
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class CalendarPasswordSerializer(StrictSerializer):
    """Good for calendars only: neither for the pages nor for this API."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields are taken out of the class
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the nearest ten minutes")


class FreshCalendarPasswordSerializer(CalendarPasswordSerializer):
    password = serializers.CharField(help_text="shown this once and kept nowhere")
    user_name = serializers.CharField(help_text="to sign in with: the primary address")
    server_url = serializers.CharField(help_text="most clients find everything else from here")


class NewCalendarPasswordSerializer(StrictSerializer):
    label = serializers.CharField(  # type: ignore[assignment]  # see above
        required=False, allow_blank=True, max_length=100, help_text="to tell devices apart, such as `Phone`"
    )


class CalendarPasswords(Door):
    @operation(
        "calendar_passwords_list",
        "My passwords for calendar clients",
        tag="calendars",
        answer=CalendarPasswordSerializer,
        many=True,
    )
    def get(self, request: Request) -> Response:
        return Response(CalendarPasswordSerializer(calendar_passwords_of(self.actor), many=True).data)

    @operation(
        "calendar_passwords_create",
        "Make a password for a calendar client",
        tag="calendars",
        body=NewCalendarPasswordSerializer,
        answer=FreshCalendarPasswordSerializer,
        status=201,
        refusals=("not_found",),
        description="One for each device, so that a lost one is shut out alone.",
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewCalendarPasswordSerializer, request)
        person = self.actor.person
        if person is None:
            raise NotFound
        made, clear = create_calendar_password(person, wish.get("label", ""), actor=self.actor)
        return Response(self._show(made, clear), status=201)

    def _show(self, made: CalendarPassword, clear: str) -> dict[str, Any]:
        assert self.actor.person is not None
        return dict(
            FreshCalendarPasswordSerializer(
                {
                    "id": made.id,
                    "label": made.label,
                    "created_at": made.created_at,
                    "last_used_at": made.last_used_at,
                    "password": clear,
                    "user_name": self.actor.person.email,
                    "server_url": f"{settings.VCONF_PUBLIC_URL}/dav/",
                }
            ).data
        )


class OneCalendarPassword(Door):
    @operation(
        "calendar_passwords_revoke",
        "Revoke a password of a calendar client",
        tag="calendars",
        answer=None,
        status=204,
        changes=True,
        refusals=("not_found",),
        description="At once: the client that has it is asked for another.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        revoke_calendar_password(id, actor=self.actor)
        return Response(status=204)
