# SPDX-License-Identifier: EUPL-1.2
"""What a room class decides: the settings there are, and what they are for one class.

A class keeps only what differs: `RoomClass.settings` maps a name to `{"value": ..., "enforced": true|false}`. A
default may be tightened for one booking, what is enforced may not be changed at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vconf.errors import Invalid
from vconf.rooms.models import RoomClass

Plain = bool | int | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a room class decides. `sentence` says it to authority admins; numbers lie within the bounds."""

    name: str
    type: type[bool] | type[int] | type[str]
    default: Plain
    sentence: str | Promise
    at_least: int = 0
    at_most: int = 0
    choices: tuple[str, ...] = ()

    def accepts(self, value: object) -> bool:
        if type(value) is not self.type:  # a bool is an int to isinstance
            return False
        if isinstance(value, int) and not isinstance(value, bool):
            return self.at_least <= value <= self.at_most
        return not self.choices or value in self.choices


def _number(name: str, default: int, at_least: int, at_most: int, sentence: Promise | str) -> Setting:
    return Setting(name, int, default, sentence, at_least=at_least, at_most=at_most)


def _yes_or_no(name: str, default: bool, sentence: Promise | str) -> Setting:
    return Setting(name, bool, default, sentence)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        _number("open_minutes_before", 15, 0, 240, _("Minutes before the start from which people can join.")),
        Setting(
            "opening",
            str,
            "join",
            _("When the meeting is opened on the server: when the first person joins, or by the clock."),
            choices=("join", "clock"),
        ),
        _number("default_seats", 10, 1, 100_000, _("Seats if neither a number nor people are named.")),
        _number("buffer_before_minutes", 0, 0, 240, _("Minutes the room stays free before a meeting.")),
        _number("buffer_after_minutes", 0, 0, 240, _("Minutes the room stays free after a meeting.")),
        _number("max_length_minutes", 1440, 5, 1440, _("The longest meeting in minutes.")),
        _number("notice_minutes", 0, 0, 525_600, _("Minutes ahead that a meeting must be booked.")),
        _yes_or_no("ask_pin", False, _("Guests enter the PIN on the join page.")),
        _yes_or_no("lobby", False, _("Guests wait in the lobby until a moderator is there.")),
        _yes_or_no("recording", False, _("Moderators may record the meeting.")),
        _yes_or_no("muted_on_start", True, _("Microphones are off when people join.")),
        _yes_or_no("mail_outside", True, _("Mails with the link go to addresses outside, too.")),
        _number("overrun_minutes", 60, 0, 480, _("Minutes a meeting may run on if the room stays free.")),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of one room class. Defaults here and in SETTINGS are the same (a test says so)."""

    open_minutes_before: int = 15
    opening: str = "join"
    default_seats: int = 10
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    max_length_minutes: int = 1440
    notice_minutes: int = 0
    ask_pin: bool = False
    lobby: bool = False
    recording: bool = False
    muted_on_start: bool = True
    mail_outside: bool = True
    overrun_minutes: int = 60
    #: names of settings that a booking may not change
    enforced: frozenset[str] = field(default=frozenset())


def policy_of(room_class: RoomClass) -> Policy:
    """What a class decides. A stored value that no longer means anything (renamed, other bounds) is the default."""
    values: dict[str, Any] = {}
    enforced = set()
    for name, stored in room_class.settings.items():
        setting = SETTINGS.get(name)
        if setting is None or not isinstance(stored, dict) or not setting.accepts(stored.get("value")):
            continue
        values[name] = stored["value"]
        if stored.get("enforced") is True:
            enforced.add(name)
    return Policy(**values, enforced=frozenset(enforced))


def checked_settings(settings: Mapping[str, object]) -> dict[str, dict[str, Plain]]:
    """Settings as handed in by an admin, ready to be stored. Raises Invalid with one message per wrong setting.

    Each is `{"value": ..., "enforced": ...}`, or the bare value, which then is a default.
    """
    wrong: dict[str, list[str | Promise]] = {}
    checked: dict[str, dict[str, Plain]] = {}
    for name, given in settings.items():
        setting = SETTINGS.get(name)
        stored = given if isinstance(given, Mapping) else {"value": given}
        value, enforced = stored.get("value"), stored.get("enforced", False)
        if setting is None:
            wrong[f"settings.{name}"] = [_("There is no such setting.")]
        elif (
            not setting.accepts(value)
            or not isinstance(enforced, bool)
            or stored.keys() - {"value", "enforced"}
        ):
            wrong[f"settings.{name}"] = [_("This value is not allowed here.")]
        else:
            assert isinstance(value, bool | int | str)
            checked[name] = {"value": value, "enforced": enforced}
    if wrong:
        raise Invalid(fields=wrong)
    return checked
