# SPDX-License-Identifier: EUPL-1.2
"""`/authorities`: the tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.authorities import services
from vconf.authorities.models import Authority
from vconf.authorities.selectors import authorities_visible_to, get_authority, paths_of
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import StrictSerializer, checked, queried
from vconf.web.views import Door


class PathStepSerializer(StrictSerializer):
    id = serializers.UUIDField()
    short_name = serializers.CharField()


class AuthoritySerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    domain = serializers.CharField(help_text="mail domain of its people")
    parent = serializers.UUIDField(allow_null=True, source="parent_id")  # type: ignore[assignment]  # a member of the body, not the serializer above
    path = PathStepSerializer(many=True, help_text="from the root to itself")
    children_count = serializers.IntegerField()


class NewAuthoritySerializer(StrictSerializer):
    name = serializers.CharField(max_length=200)
    short_name = serializers.CharField(max_length=40)
    parent = serializers.UUIDField(help_text="the authority above")  # type: ignore[assignment]  # a member of the body, not the serializer above
    domain = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AuthorityChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200, required=False)
    short_name = serializers.CharField(max_length=40, required=False)
    domain = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AuthoritiesQuery(PageQuery):
    parent = serializers.UUIDField(required=False, help_text="only those below this one")  # type: ignore[assignment]  # a member of the body, not the serializer above
    q = serializers.CharField(required=False, max_length=100, help_text="part of a name")


def show_authorities(authorities: Sequence[Authority]) -> list[dict[str, Any]]:
    """Bodies of many: three queries, however many."""
    ids = [authority.id for authority in authorities]
    paths = paths_of(ids)
    below = Authority.objects.filter(parent_id__in=ids).order_by()
    counts = dict(below.values_list("parent_id").annotate(count=Count("id")))
    return [
        AuthoritySerializer(
            {
                "id": authority.id,
                "name": authority.name,
                "short_name": authority.short_name,
                "domain": authority.domain,
                "parent_id": authority.parent_id,
                "path": paths[authority.id],
                "children_count": counts.get(authority.id, 0),
            }
        ).data
        for authority in authorities
    ]


class Authorities(Door):
    @operation(
        "authorities_list",
        "The authorities the caller may see",
        tag="authorities",
        query=AuthoritiesQuery,
        answer=page_shape(AuthoritySerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(AuthoritiesQuery, request)
        rows = authorities_visible_to(self.actor).order_by("name", "id")
        if "parent" in query:
            rows = rows.filter(parent_id=query["parent"])
        if "q" in query:
            rows = rows.filter(Q(name__icontains=query["q"]) | Q(short_name__icontains=query["q"]))
        return Response(page_of(request, query, rows, show_authorities))

    @operation(
        "authorities_create",
        "Add an authority below one that the caller administers",
        tag="authorities",
        body=NewAuthoritySerializer,
        answer=AuthoritySerializer,
        status=201,
        headers=[header("Location", "the new authority", status=[201])],
        refusals=("forbidden", "not_found"),
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewAuthoritySerializer, request)
        authority = services.create_authority(
            name=wish["name"],
            short_name=wish["short_name"],
            parent_id=wish["parent"],
            domain=wish["domain"],
            actor=self.actor,
        )
        where = reverse("authority", [authority.id], request=request)
        return Response(show_authorities([authority])[0], status=201, headers={"Location": where})


class OneAuthority(Door):
    @operation(
        "authorities_show",
        "One authority",
        tag="authorities",
        answer=AuthoritySerializer,
        refusals=("not_found",),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(show_authorities([get_authority(id, actor=self.actor)])[0])

    @operation(
        "authorities_change",
        "Rename an authority",
        tag="authorities",
        body=AuthorityChangeSerializer,
        answer=AuthoritySerializer,
        refusals=("forbidden", "not_found"),
    )
    def patch(self, request: Request, id: UUID) -> Response:
        wish = checked(AuthorityChangeSerializer, request)
        authority = services.change_authority(id, actor=self.actor, **wish)
        return Response(show_authorities([authority])[0])
