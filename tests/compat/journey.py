# SPDX-License-Identifier: EUPL-1.2
"""vdirsyncer and khal book, clash, are told of changes, change, decline and cancel, and everybody sees the same."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.compat.khal import KhalUser
from tests.journeys.actors import Member, Served, Watcher

BERLIN = ZoneInfo("Europe/Berlin")
ANNA, BERND = "anna@im.mv.example", "bernd@im.mv.example"
#: a room of theirs, by name
ROOM = "Recknitz"
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


class Broken(Exception):
    """Something that a client should have seen was not there."""


def journey(vconf: Served, folder: Path) -> None:
    """Prints a line for each thing seen. Raises Broken, tests.compat.khal.Failed."""
    anna, bernd = (_client(vconf, folder, email) for email in (ANNA, BERND))
    web = Member(vconf, ANNA)
    rooms = {one["name"]: one for one in web.call("GET", "rooms").json()["results"]}
    room = rooms[ROOM]
    day = datetime.now(BERLIN).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=8)

    anna.put(_event("lage", day, "Lage", room["address"], f"ATTENDEE;CN=Bernd:mailto:{BERND}"))
    text = anna.text("lage")
    line = _attendee(text, room["address"])
    link = _value(text, "CONFERENCE")
    _see("the room is an attendee and has accepted", "PARTSTAT=ACCEPTED" in line, line)
    _see("the event has the link", link.startswith(f"{vconf.base_url}/j/"), link)
    _see("and the PIN", "PIN" in _value(text, "DESCRIPTION"), _value(text, "DESCRIPTION"))
    _see(
        "khal shows it with its room",
        "Lage" in anna.agenda(f"{day:%Y-%m-%d}"),
        anna.agenda(f"{day:%Y-%m-%d}"),
    )

    anna.put(_event("zweite", day + timedelta(minutes=30), "Zweite Lage", room["address"]))
    text = anna.text("zweite")
    line = _attendee(text, room["address"])
    _see("a clash shows the room declined", "PARTSTAT=DECLINED" in line, line)
    _see("and says why", ROOM in _value(text, "DESCRIPTION"), _value(text, "DESCRIPTION"))
    anna.delete("zweite")
    anna.sync()

    booking = _booking(web, "Lage")
    later = day + timedelta(hours=2)
    answer = web.call(
        "PATCH",
        f"bookings/{booking['id']}",
        {"starts_at": f"{later:%Y-%m-%dT%H:%M}", "title": "Lage am Mittag"},
        **{"If-Match": f'"{booking["version"]}"'},
    )
    _see("the web moves it", answer.status_code == 200, answer.text)
    took = anna.sync()
    text = anna.text("lage")
    _see(
        f"the next sync ({took:.2f} s) brings it",
        "SUMMARY:Lage am Mittag" in text and _starts(text) == later,
        text,
    )

    bernd.sync()
    _see(
        "Bernd has it in his calendar",
        "PARTSTAT=NEEDS-ACTION" in _attendee(bernd.text("lage"), BERND),
        bernd.text("lage"),
    )
    bernd.edit("lage", (rf"(ATTENDEE[^\n]*)PARTSTAT=NEEDS-ACTION([^\n]*{BERND})", r"\1PARTSTAT=ACCEPTED\2"))
    bernd.sync()
    anna.sync()
    _see(
        "his answer is in hers", "PARTSTAT=ACCEPTED" in _attendee(anna.text("lage"), BERND), anna.text("lage")
    )

    _board(web, anna, room)

    anna.delete("lage")
    anna.sync()
    state = web.call("GET", f"bookings/{booking['id']}").json()["status"]
    _see("what is deleted in the client is cancelled", state == "cancelled", state)
    bernd.sync()
    text = bernd.text("lage")
    _see("and gone or crossed out in Bernd's", not text or "STATUS:CANCELLED" in text, text)

    _series(web, anna, room, day)


def _board(web: Member, anna: KhalUser, room: dict[str, Any]) -> None:
    """A change in the client is on the web's board within a second."""
    soon = datetime.now(BERLIN).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    moved = soon + timedelta(minutes=15)
    anna.put(_event("gleich", soon, "Gleich", room["address"]))
    with web.watch() as board, ThreadPoolExecutor() as threads:
        status = board.until(room["id"], lambda one: _next(one) == soon)
        _see("the board shows the next meeting of the room", _next(status) == soon, status)
        anna.edit("gleich", *_shifted(soon, moved))
        watching = threads.submit(_moment, board, room["id"], moved)
        anna.sync()
        seen = watching.result()
    sent, answered = anna.last_put
    took, after = seen - sent, seen - answered
    _see(
        f"the client moves it: on the board {took:.2f} s after it was sent, {after:+.2f} s after the answer",
        True,
    )
    print(f"      within a second: {'yes' if took <= 1 else 'no'}")
    anna.delete("gleich")
    anna.sync()


