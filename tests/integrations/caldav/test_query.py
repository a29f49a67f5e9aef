# SPDX-License-Identifier: EUPL-1.2
"""calendar-query (RFC 4791, 7.8): windows, texts and what is not there; expanded, cut and whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.bookings.wishes import at
from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, condition
from tests.integrations.caldav.objects import ANNA, SMALL, calendar, single_date, stamp, vevent
from vconf.bookings.models import Booking
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.series import change_occurrence
from vconf.bookings.services import change
from vconf.integrations.caldav.collations import COLLATIONS
from vconf.integrations.caldav.texts import texts
from vconf.outbox.deliver import deliver_due
from vconf.reactions import REACTIONS, SHOW_ROOM_ANEW
from vconf.rooms.services import change_room

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

BERLIN = ZoneInfo("Europe/Berlin")


def utc(hour: float, *, day: int = 0) -> str:
    """An hour of a test day in local time, as it stands in a time-range."""
    return f"{at(hour, day=day).replace(tzinfo=BERLIN).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def window(start: str = "", end: str = "") -> str:
    bounds = (f' start="{start}"' if start else "") + (f' end="{end}"' if end else "")
    return f"<C:time-range{bounds}/>"


def query(events: str = "", *, data: str = "", calendar: str = "", name: str = "VEVENT") -> str:
    asked = "<D:getetag/>" + (data and f"<C:calendar-data>{data.strip()}</C:calendar-data>")
    inner = f'<C:comp-filter name="{name}">{events}</C:comp-filter>' if name else ""
    return (
        f"<C:calendar-query {DECLARED}><D:prop>{asked}</D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR">{calendar}{inner}</C:comp-filter></C:filter></C:calendar-query>'
    )


def ask(world: World, body: str, depth: str = "1") -> Responses:
    return CalendarClient(world.anna).report(calendar_of(world.anna), body, depth=depth)


def prop(name: str, inside: str = "") -> str:
    return f'<C:prop-filter name="{name}">{inside}</C:prop-filter>'


def match(text: str, **attributes: str) -> str:
    named = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<C:text-match{named}>{text}</C:text-match>"


def test_all_events(world: World) -> None:
    booked = {address(a_booking(world.anna, hour), world.anna) for hour in (8, 10, 12)}

    assert set(ask(world, query())) == booked
    assert set(ask(world, query(), depth="infinity")) == booked
    assert ask(world, query(), depth="0") == {}


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (9, 10, False),  # ends as it begins
        (9, 10.25, True),
        (10.25, 10.5, True),
        (10.75, 12, True),
        (11, 12, False),  # begins as it ends
        (None, 10, False),
        (None, 10.5, True),
        (10.5, None, True),
        (11, None, False),
    ],
)
def test_a_window_is_half_open(world: World, start: float | None, end: float | None, found: bool) -> None:
    a_booking(world.anna, 10)
    bounds = window(utc(start) if start is not None else "", utc(end) if end is not None else "")

    assert bool(ask(world, query(bounds))) is found


def a_series(world: World) -> Booking:
    """Ten weeks at ten; the third date is at two in the afternoon of the next day, the fourth is left out."""
    series = a_booking(
        world.anna, 10, rrule="FREQ=WEEKLY;COUNT=10", exdate=(at(10, day=21),), room_id=world.big.id
    )
    third = series.occurrences.order_by("starts_at")[2]
    moved = ChangeRequest(starts_local=at(14, day=15), title="Verlegt")
    change_occurrence(third.id, moved, actor=factories.actor(world.anna))
    return series


@pytest.mark.parametrize(
    ("day", "hour", "found"),
    [(7, 10, True), (14, 10, False), (15, 14, True), (21, 10, False), (28, 10, True), (70, 10, False)],
)
def test_any_date_of_a_series_counts_where_it_is_now(world: World, day: int, hour: int, found: bool) -> None:
    a_series(world)
    bounds = window(utc(hour, day=day), utc(hour + 1, day=day))

    assert bool(ask(world, query(bounds))) is found


def test_a_series_is_expanded_within_the_window(world: World) -> None:
    a_series(world)
    start, end = utc(0, day=7), utc(0, day=29)

    text = ask(world, query(window(start, end), data=f'<C:expand start="{start}" end="{end}"/>')).only.text(
        "C:calendar-data"
    )

    starts = [line.partition(":")[2] for line in text.splitlines() if line.startswith("DTSTART")]
    assert starts == [utc(10, day=7), utc(14, day=15), utc(10, day=28)]
    assert text.count("RECURRENCE-ID") == 3
    for word in ("RRULE", "EXDATE", "RDATE", "VTIMEZONE", "TZID"):
        assert word not in text


def test_a_series_is_cut_to_the_dates_that_touch_the_window(world: World) -> None:
    a_series(world)
    near, far = (utc(0, day=14), utc(0, day=17)), (utc(0, day=49), utc(0, day=52))

    def cut(start: str, end: str) -> str:
        data = f'<C:limit-recurrence-set start="{start}" end="{end}"/>'
        return ask(world, query(data=data)).only.text("C:calendar-data")

    assert cut(*near).count("BEGIN:VEVENT") == 2
    assert cut(*far).count("BEGIN:VEVENT") == 1
    assert "RRULE" in cut(*far)


def test_texts_are_found_in_any_case_by_part(world: World) -> None:
    found = a_booking(world.anna, 10, title="Große Lage; Süd, Nord")
    a_booking(world.anna, 12, title="Anderes")

    def hits(inside: str) -> list[str]:
        return list(ask(world, query(prop("SUMMARY", inside))))

    here = [address(found, world.anna)]
    assert hits(match("lage; süd, n")) == here
    assert hits(match("LAGE", collation="i;ascii-casemap")) == here
    assert hits(match("GROSSE", collation="i;unicode-casemap")) == here
    assert hits(match("lage", collation="i;octet")) == []
    assert hits(match("Lage", collation="i;octet")) == here
    assert hits(match("anderes", negate_condition="yes")) == here
    assert hits(match("gibt es nicht")) == []


def test_what_is_not_there(world: World) -> None:
    booked = address(a_booking(world.anna, 10), world.anna)
    absent = "<C:is-not-defined/>"

    assert list(ask(world, query(prop("RRULE", absent)))) == [booked]
    assert list(ask(world, query(prop("SUMMARY", absent)))) == []
    assert list(ask(world, query(prop("SUMMARY")))) == [booked]
    assert list(ask(world, query(prop("X-UNHEARD-OF")))) == []
    alarm = '<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>'
    assert list(ask(world, query(alarm))) == [booked]
    assert list(ask(world, query('<C:comp-filter name="VALARM"/>'))) == []


@pytest.mark.parametrize(
    ("trigger", "start", "end", "found"),
    [
        ("TRIGGER:-PT15M", 9.5, 10, True),
        ("TRIGGER:-PT15M", 9.75, 10, True),  # goes off as it begins
        ("TRIGGER:-PT15M", 9, 9.75, False),  # as it ends
        ("TRIGGER:-PT15M", 10, 11, False),
        ("TRIGGER;RELATED=END:PT30M", 11.25, 12, True),
        ("TRIGGER:-P1D", 10 - 24, 10.25 - 24, True),
        ("TRIGGER:-PT15M\r\nREPEAT:2\r\nDURATION:PT1H", 11.5, 12, True),
        ("TRIGGER:-PT15M\r\nREPEAT:1\r\nDURATION:PT1H", 11.5, 12, False),
        ("TRIGGER:-P90000W", 9, 11, False),
        ("TRIGGER:never", 9, 11, False),
    ],
)
def test_of_alarms_that_go_off(world: World, trigger: str, start: float, end: float, found: bool) -> None:
    client, path = CalendarClient(world.anna), f"{calendar_of(world.anna)}a.ics"
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", *trigger.split("\r\n"), "END:VALARM"]
    text = calendar(vevent(ANNA, "RRULE:FREQ=WEEKLY;COUNT=2", *alarm))
    assert client.dav("PUT", path, text, Content_Type="text/calendar").status_code == 201

    def ringing(days: int) -> list[str]:
        inside = window(utc(start + 24 * days), utc(end + 24 * days))
        return list(ask(world, query(f'<C:comp-filter name="VALARM">{inside}</C:comp-filter>')))

    assert ringing(0) == ringing(7) == ([path] if found else [])
    assert ringing(14) == []


def test_of_people_and_what_they_answered(world: World) -> None:
    booked = address(a_booking(world.anna, 10, invite=world.bernd.email), world.anna)

    def hits(partstat: str, address: str = "bernd@im") -> list[str]:
        param = f'<C:param-filter name="PARTSTAT">{match(partstat)}</C:param-filter>'
        return list(ask(world, query(prop("ATTENDEE", match(address) + param))))

    assert hits("NEEDS-ACTION") == [booked]
    assert hits("DECLINED") == []
    assert hits("NEEDS-ACTION", "nobody@im") == []
    absent = '<C:param-filter name="X-NOT"><C:is-not-defined/></C:param-filter>'
    assert list(ask(world, query(prop("ATTENDEE", absent)))) == [booked]


def test_text_and_window_have_to_hold_for_the_same_date(world: World) -> None:
    a_series(world)

    def hits(day: int, title: str) -> bool:
        bounds = window(utc(0, day=day), utc(24, day=day))
        return bool(ask(world, query(bounds + prop("SUMMARY", match(title)))))

    assert hits(15, "Verlegt") is True
    assert hits(7, "Verlegt") is False
    assert hits(7, "Lagebesprechung") is True
    assert hits(15, "Lagebesprechung") is False


def test_a_property_can_be_asked_for_by_time(world: World) -> None:
    a_booking(world.anna, 10)

    assert len(ask(world, query(prop("DTSTART", window(utc(9), utc(11)))))) == 1
    assert len(ask(world, query(prop("DTSTART", window(utc(11), utc(12)))))) == 0
    now = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%dT%H%M%SZ}"
    assert len(ask(world, query(prop("CREATED", window(now))))) == 1


@pytest.mark.parametrize("name", ["VTODO", "VJOURNAL", "VFREEBUSY"])
def test_tasks_and_the_like_are_not_kept_here(world: World, name: str) -> None:
    a_booking(world.anna, 10)

    assert ask(world, query(name=name)) == {}
    assert len(ask(world, query("<C:is-not-defined/>", name=name))) == 1


@pytest.mark.parametrize(
    ("body", "precondition"),
    [
        (query(prop("SUMMARY", match("x", collation="i;klingon"))), "C:supported-collation"),
        (query(window("20260101", "20260201")), "C:valid-filter"),
        (query(window()), "C:valid-filter"),
        (query(window("20260201T000000Z", "20260101T000000Z")), "C:valid-filter"),
        (query("<C:moon-phase/>"), "C:supported-filter"),
        (query('<C:prop-filter name=""/>'), "C:valid-filter"),
        (query("".join(prop("SUMMARY") for _ in range(201))), "C:valid-filter"),
        (query(data='<C:expand start="20260101T000000Z"/>'), "C:valid-filter"),
        (
            query(data='<C:expand start="19000101T000000Z" end="20990101T000000Z"/>'),
            "D:number-of-matches-within-limits",
        ),
        (f"<C:calendar-query {DECLARED}><D:prop/></C:calendar-query>", "C:valid-filter"),
        (f"<C:calendar-query {DECLARED}><D:prop/><C:filter/></C:calendar-query>", "C:valid-filter"),
        (
            query().replace("<D:getetag/>", '<C:calendar-data content-type="application/json"/>'),
            "C:supported-calendar-data",
        ),
    ],
)
def test_what_cannot_be_answered_is_named(world: World, body: str, precondition: str) -> None:
    answer = CalendarClient(world.anna).dav("REPORT", calendar_of(world.anna), body, Depth="1")

    assert (answer.status_code, condition(answer)) == (403, precondition)


def test_a_query_need_not_ask_for_a_property(world: World) -> None:
    booked = address(a_booking(world.anna, 10), world.anna)
    body = query().replace("<D:prop><D:getetag/></D:prop>", "")

    assert list(ask(world, body)) == [booked]
    assert ask(world, body).only.found == {}


def test_a_filter_at_the_top_that_is_no_calendar_finds_nothing(world: World) -> None:
    a_booking(world.anna, 10)

    assert ask(world, query().replace("VCALENDAR", "VEVENT")) == {}


def test_ten_events_cost_as_many_statements_as_one(world: World) -> None:
    client = CalendarClient(world.anna)
    body = query(window(utc(0), utc(0, day=300)), data=" ")

    def statements() -> int:
        texts.clear()
        with CaptureQueriesContext(connection) as queries:
            client.report(calendar_of(world.anna), body)
        return len(queries)

    a_booking(world.anna, 10)
    statements()
    one = statements()
    for day in range(1, 10):
        a_booking(world.anna, 10, day=day, invite=world.bernd.email)
    assert statements() == one


def test_others_calendars_are_not_there(world: World) -> None:
    a_booking(world.anna, 10)
    answer = CalendarClient(world.clara).dav("REPORT", calendar_of(world.anna), query(), Depth="1")

    assert (answer.status_code, answer.content) == (404, b"")


def test_a_text_is_told_anew_with_every_change_and_written_once_without(world: World) -> None:
    booked = a_booking(world.anna, 10)
    client = CalendarClient(world.anna)

    def told() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            found = client.report(calendar_of(world.anna), query(data=" "))
        return found.only.text("C:calendar-data"), len(queries)

    first, cost = told()
    again, less = told()
    assert (again, less < cost) == (first, True)

    change(booked.id, ChangeRequest(title="Anderer Titel"), actor=factories.actor(world.anna))

    assert "Anderer Titel" in told()[0]


def test_a_text_is_written_in_the_language_of_who_reads_it(world: World) -> None:
    a_booking(world.anna, 10)
    german = ask(world, query(data=" ")).only.text("C:calendar-data")
    world.anna.language = "en"
    world.anna.save()

    english = ask(world, query(data=" ")).only.text("C:calendar-data")

    assert german != english
    assert "Video conference" in english
    assert "Video conference" not in german


def test_what_one_sees_of_a_room_is_not_shown_to_the_next(world: World) -> None:
    a_booking(world.anna, 10, room_id=world.shared.id, title="Nur für Eingeweihte")
    room = f"/dav/rooms/{world.shared.id}/calendar/"
    texts = {
        who.name: CalendarClient(who).report(room, query(data=" ")).only.text("C:calendar-data")
        for who in (world.anna, world.clara, world.anna, world.bernd)
    }

    assert "Nur für Eingeweihte" in texts[world.anna.name]
    for who in (world.clara, world.bernd):
        assert "Nur für Eingeweihte" not in texts[who.name]
        assert "anna" not in texts[who.name].lower()


def test_a_series_that_one_only_sees_as_busy_is_expanded_too(world: World) -> None:
    a_booking(
        world.anna, 10, room_id=world.shared.id, rrule="FREQ=DAILY;COUNT=5", title="Nur für Eingeweihte"
    )
    room = f"/dav/rooms/{world.shared.id}/calendar/"
    second_and_third = f'start="{utc(0, day=1)}" end="{utc(0, day=3)}"'

    found = CalendarClient(world.clara).report(room, query(data=f"<C:expand {second_and_third}/>"))

    text = found.only.text("C:calendar-data")
    assert [line for line in text.splitlines() if line.startswith("DTSTART")] == [
        f"DTSTART:{utc(10, day=day)}" for day in (1, 2)
    ]
    assert "RRULE" not in text
    assert "Eingeweihte" not in text


def test_a_long_text_is_prepared_once_however_many_events(world: World, monkeypatch: Any) -> None:
    for hour in (8, 10, 12):
        a_booking(world.anna, hour)
    prepared: list[str] = []

    def prepare(text: str) -> str:
        prepared.append(text)
        return text

    monkeypatch.setitem(COLLATIONS, "i;octet", prepare)

    asked = prop("SUMMARY", match("x" * 10_000, collation="i;octet"))

    assert not ask(world, query(asked))
    assert len([text for text in prepared if text.startswith("x")]) == 1


def test_a_refused_change_is_found_at_the_time_that_was_wished_for(world: World) -> None:
    """The organiser's calendar shows it there, with the room declined (ADR 19)."""
    a_booking(world.bernd, 15, room_id=world.small.id)
    client = CalendarClient(world.anna)
    path = f"{calendar_of(world.anna)}abc.ics"
    for hour in (10, 15):
        answer = client.dav(
            "PUT", path, calendar(vevent(ANNA, SMALL, hour=hour)), Content_Type="text/calendar"
        )
        assert answer.status_code in (201, 204)

    def found(first: float, last: float, data: str = " ") -> Responses:
        return ask(world, query(window(utc(first), utc(last)), data=data))

    assert list(found(15.5, 17)) == [path]
    assert list(found(10, 11)) == list(found(12, 14)) == list(found(16, 17)) == []
    whole = found(9, 20, f'<C:expand start="{utc(14)}" end="{utc(18)}"/>')
    assert f"DTSTART:{utc(15)}" in whole[path].text("C:calendar-data")


