# SPDX-License-Identifier: EUPL-1.2
"""Bodies and queries are taken strictly: fields that are not listed are refused (R1.4), values are bounded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

#: so many fields at fault are named, no more
_NAMED = 20
_UNKNOWN = _("This field is unknown or not yours to set.")
#: the largest number of people or meetings anybody may name
MOST = 1_000_000


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses what it does not list. Also the base of the shapes of answers, which list every field as well."""

    @classmethod
    def told(cls, value: Any) -> dict[str, Any]:
        """An answer of this shape."""
        return dict(_shape(cls).to_representation(value))

    def to_internal_value(self, data: Any) -> Any:
        unknown: dict[str, list[Any]] = {}
        if isinstance(data, Mapping):
            allowed = {name for name, field in self.fields.items() if not field.read_only}
            names = sorted(str(name) for name in data if name not in allowed)
            unknown = {name: [str(_UNKNOWN)] for name in names[:_NAMED]}
        try:
            valid = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unknown}, code="unknown") from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown, code="unknown")
        return valid


@cache
def _shape(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """A serializer for what keeps nothing in it: the framework copies all fields for every new one, which costs more
    than the answer.
    """
    return serializer()


class BoundedListField(serializers.ListField):
    """A list that is refused for its length before a look at what is in it: tens of thousands of wrong elements
    would otherwise cost seconds, and be answered one by one.
    """

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class QuerySerializer(StrictSerializer):
    """The query string of a list. `from_` is declared for `from`, which Python keeps to itself."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


def checked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body, validated. Raises ValidationError."""
    try:
        right: dict[str, Any] = _shape(serializer).run_validation(request.data)
        return right
    except ValidationError:
        pass  # the whole of what is wrong is told by a serializer of its own
    shape = serializer(data=request.data, context={"request": request})
    shape.is_valid(raise_exception=True)
    valid: dict[str, Any] = shape.validated_data
    return valid


def queried(serializer: type[QuerySerializer], request: Request) -> dict[str, Any]:
    """The query string, validated; an empty value counts as not given. Raises ValidationError."""
    given = {name: value for name, value in request.query_params.items() if value != ""}
    shape = serializer(data=given, context={"request": request})
    shape.is_valid(raise_exception=True)
    valid: dict[str, Any] = shape.validated_data
    return valid


_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T)([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]{1,9})?"
    r"(Z|[-+ ][0-9]{2}:?[0-9]{2})?"
)


@extend_schema_field(
    {
        "type": "string",
        "format": "date-time",
        "description": "ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.",
    }
)
class MomentField(serializers.Field[datetime, Any, Any, Any]):
    """A time as `2027-05-03T09:00`, with or without offset; whole seconds, years 2000 to 2199.

    `aware=True` refuses a time without offset.
    """

    default_error_messages = {
        "invalid": _("Please give a time such as 2027-05-03T09:00 or 2027-05-03T09:00:00+02:00."),
        "year": _("The year must lie between 2000 and 2199."),
        "offset": _("Please give the offset as well, such as 2027-05-03T09:00:00+02:00."),
    }

    def __init__(self, *, aware: bool = False, **options: Any) -> None:
        self.aware = aware
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> datetime:
        found = _MOMENT.fullmatch(data) if isinstance(data, str) else None
        try:
            # the "+" of an offset in a query string is often sent as it is, and arrives as a space
            moment = parse_datetime("".join(found.groups("")).replace(" ", "+")) if found else None
        except ValueError:
            moment = None
        if moment is None:
            self.fail("invalid")
        if not 2000 <= moment.year <= 2199:
            self.fail("year")
        if self.aware and moment.tzinfo is None:
            self.fail("offset")
        return moment

    def to_representation(self, value: datetime) -> str:
        return value.isoformat().replace("+00:00", "Z")


class InstantField(MomentField):
    """A time with its offset; UTC inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(aware=True, **options)

    def to_internal_value(self, data: Any) -> datetime:
        return super().to_internal_value(data).astimezone(UTC)


_ISO_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,3})D)?(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?)?"
)


@extend_schema_field(
    {
        "oneOf": [{"type": "string", "pattern": r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$"}, {"type": "integer"}],
        "description": "ISO 8601 (`PT1H30M`) or minutes.",
    }
)
class LengthField(serializers.Field[timedelta, Any, Any, Any]):
    """How long: ISO 8601 (`PT1H30M`) or whole minutes."""

    default_error_messages = {
        "invalid": _("Please give a length such as PT1H30M, or minutes."),
        "positive": _("The length must be more than nothing."),
    }

    def to_internal_value(self, data: Any) -> timedelta:
        if isinstance(data, bool) or not isinstance(data, (int, str)):
            self.fail("invalid")
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 6:
            data = int(data)
        if isinstance(data, int):
            if not -MOST < data < MOST:
                self.fail("invalid")
            length = timedelta(minutes=data)
        else:
            found = _ISO_DURATION.fullmatch(data)
            if found is None or not any(found.groups()):
                self.fail("invalid")
            length = timedelta(**{unit: int(number) for unit, number in found.groupdict("0").items()})
        if length <= timedelta(0):
            self.fail("positive")
        return length

    def to_representation(self, value: timedelta) -> int:
        return int(value.total_seconds() // 60)


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@extend_schema_field({"type": "string", "example": "08:00", "description": "wall time, hours and minutes"})
class ClockField(serializers.Field[time, Any, Any, Any]):
    """A time of day such as `08:00`."""

    default_error_messages = {"invalid": _("Please give a time of day such as 08:00.")}

    def to_internal_value(self, data: Any) -> time:
        found = _CLOCK.fullmatch(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        return time(int(found[1]), int(found[2]))

    def to_representation(self, value: time) -> str:
        return value.strftime("%H:%M")


@cache
def zones() -> frozenset[str]:
    """The IANA names that are accepted."""
    return frozenset(name for name in available_timezones() if name not in ("localtime", "Factory"))


@extend_schema_field({"type": "string", "example": "Europe/Berlin", "description": "IANA name"})
class ZoneField(serializers.CharField):
    """An IANA time zone name."""

    default_error_messages = {
        "zone": _("There is no such time zone. Please give a name such as Europe/Berlin.")
    }

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in zones():
            self.fail("zone")
        return name


@extend_schema_field(OpenApiTypes.EMAIL)
class AddressField(serializers.EmailField):
    """A mail address, kept in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class NamedSerializer(StrictSerializer):
    """Something that is mentioned: its id and what it is called."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class OverCommittedShape(StrictSerializer):
    """More was promised than a limit set later allows: it stays, new bookings are refused. Doors add `what`."""

    until = serializers.DateTimeField(source="ends_at")
    limit = serializers.FloatField()
    in_use = serializers.FloatField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateTimeField(source="starts_at"), **super().get_fields()}
