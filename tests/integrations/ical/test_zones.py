# SPDX-License-Identifier: EUPL-1.2
"""Zones as programs name and define them, and the IANA zone that is meant."""

from itertools import chain
from zoneinfo import available_timezones

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tests.integrations.ical.texts import vcalendar, vevent
from vconf.integrations.ical.components import read_calendar
from vconf.integrations.ical.limits import Limits
from vconf.integrations.ical.parse import InvalidCalendar, definitions_of, read_object
from vconf.integrations.ical.timezones import vtimezone
from vconf.integrations.ical.zones import iana_zone


def renamed(zone: str, year: int, tzid: str = "Somewhere") -> str:
    """The definition of a zone under a name that says nothing."""
    octets: bytes = vtimezone(zone, year, year).to_ical(sorted=False)
    return octets.decode().replace(f"TZID:{zone}", f"TZID:{tzid}").strip()


def meant(tzid: str, *definitions: str, year: int = 2026) -> str | None:
    calendar = read_calendar(vcalendar(*definitions), Limits())
    return iana_zone(tzid, definitions_of(calendar), year)


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("America/Indiana/Knox", "America/Indiana/Knox"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Indiana/Knox", "America/Indiana/Knox"),
        ("/mozilla.org/20070129_1/Europe/Berlin", "Europe/Berlin"),
        ("/softwarestudio.org/Olson_20011030_5/Europe/London", "Europe/London"),
        ("/usr/share/zoneinfo/Europe/Paris", "Europe/Paris"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Romance Standard Time", "Europe/Paris"),
        ("GMT Standard Time", "Europe/London"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Amsterdam"),
        ("(GMT-05:00) Eastern Time, New York", "America/New_York"),
        ("UTC", "UTC"),
        ("GMT", "UTC"),
        ("Etc/UTC", "UTC"),
        ("(UTC+05:00) Berlin", None),  # not the Berlin we know
        ("Mitteleuropa", None),
        ("", None),
        ("localtime", None),
        ("../../etc/passwd", None),
        ("x" * 100_000, None),
        ("/" * 100_000, None),
    ],
)
def test_names(tzid: str, zone: str | None) -> None:
    assert meant(tzid) == zone


@pytest.mark.parametrize("name", sorted(WINDOWS_TO_OLSON))
def test_every_windows_zone_is_known(name: str) -> None:
    assert meant(name) in available_timezones()


@pytest.mark.parametrize(
    ("zone", "like"),
    [
        ("Europe/Berlin", "Europe/Berlin"),  # the installation's own comes first
        ("Europe/Vienna", "Europe/Berlin"),  # the same rules
        ("Europe/London", "Europe/London"),
        ("America/New_York", "America/New_York"),
        ("Australia/Sydney", "Australia/Sydney"),
        ("Australia/Lord_Howe", "Australia/Lord_Howe"),
        ("Asia/Kolkata", "Asia/Calcutta"),
        ("Asia/Tokyo", "Etc/GMT-9"),  # never changes: as good as any other with this offset
        ("Etc/UTC", "UTC"),
        ("Africa/Casablanca", "Africa/Casablanca"),
        ("Asia/Jerusalem", "Asia/Jerusalem"),
    ],
)
@pytest.mark.parametrize("year", [2026, 2031])
def test_a_name_that_says_nothing_makes_the_rules_count(zone: str, like: str, year: int) -> None:
    assert meant("Somewhere", renamed(zone, year), year=year) == like


def part(name: str, *lines: str) -> list[str]:
    return [f"BEGIN:{name}", *lines, f"END:{name}"]


def definition(*parts: list[str], tzid: str = "Somewhere") -> str:
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{tzid}", *chain(*parts), "END:VTIMEZONE"])


BERLIN_SINCE_1601 = definition(
    part("STANDARD", "DTSTART:16010101T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
         "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
    part("DAYLIGHT", "DTSTART:16010101T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
         "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
)  # fmt: skip
BERLIN_WITH_A_PAST = definition(
    part("DAYLIGHT", "DTSTART:19800406T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
         "RDATE:19810329T020000,19820328T020000"),
    part("DAYLIGHT", "DTSTART:19830327T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=19950326T010000Z",
         "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
    part("STANDARD", "DTSTART:19830925T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=9;UNTIL=19950924T010000Z",
         "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
    part("DAYLIGHT", "DTSTART:19960331T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
         "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
    part("STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
         "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
)  # fmt: skip
BERLIN_UNTIL_2027 = definition(
    part("STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20271031T010000Z",
         "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
    part("DAYLIGHT", "DTSTART:19810329T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20270328T010000Z",
         "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
)  # fmt: skip
BERLIN_BY_DATES = definition(
    part("DAYLIGHT", "DTSTART:20250330T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
         "RDATE:20260329T020000", "RDATE:20270328T020000"),
    part("STANDARD", "DTSTART:20241027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
         "RDATE:20251026T030000,20261025T030000,20271031T030000"),
)  # fmt: skip


@pytest.mark.parametrize("text", [BERLIN_SINCE_1601, BERLIN_WITH_A_PAST, BERLIN_UNTIL_2027, BERLIN_BY_DATES])
def test_berlin_as_it_is_defined_elsewhere(text: str) -> None:
    assert meant("Somewhere", text) == "Europe/Berlin"


def test_a_definition_may_say_where_it_is() -> None:
    named = BERLIN_SINCE_1601.replace("TZID:Somewhere", "TZID:Somewhere\r\nX-LIC-LOCATION:Europe/Vienna")

    assert meant("Somewhere", named) == "Europe/Vienna"


@pytest.mark.parametrize(
    "text",
    [
        definition(),
        definition(part("STANDARD", "DTSTART:20250101T000000", "TZOFFSETFROM:+0137", "TZOFFSETTO:+0137")),
        definition(part("STANDARD", "DTSTART:20250101T000000", "TZOFFSETFROM:+9999", "TZOFFSETTO:+0100")),
        definition(part("STANDARD", "DTSTART:tomorrow", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100")),
        BERLIN_SINCE_1601.replace("FREQ=YEARLY", "FREQ=SECONDLY"),
        BERLIN_SINCE_1601.replace("FREQ=YEARLY", "FREQ=DAILY"),
        BERLIN_SINCE_1601.replace("BYMONTH=10", "BYMONTH=9"),
        BERLIN_SINCE_1601.replace("T030000", "T040000"),
    ],
)
def test_rules_that_are_no_zones_are_refused(text: str) -> None:
    event = vevent(times=("DTSTART;TZID=Somewhere:20261201T100000", "DURATION:PT1H"))

    assert meant("Somewhere", text) is None
    with pytest.raises(InvalidCalendar) as refused:
        read_object(vcalendar(text, event))
    assert refused.value.precondition == "valid-calendar-data"