def test_so_is_each_date_of_a_series_that_was_refused(world: World) -> None:
    a_booking(world.bernd, 15, day=1, room_id=world.small.id)
    client = CalendarClient(world.anna)
    path = f"{calendar_of(world.anna)}abc.ics"
    series = vevent(
        ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=3", f"EXDATE;TZID=Europe/Berlin:{stamp(at(15, day=2))}", hour=15
    )
    moved = single_date(ANNA, SMALL, of_hour=15, hour=18)
    answer = client.dav("PUT", path, calendar(series, moved), Content_Type="text/calendar")
    assert answer.status_code == 201

    def days(first: float, last: float) -> list[int]:
        return [
            day
            for day in range(4)
            if list(ask(world, query(window(utc(first, day=day), utc(last, day=day)))))
        ]

    assert days(15, 16) == [1]
    assert days(18, 19) == [0]


FIRST, LAST = "00010101T000000Z", "99991231T235959Z"


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(FIRST, LAST, True), ("", LAST, True), (FIRST, "", True), ("99991230T000000Z", LAST, False)],
)
def test_the_first_and_the_last_moment_that_there_is(world: World, start: str, end: str, found: bool) -> None:
    """Programs that want everything name them. The series was refused, so its dates are worked out from the wish."""
    a_booking(world.bernd, 15, day=1, room_id=world.small.id)
    client = CalendarClient(world.anna)
    path = f"{calendar_of(world.anna)}abc.ics"
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM"]
    series = vevent(ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=3", *alarm, hour=15)
    assert client.dav("PUT", path, calendar(series), Content_Type="text/calendar").status_code == 201

    inside = window(start, end)
    there = [path] if found else []
    assert list(ask(world, query(inside))) == there
    assert list(ask(world, query(inside + prop("SUMMARY")))) == there
    assert list(ask(world, query(f'<C:comp-filter name="VALARM">{inside}</C:comp-filter>'))) == there


@pytest.mark.parametrize(
    ("start", "end"), [(FIRST, "00010102T000000Z"), ("99991230T000000Z", LAST)], ids=["first", "last"]
)
def test_nothing_is_expanded_where_no_dates_are(world: World, start: str, end: str) -> None:
    booking = a_booking(world.anna, 10, rrule="FREQ=DAILY;COUNT=3")
    data = f'<C:expand start="{start}" end="{end}"/>'

    text = ask(world, query(data=data))[address(booking, world.anna)].text("C:calendar-data")

    assert "VEVENT" not in text


def test_the_etag_of_an_object_in_a_room_depends_on_what_one_sees_of_it(world: World) -> None:
    booking = a_booking(world.bernd, 10, room_id=world.shared.id)
    collection = f"/dav/rooms/{world.shared.id}/calendar/"

    def etags(client: CalendarClient) -> set[str]:
        (href,) = (one for one in client.propfind(collection, "D:getetag", depth="1") if one != collection)
        asked = client.report(collection, query(data=" "))
        listed = client.propfind(href, "D:getetag").only.text("D:getetag")
        return {listed, client.dav("GET", href)["ETag"], asked[href].text("D:getetag")}

    clara, admin, bernd = (CalendarClient(one) for one in (world.clara, world.admin, world.bernd))
    (busy,), (restricted,), (full,) = etags(clara), etags(admin), etags(bernd)
    assert len({busy, restricted, full}) == 3
    change(
        booking.id,
        ChangeRequest(attendees=(AttendeeRequest(address="x@y.example"),)),
        actor=factories.actor(world.bernd),
    )
    (before,) = etags(clara)
    factories.deputy(world.clara, world.bernd)
    (after,) = etags(clara)
    assert after != before
    assert {after} == etags(bernd)


def test_a_new_name_of_a_room_is_read_in_texts_that_were_kept(world: World) -> None:
    a_booking(world.anna, 10, room_id=world.small.id)
    before = ask(world, query(data=" ")).only
    assert "Beratung" in before.text("C:calendar-data")

    change_room(world.small.id, actor=factories.actor(world.admin), name="Kleiner Saal")
    deliver_due(REACTIONS, limit=10, only={SHOW_ROOM_ANEW.name})

    after = ask(world, query(data=" ")).only
    assert "Kleiner Saal" in after.text("C:calendar-data")
    assert after.text("D:getetag") != before.text("D:getetag")
