# SPDX-License-Identifier: EUPL-1.2
"""What the calendar clients of `make chaos` write and read."""

from __future__ import annotations

from datetime import datetime

from chaos import dav

NINE, TEN = datetime(2027, 1, 11, 9), datetime(2027, 1, 11, 10)
TEXT = dav.new_event(
    "one@chaos.example",
    "c1 0",
    NINE,
    30,
    organiser="anna@im.mv.example",
    attendees=["bernd@im.mv.example"],
    room="mueritz@raum.mv.example",
    rule="FREQ=WEEKLY;COUNT=3",
)


def test_an_event_is_read_as_it_was_written() -> None:
    event = dav.event_in(TEXT)

    assert (event.uid, event.summary, event.starts) == ("one@chaos.example", "c1 0", "20270111T090000")
    assert (event.organiser, event.sequence, event.method) == ("anna@im.mv.example", 0, "")
    assert event.partstats == {
        "anna@im.mv.example": "ACCEPTED",
        "bernd@im.mv.example": "NEEDS-ACTION",
        "mueritz@raum.mv.example": "NEEDS-ACTION",
    }


def test_only_what_was_changed_is_changed() -> None:
    changed = dav.answered(dav.moved(dav.renamed(TEXT, "c1 7"), TEN, 30), "bernd@im.mv.example", "DECLINED")

    before, after = set(TEXT.split("\r\n")), set(changed.split("\r\n"))
    assert sorted(after - before) == [
        "ATTENDEE;PARTSTAT=DECLINED;RSVP=TRUE:mailto:bernd@im.mv.example",
        "DTEND;TZID=Europe/Berlin:20270111T103000",
        "DTSTART;TZID=Europe/Berlin:20270111T100000",
        "SUMMARY:c1 7",
    ]
    assert len(before - after) == 4
    assert dav.event_in(changed).partstats["bernd@im.mv.example"] == "DECLINED"


def test_the_series_is_read_and_not_one_of_its_dates() -> None:
    single = "\r\n".join(
        [
            "BEGIN:VEVENT",
            "UID:one@chaos.example",
            "RECURRENCE-ID;TZID=Europe/Berlin:20270118T090000",
            "DTSTART;TZID=Europe/Berlin:20270118T110000",
            "SUMMARY:später",
            "END:VEVENT",
        ]
    )
    text = TEXT.replace("BEGIN:VEVENT", f"{single}\r\nBEGIN:VEVENT", 1)

    assert dav.event_in(text) == dav.event_in(TEXT)


def test_folded_lines_and_times_of_zones_are_no_trap() -> None:
    zone = "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    folded = TEXT.replace("mailto:bernd@im", "mailto:ber\r\n nd@im").replace(
        "BEGIN:VEVENT", f"{zone}\r\nBEGIN:VEVENT"
    )

    assert dav.event_in(folded) == dav.event_in(TEXT)
    assert "DTSTART:19961027T030000" in dav.moved(folded, TEN, 30)


def test_a_sync_tells_what_is_there_what_is_gone_and_its_token() -> None:
    told = dav.read_multistatus(
        b'<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        b"<D:response><D:href>/c/</D:href><D:propstat><D:prop/></D:propstat></D:response>"
        b'<D:response><D:href>/c/a%40b.ics</D:href><D:propstat><D:prop><D:getetag>"1"</D:getetag>'
        b"<C:calendar-data>text</C:calendar-data></D:prop></D:propstat></D:response>"
        b"<D:response><D:href>/c/gone.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
        b"<D:sync-token>data:,1-2</D:sync-token></D:multistatus>"
    )

    assert told.etags == {"/c/a@b.ics": '"1"', "/c/gone.ics": None}
    assert told.texts == {"/c/a@b.ics": "text"}
    assert told.token == "data:,1-2"
