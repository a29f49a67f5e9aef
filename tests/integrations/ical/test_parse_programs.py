# SPDX-License-Identifier: EUPL-1.2
"""What calendar programs write, as they write it (the texts stand in `programs.py`), and what is understood of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integrations.ical import programs
from vconf.integrations.ical.parse import CalendarObject, ParsedEvent, ParsedParty, read_message, read_object

WEEKLY_AT_TEN = datetime.fromisoformat("2026-12-01T10:00")


def read(text: str) -> CalendarObject:
    octets = programs.octets(text)
    return read_message(octets) if "METHOD:" in text else read_object(octets)


def only_event(text: str) -> ParsedEvent:
    found = read(text)
    assert found.master is not None and not found.overrides
    return found.master


@pytest.mark.parametrize("text", programs.ALL)
def test_all_of_them_meet_at_ten_in_berlin_for_an_hour(text: str) -> None:
    master = read(text).master

    assert master is not None
    assert master.starts_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert master.duration == timedelta(hours=1)
    assert not master.is_all_day and not master.is_floating and not master.transparent
    assert master.organiser is not None and master.organiser.address == "anna@im.mv.example"
    assert "grosser-saal@raum.mv.example" in [one.address for one in master.attendees]


@pytest.mark.parametrize("text", programs.ALL)
def test_lines_that_end_in_lf_alone_are_the_same_text(text: str) -> None:
    reader = read_message if "METHOD:" in text else read_object

    assert reader(text.encode()) == reader(programs.octets(text))


def test_thunderbird() -> None:
    found = read(programs.THUNDERBIRD)

    assert found.uid == "3b6f0c1e-6c3d-4a83-9d55-0b1d3b1f9a01"
    assert found.method == ""
    assert found.sequence == 2
    assert found.master == ParsedEvent(
        recurrence_id=None,
        recurrence_zone="Europe/Berlin",
        starts_local=WEEKLY_AT_TEN,
        timezone="Europe/Berlin",
        duration=timedelta(hours=1),
        rrule="FREQ=WEEKLY;UNTIL=20261222T090000Z",
        exdate=(datetime.fromisoformat("2026-12-08T10:00"),),
        summary="Lagebesprechung, wöchentlich",
        description="Tagesordnung folgt.",
        location="Schloss, Zimmer 12",
        sequence=1,
        stamp=datetime(2026, 11, 2, 8, 1, 30, tzinfo=UTC),
        organiser=ParsedParty(
            address="anna@im.mv.example",
            uri="mailto:anna@im.mv.example",
            name="Anna Amsel",
            role="CHAIR",
            partstat="ACCEPTED",
        ),
        attendees=(
            ParsedParty(
                address="bernd@im.mv.example", uri="mailto:bernd@im.mv.example", name="Bernd Buche", rsvp=True
            ),
            # typed as an address, so not told to be a room
            ParsedParty(
                address="grosser-saal@raum.mv.example", uri="mailto:grosser-saal@raum.mv.example", rsvp=True
            ),
        ),
    )
    (moved,) = found.overrides
    assert moved.recurrence_id == datetime.fromisoformat("2026-12-15T10:00")
    assert (moved.starts_local, moved.duration) == (
        datetime.fromisoformat("2026-12-15T14:00"),
        timedelta(minutes=90),
    )
    assert [one.partstat for one in moved.attendees] == ["DECLINED"]
    assert found.dressing.as_json() == {
        "master": {
            "lines": [
                "CATEGORIES:Wichtig,Lage\\; intern",
                "X-MOZ-LASTACK:20261201T084700Z",
                "CLASS:PRIVATE",
                "LOCATION:Schloss\\, Zimmer 12",
                "X-MOZ-GENERATION:3",
            ],
            "params": {
                "DESCRIPTION": {
                    "ALTREP": ["data:text/html,%3Cbody%3ETagesordnung%20%3Cb%3Efolgt%3C%2Fb%3E.%3C%2Fbody%3E"]
                },
                "ORGANIZER": {"PARTSTAT": ["ACCEPTED"], "ROLE": ["CHAIR"]},
            },
            "parts": [
                [
                    "BEGIN:VALARM",
                    "ACTION:DISPLAY",
                    "TRIGGER:-PT15M",
                    "DESCRIPTION:Mozilla Standardbeschreibung",
                    "X-MOZ-SNOOZE-TIME-1764579600000000:20261201T090500Z",
                    "END:VALARM",
                ]
            ],
        },
        # the single date has neither alarm nor place
        "dates": {"20261215T100000": {}},
    }


def test_evolution_names_zones_by_a_path_and_addresses_in_capitals() -> None:
    event = only_event(programs.EVOLUTION)

    assert event.timezone == "Europe/Berlin"
    assert [(one.address, one.partstat, one.cutype) for one in event.attendees] == [
        ("anna@im.mv.example", "ACCEPTED", "INDIVIDUAL"),
        ("grosser-saal@raum.mv.example", "NEEDS-ACTION", "RESOURCE"),
    ]


def test_apple_names_people_by_principal_and_single_dates_in_utc() -> None:
    found = read(programs.APPLE)

    assert found.master is not None
    assert [(one.address, one.uri) for one in found.master.attendees] == [
        ("anna@im.mv.example", "/dav/principals/users/0193a5c2-7b1e-7c3d-9f00-000000000001/"),
        ("grosser-saal@raum.mv.example", "urn:uuid:0193a5c2-7b1e-7c3d-9f00-0000000000aa"),
        ("bernd@im.mv.example", "mailto:bernd@im.mv.example"),
    ]
    (moved,) = found.overrides
    # 09:00 UTC is ten o'clock in the zone of the series
    assert moved.recurrence_id == datetime.fromisoformat("2026-12-15T10:00")
    assert moved.recurrence_at == datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert moved.starts_at == datetime(2026, 12, 15, 13, tzinfo=UTC)
    assert "X-APPLE-DEFAULT-ALARM:TRUE" in found.dressing.master.parts[0]


def test_davx5_writes_durations_and_encodes_addresses() -> None:
    event = only_event(programs.DAVX5)

    assert event.description == "Tagesordnung folgt.\nBitte pünktlich."
    assert event.organiser is not None
    assert event.organiser.uri == "mailto:anna%40im.mv.example"
    assert len(read(programs.DAVX5).dressing.master.parts) == 2


def test_outlook_caldav_synchronizer_writes_windows_zones_and_may_invite_itself() -> None:
    event = only_event(programs.OUTLOOK_SYNCHRONIZER)

    assert event.timezone == "Europe/Berlin"
    assert event.schedule_agent == "CLIENT"
    assert [one.schedule_agent for one in event.attendees] == ["CLIENT"]
    assert event.description == "Tagesordnung folgt."  # not followed by half a line end
    dressing = read(programs.OUTLOOK_SYNCHRONIZER).dressing.master
    assert dressing.params["ATTENDEE:grosser-saal@raum.mv.example"]["SCHEDULE-AGENT"] == ("CLIENT",)
    assert not any(line.startswith("X-ALT-DESC") for line in dressing.lines)  # it would hide what is added


def test_google_exports_invitations_in_utc() -> None:
    event = only_event(programs.GOOGLE)

    assert event.timezone == "UTC"
    assert event.description.startswith("-::~:~::~")  # the block of another service is the text of a person
    assert read(programs.GOOGLE).method == "REQUEST"


def test_exchange_invents_zones_and_writes_colons_without_quotes() -> None:
    event = only_event(programs.EXCHANGE)

    assert event.timezone == "Europe/Berlin"
    assert event.organiser is not None
    assert (event.organiser.name, event.organiser.sent_by) == ("Amsel, Anna", "carl@im.mv.example")
    assert event.attendees[1].name == "Raum: Großer Saal"
    assert event.rrule == "FREQ=WEEKLY;UNTIL=20261222T090000Z;INTERVAL=1;BYDAY=TU;WKST=MO"
    assert len(read(programs.EXCHANGE).uid) == 112
