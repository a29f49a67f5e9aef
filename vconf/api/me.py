# SPDX-License-Identifier: EUPL-1.2
"""`/me`: who is asking, where they work and what they may do."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.shapes import LANGUAGES, AuthorityRefSerializer
from vconf.authorities.models import Person, Role
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import home_of, member_roles
from vconf.authorities.services import choose_language
from vconf.bookings.approval_inbox import count_approvals_waiting
from vconf.errors import NotSignedIn
from vconf.rooms.selectors import class_ids_decided_by
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class MembershipSerializer(StrictSerializer):
    authority = AuthorityRefSerializer()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class PermissionsSerializer(StrictSerializer):
    """What the pages offer; every operation checks again."""

    operate = serializers.BooleanField(help_text="servers, pools, all rooms")
    administer = serializers.BooleanField(help_text="an authority: its rooms, people, quotas")
    audit = serializers.BooleanField(help_text="audit and figures")
    approve = serializers.BooleanField(help_text="requests for rooms of some class, now")


class MeSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    authority = AuthorityRefSerializer(allow_null=True, help_text="the home: charged unless told otherwise")
    memberships = MembershipSerializer(many=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    permissions = PermissionsSerializer()
    approvals_waiting = serializers.IntegerField(help_text="requests that wait for the caller's decision")
    csrf_token = serializers.CharField(help_text="for the header X-CSRFToken of changes made with a session")


class MyChangeSerializer(StrictSerializer):
    language = serializers.ChoiceField(choices=LANGUAGES)


def describe_me(request: Request, actor: Actor) -> dict[str, Any]:
    """The body of `/me` and `/session`; also makes sure that the CSRF cookie is set."""
    person = actor.person
    if person is None:
        raise NotSignedIn
    prefetch_related_objects([person], "memberships__authority")
    return _body(person, actor, csrf_token=get_token(request._request))


def _body(person: Person, actor: Actor, *, csrf_token: str) -> dict[str, Any]:
    roles = member_roles(person)
    decides = bool(class_ids_decided_by(actor, now=timezone.now()))
    return dict(
        MeSerializer(
            {
                "id": person.id,
                "name": person.name,
                "email": person.email,
                "language": person.language,
                "authority": home_of(person),
                "memberships": [
                    {"authority": authority, "roles": sorted(held)} for authority, held in roles.items()
                ],
                "roles": sorted({role for held in roles.values() for role in held}),
                "permissions": {
                    "operate": actor.is_operator,
                    "administer": bool(actor.admin_ids),
                    "audit": actor.is_auditor,
                    "approve": decides,
                },
                "approvals_waiting": count_approvals_waiting(actor) if decides else 0,
                "csrf_token": csrf_token,
            }
        ).data
    )


class Me(Door):
    @operation("me_show", "Who am I, and what may I do?", tag="me", answer=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(describe_me(request, self.actor))

    @operation("me_change", "Choose my language", tag="me", body=MyChangeSerializer, answer=MeSerializer)
    def patch(self, request: Request) -> Response:
        wish = checked(MyChangeSerializer, request)
        person = choose_language(wish["language"], actor=self.actor)
        return Response(describe_me(request, Actor.load(person)))