def _moment(board: Watcher, room: str, wanted: datetime) -> float:
    board.until(room, lambda one: _next(one) == wanted)
    return time.monotonic()


def _series(web: Member, anna: KhalUser, room: dict[str, Any], day: datetime) -> None:
    """Four weeks, of which the second is an hour later and the third is dropped; then the last is dropped, too."""
    dates = [day.replace(tzinfo=None) + timedelta(days=1, weeks=week) for week in range(4)]
    rule = f"RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:{dates[2]:%Y%m%dT%H%M%S}"
    second = _vevent(
        "runde",
        (dates[1] + timedelta(hours=1)),
        "Runde, später",
        room["address"],
        f"RECURRENCE-ID;TZID=Europe/Berlin:{dates[1]:%Y%m%dT%H%M%S}",
    )
    anna.put(_calendar(_vevent("runde", dates[0], "Runde", room["address"], rule) + second))
    booking = _booking(web, "Runde")
    wanted = [dates[0], dates[1] + timedelta(hours=1), dates[3]]
    found = _dates(web, booking["id"])
    _see("a series with a moved and a dropped date is booked", found == wanted, found)
    text = anna.text("runde")
    _see("and comes back so", text.count("BEGIN:VEVENT") == 2 and "EXDATE" in text, text)
    anna.edit("runde", (r"(EXDATE[^\n]*)", rf"\1\nEXDATE;TZID=Europe/Berlin:{dates[3]:%Y%m%dT%H%M%S}"))
    anna.sync()
    found = _dates(web, booking["id"])
    _see("dropping one more date in the client drops it on the web", found == wanted[:2], found)
    anna.sync()
    anna.delete("runde")
    anna.sync()
    found = _dates(web, booking["id"])
    _see("deleting the series leaves none", found == [], found)


def _see(what: str, is_so: bool, instead: object = "") -> None:
    print(f"{'  ok ' if is_so else '  NO '} {what}", flush=True)
    if not is_so:
        raise Broken(f"{what}, but: {instead}")


def _client(vconf: Served, folder: Path, email: str) -> KhalUser:
    password = vconf.manage("create_calendar_password", email).strip()
    user = KhalUser(folder / email.split("@")[0], vconf.base_url, email, password)
    _see(f"vdirsyncer finds the calendar of {email} from {vconf.base_url}", True)
    return user


def _booking(web: Member, title: str) -> dict[str, Any]:
    for one in web.call("GET", "bookings").json()["results"]:
        if one["title"] == title:
            found: dict[str, Any] = one
            return found
    raise Broken(f"no booking {title}")


def _dates(web: Member, booking: str) -> list[datetime]:
    """Wall times of the dates that take place."""
    rows = web.call("GET", f"bookings/{booking}/occurrences").json()["results"]
    instants = [
        datetime.fromisoformat(one["starts_at"])
        for one in rows
        if one["state"] not in ("cancelled", "refused")
    ]
    return [one.astimezone(BERLIN).replace(tzinfo=None) for one in instants]


def _next(status: dict[str, Any]) -> datetime | None:
    following = status["next"]
    return following and datetime.fromisoformat(following)


def _event(uid: str, starts_at: datetime, title: str, room: str, *more: str) -> str:
    return _calendar(_vevent(uid, starts_at, title, room, *more))


def _vevent(uid: str, starts_at: datetime, title: str, room: str, *more: str) -> str:
    lines = (
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID=Europe/Berlin:{starts_at:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{starts_at + timedelta(hours=1):%Y%m%dT%H%M%S}",
        f"SUMMARY:{title}",
        f"ORGANIZER:mailto:{ANNA}",
        f"ATTENDEE;CUTYPE=ROOM;ROLE=REQ-PARTICIPANT:mailto:{room}",
        *more,
        "END:VEVENT",
    )
    return "\n".join(lines) + "\n"


def _calendar(events: str) -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//khal//khal//EN\n{ZONE}{events}END:VCALENDAR\n"


def _shifted(old: datetime, new: datetime) -> list[tuple[str, str]]:
    hour = timedelta(hours=1)
    pairs = (("DTSTART", old, new), ("DTEND", old + hour, new + hour))
    return [
        (rf"({name}[^\n]*:){was:%Y%m%dT%H%M%S}", rf"\g<1>{becomes:%Y%m%dT%H%M%S}")
        for name, was, becomes in pairs
    ]


def _attendee(text: str, address: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("ATTENDEE")]
    return next(
        (line for line in lines if line.lower().endswith(f"mailto:{address}")), f"nobody among {lines}"
    )


def _value(text: str, name: str) -> str:
    """Of the first such line."""
    found = re.search(rf"^{name}(?:;[^\n]*?)?:(?!//)([^\n]*)", text, re.MULTILINE)
    return found[1] if found else ""


def _starts(text: str) -> datetime:
    found = re.search(r"^DTSTART;TZID=Europe/Berlin:(\d{8}T\d{6})", text, re.MULTILINE)
    assert found is not None, text
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=BERLIN)
