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
