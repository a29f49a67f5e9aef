# SPDX-License-Identifier: EUPL-1.2
"""The whole way with real servers: Postfix hands mails to vconf and takes vconf's, Dovecot holds everybody's mailbox.

Nothing in between is ours: invitations go by smtplib, answers are read by imaplib and by another calendar library.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import icalendar
import pytest

from tests.integrations.imip.mails import alternative, winmail
from tests.live_server import LiveServer
from tests.mail_servers import AUTHSERV_ID, MailServers

ANNA, BERND = "anna@im.mv.example", "bernd@im.mv.example"
SECONDS = 60.0


@pytest.fixture(scope="module")
def vconf(servers: MailServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder: Path = tmp_path_factory.mktemp("mails")
    with LiveServer(
        folder,
        VCONF_MAIL_INTAKE=f"lmtp://127.0.0.1:{servers.lmtp_port}",
        VCONF_MAIL_AUTHSERV_ID=AUTHSERV_ID,
        VCONF_MAIL_ANSWERS="antwort@mv.example",
        VCONF_EMAIL_URL=f"smtp://127.0.0.1:{servers.smtp_port}",
        VCONF_EMAIL_FROM="videokonferenz@mv.example",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def anna(vconf: LiveServer) -> Api:
    return Api(vconf, ANNA)


class Api:
    """One person's requests."""

    def __init__(self, vconf: LiveServer, address: str) -> None:
        self.vconf = vconf
        self.base = f"{vconf.base_url}/api/v1"
        self.token = vconf.manage("create_api_token", address).split()[-1]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base}/{path}", data, headers, method=method)
        end = time.monotonic() + SECONDS
        while True:
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.loads(answer.read() or b"null")
            except HTTPError as error:
                # a busy machine's database: nothing was done, and whoever asks is told when to come again
                if error.code != 503 or "Retry-After" not in error.headers or time.monotonic() > end:
                    raise AssertionError(
                        f"{error.code} for {method} {path}: {self.vconf.log[-3000:]}"
                    ) from error
                time.sleep(float(error.headers["Retry-After"]))

    def a_room(self) -> dict[str, Any]:
        return next(one for one in self.ask("GET", "rooms")["results"] if one["address"].startswith("peene@"))


