# SPDX-License-Identifier: EUPL-1.2
"""`/people`: looking up colleagues; for authority admins, accounts and roles in their subtree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.api.me import MembershipSerializer
from vconf.api.shapes import LANGUAGES, AuthorityRefSerializer
from vconf.authorities import services
from vconf.authorities.models import Person, Role
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import get_person, home_of, member_roles, search_people
from vconf.errors import Invalid
from vconf.rooms.selectors import is_room_address
from vconf.web.limits import PeopleSearches
from vconf.web.schema import header, operation
from vconf.web.serializers import (
    AddressField,
    BoundedListField,
    QuerySerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door


class ColleagueSerializer(StrictSerializer):
    """Somebody who can be invited."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    authority = AuthorityRefSerializer(allow_null=True)


class PersonSerializer(ColleagueSerializer):
    """An account, for those who administer it. Memberships outside the caller's subtree are left out."""

    language = serializers.ChoiceField(choices=LANGUAGES)
    is_active = serializers.BooleanField()
    memberships = MembershipSerializer(many=True)


class NewPersonSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200)
    email = AddressField()
    authority = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices, default=Role.STAFF.value)
    language = serializers.ChoiceField(choices=LANGUAGES, default="de")
    password = serializers.CharField(
        max_length=1024,
        trim_whitespace=False,
        required=False,
        help_text="without it nobody can sign in to it",
    )


class PersonChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200, required=False)
    email = AddressField(required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    is_active = serializers.BooleanField(required=False, help_text="false ends sessions and tokens at once")


class MembershipWishSerializer(StrictSerializer):
    authority = serializers.UUIDField()
    roles = BoundedListField(
        child=serializers.ChoiceField(choices=Role.choices), min_length=1, max_length=len(Role.choices)
    )
    is_home = serializers.BooleanField(default=False, help_text="charged unless told otherwise")


class MembershipsSerializer(StrictSerializer):
    memberships = BoundedListField(child=MembershipWishSerializer(), max_length=100)


class PeopleQuery(QuerySerializer):
    q = serializers.CharField(
        max_length=100, help_text="parts of a name or an address, three letters at least"
    )


def _colleague(person: Person) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "email": person.email, "authority": home_of(person)}


def _account(person: Person, actor: Actor) -> dict[str, Any]:
    shown = {
        **_colleague(person),
        "language": person.language,
        "is_active": person.is_active,
        "memberships": [
            {"authority": authority, "roles": sorted(roles)}
            for authority, roles in member_roles(person).items()
            if actor.administers(authority.id)
        ],
    }
    return dict(PersonSerializer(shown).data)


def _require_no_room(address: str) -> None:
    """Raise Invalid if a room has this address: what is sent to the room must not become a person's to see."""
    if is_room_address(address.lower()):
        raise Invalid.field("email", _("This address belongs to a room."))


class People(Door):
    def get_throttles(self) -> list[PeopleSearches]:  # type: ignore[override]  # list is invariant
        return [PeopleSearches()] if self.request.method == "GET" else []

    @operation(
        "people_search",
        "Look up colleagues, 20 at most",
        tag="people",
        query=PeopleQuery,
        answer=ColleagueSerializer,
        many=True,
        refusals=("forbidden",),
    )
    def get(self, request: Request) -> Response:
        query = queried(PeopleQuery, request)
        found = search_people(self.actor, query["q"])
        return Response(ColleagueSerializer([_colleague(person) for person in found], many=True).data)

    @operation(
        "people_create",
        "Open an account",
        tag="people",
        body=NewPersonSerializer,
        answer=PersonSerializer,
        status=201,
        headers=[header("Location", "the new account", status=[201])],
        refusals=("forbidden", "not_found"),
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewPersonSerializer, request)
        _require_no_room(wish["email"])
        person = services.create_person(authority_id=wish.pop("authority"), actor=self.actor, **wish)
        where = reverse("person", [person.id], request=request)
        return Response(_account(person, self.actor), status=201, headers={"Location": where})


class OnePerson(Door):
    @operation("people_show", "One account", tag="people", answer=PersonSerializer, refusals=("not_found",))
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_account(get_person(id, actor=self.actor), self.actor))

    @operation(
        "people_change",
        "Change an account",
        tag="people",
        body=PersonChangeSerializer,
        answer=PersonSerializer,
        refusals=("forbidden", "not_found"),
    )
    def patch(self, request: Request, id: UUID) -> Response:
        wish = checked(PersonChangeSerializer, request)
        get_person(id, actor=self.actor)
        if "email" in wish:
            _require_no_room(wish["email"])
        person = services.change_person(id, actor=self.actor, **wish)
        return Response(_account(person, self.actor))


class Memberships(Door):
    @operation(
        "people_set_memberships",
        "Set the roles a person has in the caller's subtree",
        tag="people",
        body=MembershipsSerializer,
        answer=PersonSerializer,
        refusals=("forbidden", "not_found"),
        description="Memberships outside the caller's subtree stay. One foreign authority, and nothing changes.",
    )
    def put(self, request: Request, id: UUID) -> Response:
        get_person(id, actor=self.actor)
        wish = checked(MembershipsSerializer, request)
        rows = [
            services.MembershipRequest(
                authority_id=one["authority"], role=role, is_home=one["is_home"] and position == 0
            )
            for one in wish["memberships"]
            for position, role in enumerate(one["roles"])
        ]
        person = services.set_memberships(id, rows, actor=self.actor)
        return Response(_account(person, self.actor))
