# SPDX-License-Identifier: EUPL-1.2
"""How operations are described in the OpenAPI schema: what they take, what they answer, how they refuse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from vconf.web.problems import PROBLEM_JSON, PROBLEMS, problem
from vconf.web.serializers import QuerySerializer, StrictSerializer

Shape: TypeAlias = type[serializers.Serializer[Any]]
View = TypeVar("View", bound=Callable[..., Any])

CODES = sorted(PROBLEMS)


class ClashSerializer(StrictSerializer):
    """A date that cannot be had."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    code = serializers.CharField()


class OfferedRoomSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField(allow_null=True)


class AlternativeSerializer(StrictSerializer):
    """A way out: what is absent stays as asked."""

    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    room = OfferedRoomSerializer(required=False)
    seats = serializers.IntegerField(required=False)


class ProblemSerializer(StrictSerializer):
    """Problem details (RFC 9457). `code` is stable; `title` and `detail` are in the language of the request."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.ChoiceField(choices=CODES)
    detail = serializers.CharField()
    limit = serializers.FloatField(required=False, help_text="what there is at most")
    in_use = serializers.FloatField(required=False, help_text="what is taken of it")
    asked = serializers.FloatField(required=False, help_text="what this request needs")
    unit = serializers.CharField(required=False, help_text="what is counted")
    conflicts = ClashSerializer(many=True, required=False)
    alternatives = AlternativeSerializer(many=True, required=False)
    # A member of the body, not the serializer's own `fields`: the metaclass takes declared fields out of the class.
    fields = serializers.DictField(  # type: ignore[assignment]  # see above
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="what is wrong with which field; `attendees.0.email` is a field inside a list",
    )


#: the refusals that any operation may answer, by what it takes
_OF_ALL = ("not_signed_in", "throttled", "unavailable")
_OF_BODY = ("invalid", "too_large", "unsupported_media_type")
_OF_CHANGE = ("csrf_failed",)


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    answer: Shape | None,
    status: int = 200,
    many: bool = False,
    body: Shape | None = None,
    query: type[QuerySerializer] | None = None,
    headers: Sequence[OpenApiParameter] = (),
    refusals: Collection[str] = (),
    examples: Sequence[OpenApiExample] = (),
    changes: bool | None = None,
    public: bool = False,
    description: str = "",
) -> Callable[[View], View]:
    """Describe one verb of one route.

    :param name: the operation's id; the names of generated clients' functions come from it
    :param refusals: codes of `PROBLEMS` besides those that follow from query, body and sign-in
    :param changes: whether a session needs its CSRF token; by default, whether there is a body
    """
    codes = {*refusals, *(() if public else _OF_ALL)}
    if query is not None:
        codes.add("invalid")
    if body is not None:
        codes.update(_OF_BODY)
    if body is not None if changes is None else changes:
        codes.update(_OF_CHANGE)
    shown = answer(many=True) if answer is not None and many else answer
    responses: dict[Any, Any] = {status: OpenApiResponse(shown, description=summary)}
    for code_status in sorted({PROBLEMS[code].status for code in codes}):
        named = sorted(code for code in codes if PROBLEMS[code].status == code_status)
        responses[code_status, PROBLEM_JSON] = OpenApiResponse(
            ProblemSerializer, description=", ".join(f"`{code}`" for code in named)
        )
    decorated: Callable[[View], View] = extend_schema(
        operation_id=name,
        summary=summary,
        description=description or f"{summary}.",  # else the docstring of the view would stand there
        tags=[tag],
        request=body,
        parameters=[*([query] if query else []), *headers],
        responses=responses,
        examples=list(examples),
        auth=[] if public else None,
    )
    return decorated


def header(name: str, description: str, *, status: Sequence[int] = ()) -> OpenApiParameter:
    """A header of the request or, with statuses, of the answers that have one of these."""
    return OpenApiParameter(
        name,
        str,
        OpenApiParameter.HEADER,
        description=description,
        required=False,
        response=list(status) or False,
    )


def refusal_example(code: str, **members: Any) -> OpenApiExample:
    """A problem as an example."""
    body = problem(code, **members)
    body["type"] = f"https://vconf.example/api/docs/problems#{code}"  # the same schema for every installation
    return OpenApiExample(
        code,
        value=body,
        response_only=True,
        status_codes=[str(body["status"])],
        media_type=PROBLEM_JSON,
    )
