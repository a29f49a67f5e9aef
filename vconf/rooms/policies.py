# SPDX-License-Identifier: EUPL-1.2
"""What a room class decides: the settings there are, and what they are for one class.

A class keeps only what differs: `RoomClass.settings` maps a name to `{"value": ..., "enforced": true|false}`. A
default is where a booking starts from, what is enforced may not be changed for one booking. Bookings have no settings
of their own yet, so both hold for every booking alike; nothing may loosen either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vconf.errors import Invalid
from vconf.rooms.models import RoomClass

Plain = bool | int | str

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: as many dates as a series can have: no limit to how many may be refused
ANY_NUMBER = 5000
#: entries of a list among the settings
MOST_ENTRIES = 400


def _is_hour(text: str) -> bool:
    return not text or re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) is not None


def _listed(is_entry: Callable[[str], bool], *, at_least: int = 0) -> Callable[[str], bool]:
    def accepts(text: str) -> bool:
        entries = entries_of(text)
        return at_least <= len(entries) <= MOST_ENTRIES and all(is_entry(one) for one in entries)

    return accepts


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def entries_of(text: str) -> list[str]:
    """The entries of a list that is kept as text: `2027-05-03, 2027-12-24`."""
    return [entry.strip() for entry in text.split(",") if entry.strip()]


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a room class decides. `sentence` says it to authority admins; numbers lie within the bounds.

    `is_right` looks at a text. `longest`: a sentence of at most so many characters on one line, kept as it is.
    `names_people`: mail addresses, which the audit does not keep.
    """

    name: str
    type: type[bool] | type[int] | type[str]
    default: Plain
    sentence: str | Promise
    at_least: int = 0
    at_most: int = 0
    choices: tuple[str, ...] = ()
    is_right: Callable[[str], bool] | None = None
    longest: int = 0
    names_people: bool = False

    def accepts(self, value: object) -> bool:
        if type(value) is not self.type:  # a bool is an int to isinstance
            return False
        if isinstance(value, int) and not isinstance(value, bool):
            return self.at_least <= value <= self.at_most
        if self.is_right is not None:
            return isinstance(value, str) and self.is_right(value)
        if self.longest:
            return isinstance(value, str) and len(value) <= self.longest and value.isprintable()
        return not self.choices or value in self.choices


def _number(name: str, default: int, at_least: int, at_most: int, sentence: Promise | str) -> Setting:
    return Setting(name, int, default, sentence, at_least=at_least, at_most=at_most)


def _text(
    name: str,
    default: str,
    is_right: Callable[[str], bool],
    sentence: Promise | str,
    names_people: bool = False,
) -> Setting:
    return Setting(name, str, default, sentence, is_right=is_right, names_people=names_people)


def _prose(name: str, longest: int, sentence: Promise | str) -> Setting:
    return Setting(name, str, "", sentence, longest=longest)


def _choice(name: str, sentence: Promise | str, *choices: str) -> Setting:
    """The first is the default."""
    return Setting(name, str, choices[0], sentence, choices=choices)


