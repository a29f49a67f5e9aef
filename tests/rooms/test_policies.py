# SPDX-License-Identifier: EUPL-1.2
"""What room classes decide."""

from __future__ import annotations

from dataclasses import fields

import pytest

from vconf.errors import Invalid
from vconf.rooms.models import RoomClass
from vconf.rooms.policies import SETTINGS, Policy, checked_settings, policy_of


def test_the_registry_and_the_policy_name_the_same_settings_and_defaults() -> None:
    policy = Policy()

    assert {one.name for one in fields(Policy)} - {"enforced"} == set(SETTINGS)
    for name, setting in SETTINGS.items():
        assert setting.default == getattr(policy, name)
        assert setting.accepts(setting.default)
        assert str(setting.sentence)


def test_a_class_without_settings_has_the_defaults() -> None:
    assert policy_of(RoomClass()) == Policy()


def test_a_class_changes_defaults_and_enforces() -> None:
    room_class = RoomClass(
        settings={
            "lobby": {"value": True, "enforced": True},
            "overrun_minutes": {"value": 0, "enforced": False},
        }
    )

    assert policy_of(room_class) == Policy(lobby=True, overrun_minutes=0, enforced=frozenset({"lobby"}))


@pytest.mark.parametrize(
    "stored",
    [
        {"gone": {"value": 1, "enforced": True}},
        {"lobby": {"value": "yes", "enforced": True}},
        {"lobby": {"enforced": True}},
        {"lobby": True},
        {"buffer_after_minutes": {"value": True}},
        {"buffer_after_minutes": {"value": 99_999}},
        {"opening": {"value": "never"}},
    ],
)
def test_stored_values_that_mean_nothing_are_the_default(stored: dict[str, object]) -> None:
    assert policy_of(RoomClass(settings=stored)) == Policy()


def test_settings_from_an_admin_are_stored_in_one_form() -> None:
    assert checked_settings({"lobby": True, "opening": {"value": "clock", "enforced": True}}) == {
        "lobby": {"value": True, "enforced": False},
        "opening": {"value": "clock", "enforced": True},
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"gone": True},
        {"lobby": 1},
        {"lobby": None},
        {"lobby": {"value": True, "enforced": "yes"}},
        {"lobby": {"value": True, "owner": "me"}},
        {"notice_minutes": -1},
        {"notice_minutes": 1.5},
        {"max_length_minutes": 1441},
        {"opening": "never"},
        {"opening": ["join"]},
    ],
)
def test_wrong_settings_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        checked_settings({"recording": False, **settings})

    assert list(refused.value.fields) == [f"settings.{name}" for name in settings]


def test_lists_are_kept_as_one_text_and_hours_and_days_are_checked() -> None:
    stored = checked_settings(
        {
            "closed_days": ["2027-12-24", "2027-12-31"],
            "bookable_days": " MO, TU ",
            "bookable_from": "08:00",
            "bookable_until": {"value": "18:30", "enforced": True},
            "bookers": ["Anna@IM.mv.example"],
        }
    )

    assert {name: one["value"] for name, one in stored.items()} == {
        "closed_days": "2027-12-24,2027-12-31",
        "bookable_days": "MO,TU",
        "bookable_from": "08:00",
        "bookable_until": "18:30",
        "bookers": "anna@im.mv.example",
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"closed_days": "24.12.2027"},
        {"closed_days": "2027-02-30"},
        {"closed_days": [20271224]},
        {"closed_days": "2027-12-24," * 401},
        {"bookable_days": "MO,XX"},
        {"bookable_days": ""},
        {"bookable_from": "8:00"},
        {"bookable_from": "24:00"},
        {"bookable_until": 18},
        {"bookers": "anna"},
        {"who_may_book": "nobody"},
        {"approval_hours": 0},
        {"partial_share_percent": 101},
    ],
)
def test_wrong_texts_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        checked_settings(settings)

    assert list(refused.value.fields) == [f"settings.{name}" for name in settings]


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        checked_settings({"bookable_from": "18:00", "bookable_until": "08:00"})

    assert list(refused.value.fields) == ["settings.bookable_until"]
