# SPDX-License-Identifier: EUPL-1.2
"""VTIMEZONE, read back by dateutil and compared with the zone database hour by hour."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from vconf.integrations.ical.timezones import vtimezone

BY_RULE = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)
BY_LIST = ("Africa/Casablanca", "Asia/Jerusalem", "America/Santiago")
UNCHANGING = ("Asia/Kolkata", "Asia/Tokyo", "Etc/GMT+5")


def text(zone: str, first_year: int, last_year: int) -> str:
    octets: bytes = vtimezone(zone, first_year, last_year).to_ical(sorted=False)
    return octets.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("zone", BY_RULE + BY_LIST + UNCHANGING)
def test_another_reader_derives_the_offsets_of_the_database(zone: str) -> None:
    read = tzical(StringIO(text(zone, 2026, 2028))).get(zone)
    database = ZoneInfo(zone)

    hour = datetime(2026, 1, 1)
    while hour < datetime(2029, 1, 1):
        # Doubled hours take the first pass; in skipped ones readers differ, and vconf writes none.
        expected = hour.replace(tzinfo=database)
        if expected.astimezone(UTC).astimezone(database).replace(tzinfo=None) == hour:
            assert hour.replace(tzinfo=read).utcoffset() == expected.utcoffset(), hour
        hour += timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-03-29T00:59:59+00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-10-25T00:59:59+00:00", "2026-10-25T01:00:00+00:00"),
        ("2031-03-30T00:59:59+00:00", "2031-03-30T01:00:00+00:00"),
    ],
)
def test_berlin_changes_at_the_right_second_also_beyond_the_years_asked_for(before: str, after: str) -> None:
    read = tzical(StringIO(text("Europe/Berlin", 2026, 2026))).get("Europe/Berlin")
    database = ZoneInfo("Europe/Berlin")

    for instant in (before, after):
        at = datetime.fromisoformat(instant)
        assert at.astimezone(read).utcoffset() == at.astimezone(database).utcoffset()
    assert (
        datetime.fromisoformat(before).astimezone(read).tzname()
        != datetime.fromisoformat(after).astimezone(read).tzname()
    )


@pytest.mark.parametrize("zone", BY_RULE)
def test_yearly_rules_are_written_as_rules_for_outlook_reads_no_lists(zone: str) -> None:
    written = text(zone, 2026, 2026)

    assert written.count("RRULE:FREQ=YEARLY") == 2
    assert "RDATE" not in written


def test_a_zone_without_changes_has_one_part() -> None:
    assert text("Asia/Kolkata", 2026, 2026) == (
        "BEGIN:VTIMEZONE\nTZID:Asia/Kolkata\nBEGIN:STANDARD\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nTZNAME:IST\n"
        "DTSTART:20250101T000000\nEND:STANDARD\nEND:VTIMEZONE\n"
    )


def test_dates_before_the_first_change_of_a_zone_have_an_offset() -> None:
    # Berlin had no summer time between 1950 and 1979.
    read = tzical(StringIO(text("Europe/Berlin", 1975, 1981))).get("Europe/Berlin")

    assert datetime(1976, 7, 1, 12, tzinfo=read).utcoffset() == timedelta(hours=1)
    assert datetime(1980, 7, 1, 12, tzinfo=read).utcoffset() == timedelta(hours=2)