def _yes_or_no(name: str, default: bool, sentence: Promise | str) -> Setting:
    return Setting(name, bool, default, sentence)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        _number("open_minutes_before", 15, 0, 240, _("Minutes before the start from which people can join.")),
        _choice(
            "opening",
            _("When the meeting is opened on the server: when the first person joins, or by the clock."),
            "join",
            "clock",
        ),
        _number("default_seats", 10, 1, 100_000, _("Seats if neither a number nor people are named.")),
        _number("buffer_before_minutes", 0, 0, 240, _("Minutes the room stays free before a meeting.")),
        _number("buffer_after_minutes", 0, 0, 240, _("Minutes the room stays free after a meeting.")),
        _number("max_length_minutes", 1440, 5, 1440, _("The longest meeting in minutes.")),
        _number("notice_minutes", 0, 0, 525_600, _("Minutes ahead that a meeting must be booked.")),
        _yes_or_no("ask_pin", False, _("Guests enter the PIN on the join page.")),
        _yes_or_no("lobby", False, _("Guests wait in the lobby until a moderator is there.")),
        _yes_or_no("recording", False, _("Moderators may record the meeting.")),
        _prose(
            "recording_consent",
            500,
            _(
                "What people agree to before they join a meeting that may be recorded; empty: a general sentence."
            ),
        ),
        _yes_or_no("muted_on_start", True, _("Microphones are off when people join.")),
        _yes_or_no("cameras_off", False, _("Only moderators may turn a camera on.")),
        _yes_or_no("mail_outside", True, _("Mails with the link go to addresses outside, too.")),
        _number("overrun_minutes", 60, 0, 480, _("Minutes a meeting may run on if the room stays free.")),
        _number("horizon_days", 0, 0, 3660, _("Days ahead that can be booked; 0: as far as everywhere.")),
        _text("bookable_from", "", _is_hour, _("Meetings begin at this time of day (HH:MM) or later.")),
        _text("bookable_until", "", _is_hour, _("Meetings end at this time of day (HH:MM) or earlier.")),
        _text(
            "bookable_days",
            ",".join(WEEK),
            _listed(WEEK.__contains__, at_least=1),
            _("Days of the week that can be booked: MO,TU,WE,TH,FR,SA,SU."),
        ),
        _text("closed_days", "", _listed(_is_day), _("Days that cannot be booked: 2027-12-24,2027-12-31.")),
        _yes_or_no("closed_on_holidays", False, _("Public holidays cannot be booked.")),
        _choice(
            "who_may_book",
            _("Who may book: all who see the room, people or admins of its authority, or people named."),
            "visible",
            "authority",
            "admins",
            "named",
        ),
        _text(
            "bookers",
            "",
            _listed(_is_address),
            _("Mail addresses of the people who may book, if only people named may."),
            names_people=True,
        ),
        _yes_or_no("series_allowed", True, _("Series can be booked.")),
        _yes_or_no("partial_allowed", True, _("A series may be booked although some dates cannot be had.")),
        _yes_or_no(
            "partial_unasked",
            False,
            _("Calendar programs and mails, which cannot ask for it, book a series without such dates."),
        ),
        _number("partial_share_percent", 0, 0, 100, _("Percent of the dates of a series that must fit.")),
        _number(
            "partial_most_refused",
            ANY_NUMBER,
            0,
            ANY_NUMBER,
            _("Dates of a series that may be refused at most."),
        ),
        _choice(
            "approval",
            _("Whether bookings wait for approval: never, always, or those of other authorities."),
            "never",
            "always",
            "foreign",
        ),
        _number(
            "approval_over_seats", 0, 0, 100_000, _("Bookings of more seats wait for approval; 0: none do.")
        ),
        _number("approval_hours", 72, 1, 8760, _("Hours after which an undecided request lapses.")),
    )
}

#: settings whose values the audit does not keep
NAMING_PEOPLE = frozenset(name for name, setting in SETTINGS.items() if setting.names_people)


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
    recording_consent: str = ""
    muted_on_start: bool = True
    cameras_off: bool = False
    mail_outside: bool = True
    overrun_minutes: int = 60
    horizon_days: int = 0
    bookable_from: str = ""
    bookable_until: str = ""
    bookable_days: str = ",".join(WEEK)
    closed_days: str = ""
    closed_on_holidays: bool = False
    who_may_book: str = "visible"
    bookers: str = ""
    series_allowed: bool = True
    partial_allowed: bool = True
    partial_unasked: bool = False
    partial_share_percent: int = 0
    partial_most_refused: int = ANY_NUMBER
    approval: str = "never"
    approval_over_seats: int = 0
    approval_hours: int = 72
    #: names of settings that a booking may not change
    enforced: frozenset[str] = field(default=frozenset())

    @property
    def asks_approval(self) -> bool:
        """Whether any booking has to wait for approval."""
        return self.approval != "never" or self.approval_over_seats > 0


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

    Each is `{"value": ..., "enforced": ...}`, or the bare value, which then is a default. Lists may come as lists of
    texts; they are kept as one text.
    """
    wrong: dict[str, list[str | Promise]] = {}
    checked: dict[str, dict[str, Plain]] = {}
    for name, given in settings.items():
        setting = SETTINGS.get(name)
        stored = given if isinstance(given, Mapping) else {"value": given}
        value, enforced = stored.get("value"), stored.get("enforced", False)
        if setting is not None and setting.is_right is not None and isinstance(value, str | list):
            value = _as_text(value, lower=setting.names_people)
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
    if not wrong and not _is_window(checked):
        wrong["settings.bookable_until"] = [_("The end must be after the start.")]
    if wrong:
        raise Invalid(fields=wrong)
    return checked


def _as_text(value: str | list[object], *, lower: bool) -> object:
    """A list of texts as the one text that is kept; anything else as it is, to be refused."""
    if isinstance(value, list):
        if not all(isinstance(entry, str) for entry in value):
            return value
        value = ",".join(str(entry) for entry in value)
    text = ",".join(entries_of(value))
    return text.lower() if lower else text


def _is_window(checked: Mapping[str, Mapping[str, Plain]]) -> bool:
    begins, ends = (checked.get(name, {}).get("value") for name in ("bookable_from", "bookable_until"))
    if not begins or not ends:
        return True
    return time.fromisoformat(str(begins)) < time.fromisoformat(str(ends))
