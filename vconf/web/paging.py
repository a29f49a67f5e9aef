# SPDX-License-Identifier: EUPL-1.2
"""Lists come in pages: `{count, next, previous, results}` by `?page=&page_size=`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from vconf.web.serializers import QuerySerializer, StrictSerializer

PAGE_SIZE = 50
PAGE_SIZE_MOST = 200

Row = TypeVar("Row")


class PageQuery(QuerySerializer):
    """The base of the query of every list."""

    page = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1, help_text="from 1")
    page_size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_MOST, default=PAGE_SIZE)


def page_of(
    request: Request,
    query: Mapping[str, Any],
    rows: QuerySet[Any, Row] | Sequence[Row],
    show: Callable[[Sequence[Row]], Iterable[Any]],
) -> dict[str, Any]:
    """One page of `rows`, shown by `show`, which gets the page's rows at once. Behind the last page: no results."""
    number, size = query["page"], query["page_size"]
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    first = (number - 1) * size
    page = list(rows[first : first + size]) if first < count else []
    url = request.build_absolute_uri()
    return {
        "count": count,
        "next": replace_query_param(url, "page", str(number + 1)) if first + size < count else None,
        "previous": replace_query_param(url, "page", str(number - 1)) if number > 1 else None,
        "results": list(show(page)),
    }


@cache
def page_shape(serializer: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of a page of these, for the schema."""
    name = serializer.__name__.removesuffix("Serializer")
    return type(
        f"{name}PageSerializer",
        (StrictSerializer,),
        {
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
            "__doc__": None,
        },
    )