def invitation(
    room: str, uid: str, starts_at: datetime, *, method: str = "REQUEST", sequence: int = 0
) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Example//EN")
    calendar.add("method", method)
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(hours=1))
    event.add("summary", "Lagebesprechung")
    event.add("organizer", f"mailto:{ANNA}")
    event.add(
        "attendee",
        f"mailto:{room}",
        parameters={"CUTYPE": "ROOM", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"},
    )
    if method == "CANCEL":
        event.add("status", "CANCELLED")
    calendar.add_component(event)
    return alternative(
        calendar.to_ical().decode(), method, to=room, message_id=f"<{uid}-{method}-{sequence}@im.mv.example>"
    )


def calendar_in(mail: EmailMessage) -> tuple[str, Any] | None:
    """METHOD and event of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            text = part.get_payload(decode=True)
            assert isinstance(text, bytes)
            calendar = icalendar.Calendar.from_ical(text)
            event = next(iter(calendar.walk("VEVENT")))
            assert part.get_param("method") == calendar["METHOD"]
            return str(calendar["METHOD"]), event
    return None


def mail_about(
    servers: MailServers, address: str, uid: str, method: str, *, sequence: int = 0
) -> EmailMessage:
    """The mail of that method about that event, once it is there."""
    end = time.monotonic() + SECONDS
    while True:
        for mail in servers.mails(address):
            found = calendar_in(mail)
            if found and found[0] == method and found[1]["UID"] == uid and found[1]["SEQUENCE"] == sequence:
                return mail
        assert time.monotonic() < end, f"no {method} for {address}; {servers.log[-2000:]}"
        time.sleep(0.3)


def next_week(hour: int) -> datetime:
    day = datetime.now(UTC) + timedelta(days=7 - datetime.now(UTC).weekday())
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def test_who_invites_a_room_gets_its_answer_and_has_the_booking(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    room = anna.a_room()
    octets = invitation(room["address"], "invited-1", next_week(9))
    servers.send(octets, ANNA, [room["address"]])

    answer = mail_about(servers, ANNA, "invited-1", "REPLY")

    found = calendar_in(answer)
    assert found is not None
    attendee = found[1]["ATTENDEE"]
    assert attendee.lower() == f"mailto:{room['address']}"
    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert answer["In-Reply-To"] == "<invited-1-REQUEST-0@im.mv.example>"
    assert answer["Auto-Submitted"] == "auto-replied"
    (booking,) = [one for one in anna.ask("GET", "bookings")["results"] if one["uid"] == "invited-1"]
    assert (booking["status"], booking["room"]["id"]) == ("confirmed", room["id"])

    # the same mail once more, as servers deliver it that had no answer: no second answer
    servers.send(octets, ANNA, [room["address"]])
    servers.send(invitation(room["address"], "invited-1", next_week(10), sequence=1), ANNA, [room["address"]])
    mail_about(servers, ANNA, "invited-1", "REPLY", sequence=1)
    answers = [
        one for mail in servers.mails(ANNA) if (one := calendar_in(mail)) and one[1]["UID"] == "invited-1"
    ]
    assert [(method, event["SEQUENCE"]) for method, event in answers if method == "REPLY"] == [
        ("REPLY", 0),
        ("REPLY", 1),
    ]

    servers.send(
        invitation(room["address"], "invited-1", next_week(10), method="CANCEL", sequence=2),
        ANNA,
        [room["address"]],
    )
    end = time.monotonic() + SECONDS
    while anna.ask("GET", f"bookings/{booking['id']}")["status"] != "cancelled":
        assert time.monotonic() < end
        time.sleep(0.3)


def test_a_room_that_is_taken_declines_and_says_why(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    room = anna.a_room()
    anna.ask(
        "POST",
        "bookings",
        {
            "title": "Vorher",
            "starts_at": next_week(14).isoformat(),
            "duration": "PT1H",
            "timezone": "Europe/Berlin",
            "room": room["id"],
        },
    )
    servers.send(invitation(room["address"], "declined-1", next_week(14)), ANNA, [room["address"]])

    found = calendar_in(mail_about(servers, ANNA, "declined-1", "REPLY"))

    assert found is not None
    assert found[1]["ATTENDEE"].params["PARTSTAT"] == "DECLINED"
    assert found[1]["COMMENT"]


def test_what_somebody_invited_answers_is_seen_by_the_organiser(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    booking = anna.ask(
        "POST",
        "bookings",
        {
            "title": "Runde",
            "starts_at": next_week(16).isoformat(),
            "duration": "PT1H",
            "timezone": "Europe/Berlin",
            "room": anna.a_room()["id"],
            "attendees": [{"email": BERND}],
        },
    )
    invited = calendar_in(mail_about(servers, BERND, booking["uid"], "REQUEST"))
    assert invited is not None
    event = invited[1]
    to = event["ORGANIZER"].removeprefix("mailto:").removeprefix("MAILTO:")
    assert to.endswith("@mv.example") and "+" in to

    answer = icalendar.Event()
    for name in ("uid", "sequence", "dtstart", "dtend", "summary", "organizer"):
        answer[name] = event[name]
    answer.add("dtstamp", datetime.now(UTC))
    answer.add("attendee", f"mailto:{BERND}", parameters={"PARTSTAT": "TENTATIVE"})
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Example//EN")
    calendar.add("method", "REPLY")
    calendar.add_component(answer)
    servers.send(
        alternative(
            calendar.to_ical().decode(), "REPLY", sender=BERND, to=to, message_id="<answer-1@im.mv.example>"
        ),
        BERND,
        [to],
    )

    end = time.monotonic() + SECONDS
    while True:
        (bernd,) = anna.ask("GET", f"bookings/{booking['id']}")["attendees"]
        if bernd["partstat"].upper() == "TENTATIVE":
            break
        assert time.monotonic() < end, bernd
        time.sleep(0.3)


def test_who_is_not_vouched_for_gets_nothing_and_books_nothing(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    """From and ORGANIZER are Anna's, but the gateway knows that the mail is from elsewhere."""
    room = anna.a_room()
    octets = invitation(room["address"], "forged-1", next_week(11))
    forged = b"Authentication-Results: mx.else.example; dmarc=pass header.from=im.mv.example\n" + octets
    servers.send(forged, "mallory@else.example", [room["address"]])
    operator = Api(vconf, "operator@mv.example")

    end = time.monotonic() + SECONDS
    while not (aside := operator.ask("GET", "mails/set-aside?code=unbelieved")["results"]):
        assert time.monotonic() < end
        time.sleep(0.3)

    assert aside[0]["sender"] == "mallory@else.example"
    assert not [one for one in anna.ask("GET", "bookings")["results"] if one["uid"] == "forged-1"]


def test_who_sends_winmail_dat_is_told_once_what_to_switch_off(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    room = anna.a_room()
    for number in range(2):
        octets = winmail(to=room["address"], message_id=f"<winmail-{number}@im.mv.example>")
        servers.send(octets, ANNA, [room["address"]])
    operator = Api(vconf, "operator@mv.example")
    end = time.monotonic() + SECONDS
    while len(operator.ask("GET", "mails/set-aside?code=winmail")["results"]) < 2:
        assert time.monotonic() < end
        time.sleep(0.3)

    # once what was sent after them is answered, whatever was to come of them has been sent
    servers.send(invitation(room["address"], "after-1", next_week(13)), ANNA, [room["address"]])
    mail_about(servers, ANNA, "after-1", "REPLY")
    while not (notes := [mail for mail in servers.mails(ANNA) if "konnte nicht gelesen" in mail["Subject"]]):
        assert time.monotonic() < end
        time.sleep(0.3)

    (note,) = notes
    assert note["Return-Path"] == "<>"
    body = note.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "TNEFEnabled" in text
    assert room["address"] in text


def test_while_vconf_is_down_postfix_keeps_the_mails(
    servers: MailServers, vconf: LiveServer, anna: Api
) -> None:
    room = anna.a_room()
    vconf.stop()
    servers.send(invitation(room["address"], "kept-1", next_week(12)), ANNA, [room["address"]])
    end = time.monotonic() + SECONDS
    while servers.queued() < 1:
        assert time.monotonic() < end
        time.sleep(0.1)

    vconf.start("--migrate")
    servers.hand_over_again()

    mail_about(servers, ANNA, "kept-1", "REPLY")
    assert servers.queued() == 0
