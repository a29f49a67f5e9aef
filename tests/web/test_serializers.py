# SPDX-License-Identifier: EUPL-1.2
"""Times, lengths and zones as they come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import translation
from rest_framework import serializers

from vconf.web.serializers import (
    BoundedListField,
    InstantField,
    LengthField,
    MomentField,
    QuerySerializer,
    StrictSerializer,
    ZoneField,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2027-05-03T09:00", datetime(2027, 5, 3, 9)),
        ("2027-05-03T09:00:30", datetime(2027, 5, 3, 9, 0, 30)),
        ("2027-05-03T09:00:00.999", datetime(2027, 5, 3, 9)),
        ("2027-05-03T09:00Z", datetime(2027, 5, 3, 9, tzinfo=UTC)),
        ("2027-05-03T09:00:00+02:00", datetime(2027, 5, 3, 9, tzinfo=timezone(timedelta(hours=2)))),
        ("2027-05-03T09:00:00 02:00", datetime(2027, 5, 3, 9, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_moments(given: str, expected: datetime) -> None:
    assert MomentField().to_internal_value(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        "now",
        "2027-05-03",
        "2027-13-03T09:00",
        "2027-05-03T24:01",
        "1999-12-31T23:59",
        "2200-01-01T00:00",
        "2027-05-03T09:00+99:99",
        "２０２７-05-03T09:00x",
        None,
        5,
        True,
        [],
        {},
        b"2027-05-03T09:00",
    ],
)
def test_no_moments(given: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        MomentField().to_internal_value(given)


def test_instants_need_an_offset_and_are_kept_in_utc() -> None:
    assert InstantField().to_internal_value("2027-05-03T09:00+02:00") == datetime(2027, 5, 3, 7, tzinfo=UTC)
    with pytest.raises(serializers.ValidationError):
        InstantField().to_internal_value("2027-05-03T09:00")


@pytest.mark.parametrize(
    ("given", "minutes"),
    [("PT1H", 60), ("PT1H30M", 90), ("PT90M", 90), ("P1D", 1440), ("P1DT1M", 1441), (45, 45), ("45", 45)],
)
def test_lengths(given: Any, minutes: int) -> None:
    assert LengthField().to_internal_value(given) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "given",
    ["", "P", "PT", "PT0M", "PT-1H", "-PT1H", "1h", "PT1.5H", "٤٥", 0, -1, 10**9, 1.5, True, None, [], {}],
)
def test_no_lengths(given: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        LengthField().to_internal_value(given)


@pytest.mark.parametrize("given", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
def test_zones(given: str) -> None:
    assert ZoneField().to_internal_value(given) == given


@pytest.mark.parametrize(
    "given", ["europe/berlin", "CEST", "Factory", "localtime", "/etc/localtime", "../UTC", "UTC\0"]
)
def test_no_zones(given: str) -> None:
    with pytest.raises(serializers.ValidationError):
        ZoneField().run_validation(given)


class Inner(StrictSerializer):
    email = serializers.CharField()


class Outer(StrictSerializer):
    title = serializers.CharField()
    people = serializers.ListField(child=Inner(), required=False)
    id = serializers.CharField(read_only=True)


def test_unknown_and_read_only_fields_are_refused_beside_the_others_errors() -> None:
    shape = Outer(data={"people": [{"email": "a", "admin": True}], "id": 1, "owner": 2})

    assert not shape.is_valid()
    assert set(shape.errors) == {"title", "people", "id", "owner"}
    assert shape.errors["owner"][0].code == "unknown"
    assert set(shape.errors["people"][0]) == {"admin"}


def test_only_some_of_very_many_unknown_fields_are_named() -> None:
    shape = Outer(data={"title": "x", **{f"field{number}": 1 for number in range(1_000)}})

    assert not shape.is_valid()
    assert len(shape.errors) == 20


def test_a_list_that_is_too_long_is_refused_before_a_look_at_its_elements() -> None:
    class Untouched(serializers.IntegerField):
        def run_validation(self, data: Any = None) -> int:
            raise AssertionError("looked at")

    class Shape(StrictSerializer):
        numbers = BoundedListField(child=Untouched(), max_length=3)

    shape = Shape(data={"numbers": ["x"] * 4})

    with translation.override("de"):
        assert not shape.is_valid()
        assert [str(error) for error in shape.errors["numbers"]] == [
            "Die Liste darf höchstens 3 Einträge enthalten."
        ]


def test_a_list_of_the_largest_length_passes() -> None:
    class Shape(StrictSerializer):
        numbers = BoundedListField(child=serializers.IntegerField(), max_length=3)

    shape = Shape(data={"numbers": [1, 2, 3]})

    assert shape.is_valid()
    assert shape.validated_data == {"numbers": [1, 2, 3]}


def test_query_parameters_may_have_pythons_own_words_as_names() -> None:
    class Query(QuerySerializer):
        from_ = serializers.IntegerField()

    shape = Query(data={"from": "5"})

    assert shape.is_valid()
    assert shape.validated_data == {"from": 5}
