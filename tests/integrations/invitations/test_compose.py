# SPDX-License-Identifier: EUPL-1.2
"""Mails as other programs find them: parts, headers, both languages, and what people type into titles and names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from tests.integrations.ical import strict
from tests.integrations.invitations.letters import (
    ANNA,
    BERND,
    CLARA,
    ENVELOPE,
    attendee,
    body,
    booking,
    read,
)
from vconf.bookings.mail_views import DateView
from vconf.bookings.recurrence import to_instant
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.compose import Recipient

GERMAN = """\
Sie sind zu einer Videokonferenz eingeladen

Lagebesprechung

Wann:
  Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ
Videoraum: Großer Saal
Organisiert von: Anna Amsel, Ministerium für Inneres

An der Videokonferenz teilnehmen:
https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh

PIN: 123 456 789

Beschreibung:
1. Lage
2. Aussicht

Sie brauchen kein Konto und kein Programm: Der Link öffnet sich in jedem aktuellen Browser.
Bitte sagen Sie in Ihrem Kalender zu oder ab, oder antworten Sie auf diese E-Mail.

--\x20
Verschickt von: Videokonferenzdienst, im Auftrag von Anna Amsel.
Datenschutz: Ihre Adresse wird nur für diese Videokonferenz verwendet.
"""

ENGLISH = """\
You are invited to a video conference

Lagebesprechung

When:
  Tuesday, 1 December 2026, 10:00–11:00 CET
Room: Großer Saal
Organised by: Anna Amsel, Ministerium für Inneres

Join the video conference:
https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh

PIN: 123 456 789

Description:
1. Lage
2. Aussicht

You need no account and no program: the link opens in any current browser.
Please accept or decline in your calendar, or answer this mail.

--\x20
Sent by: Video conference service, on behalf of Anna Amsel.
Data protection: your address is used for this video conference only.
"""

CHANGED = """\
Ihre Videokonferenz wurde geändert

Lagebesprechung

Was sich geändert hat:
- Die Zeit ist neu. Bisher: Montag, 30. November 2026, 22:30–23:30 Uhr MEZ
- Der Videoraum ist neu. Bisher: Beratung
- Der Titel ist neu.

Wann:
  Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ
Videoraum: Großer Saal
Organisiert von: Anna Amsel, Ministerium für Inneres
Eingeladen: Bernd Buche; Clasen, Clara

An der Videokonferenz teilnehmen:
https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh

PIN: 123 456 789
Moderations-PIN: 987 654 321
Bitte geben Sie die Moderations-PIN nicht weiter: Wer sie hat, leitet die Konferenz.

Beschreibung:
1. Lage
2. Aussicht

Link und PIN bleiben gleich, wenn Sie die Buchung ändern.

--\x20
Verschickt von: Videokonferenzdienst.
Datenschutz: Ihre Adresse wird nur für diese Videokonferenz verwendet.
"""

CANCELLED = """\
The video conference is cancelled

Lagebesprechung

When:
  Tuesday, 1 December 2026, 10:00–11:00 CET
Room: Großer Saal
Organised by: Anna Amsel, Ministerium für Inneres

The link and the PIN no longer work.

--\x20
Sent by: Video conference service, on behalf of Anna Amsel.
Data protection: your address is used for this video conference only.
"""


def structure(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def calendar_of(mail: EmailMessage) -> strict.Component:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return strict.read(octets)


def date(recurrence_id: str, starts_at: str, ends_at: str, state: str = "confirmed") -> DateView:
    return DateView(recurrence_id, datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), state)


# Structure


def test_an_invitation_is_what_calendar_programs_take_for_a_meeting_request() -> None:
    mail = read(compose.invitation(booking(), BERND, ENVELOPE, before=None))

    assert structure(mail) == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    calendar = list(mail.iter_parts())[-1]  # the richest form is the last (RFC 2046, 5.1.4)
    assert calendar["Content-Type"] == 'text/calendar; charset="utf-8"; method="REQUEST"; component="VEVENT"'
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar["Content-Disposition"] is None
    assert calendar_of(mail).one("METHOD").value == "REQUEST"
    assert {key: str(value) for key, value in mail.items() if key != "Content-Type"} == {
        "MIME-Version": "1.0",
        "From": "Anna Amsel über Videokonferenzdienst <videokonferenz@mv.example>",
        "To": "Bernd Buche <bernd@im.mv.example>",
        "Reply-To": "Anna Amsel <anna@im.mv.example>",
        "Subject": "Einladung: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)",
        "Date": "Tue, 03 Nov 2026 07:15:01 +0000",
        "Message-ID": "<abc@mv.example>",
        "Content-Language": "de",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Vconf-Sent": "mv.example",
    }


def test_a_mail_is_seven_bit_with_short_lines() -> None:
    message = compose.invitation(
        booking(title="Überblick " * 20, description="ä" * 3000), BERND, ENVELOPE, before=None
    )

    octets = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))

    assert max(octets) < 128
    assert max(len(line) for line in octets.split(b"\r\n")) <= 998
    assert b":\r\n" not in octets.partition(b"\r\n\r\n")[0]  # no header line without a value


def test_the_invited_see_all_attendees_and_the_room_in_the_calendar_part() -> None:
    event = calendar_of(read(compose.invitation(booking(), BERND, ENVELOPE, before=None))).inside("VEVENT")[0]

    assert event.one("ORGANIZER").value == "mailto:anna@im.mv.example"
    assert [(one.value, one.params["CUTYPE"]) for one in event.all("ATTENDEE")] == [
        ("mailto:bernd@im.mv.example", ["INDIVIDUAL"]),
        ("mailto:clara@fm.mv.example", ["INDIVIDUAL"]),
        ("mailto:grosser-saal@raum.mv.example", ["ROOM"]),
    ]


def test_a_cancellation_carries_the_method_cancel() -> None:
    mail = read(compose.cancellation(booking(cancelled=True, sequence=3), BERND, ENVELOPE))

    assert structure(mail) == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    calendar = calendar_of(mail)
    assert list(mail.iter_parts())[-1].get_param("method") == calendar.one("METHOD").value == "CANCEL"
    event = calendar.inside("VEVENT")[0]
    assert (event.one("SEQUENCE").value, event.one("STATUS").value) == ("3", "CANCELLED")
    assert mail["Subject"] == "Abgesagt: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)"


def test_who_is_no_longer_invited_learns_that_it_is_only_them() -> None:
    mail = read(compose.cancellation(booking(attendees=()), BERND, ENVELOPE))

    event = calendar_of(mail).inside("VEVENT")[0]
    assert event.all("STATUS") == []  # RFC 5546, 3.2.5: the meeting itself takes place
    assert [one.value for one in event.all("ATTENDEE")] == ["mailto:bernd@im.mv.example"]
    assert body(mail, "text/plain").startswith("Sie sind zu dieser Videokonferenz nicht mehr eingeladen\n")


def test_the_organiser_is_asked_for_nothing() -> None:
    mail = read(compose.confirmation(booking(), ANNA, ENVELOPE, before=None))

    assert structure(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "videokonferenz.ics"
    assert calendar_of(mail).one("METHOD").value == file.get_param("method") == "PUBLISH"
    assert mail["Subject"] == "Gebucht: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)"


def test_a_later_mail_belongs_to_the_thread_of_the_first() -> None:
    mail = read(
        compose.invitation(booking(), BERND, replace(ENVELOPE, follows="<first@mv.example>"), before=None)
    )

    assert mail["References"] == "<first@mv.example>"


# Words


@pytest.mark.parametrize(("to", "expected"), [(BERND, GERMAN), (CLARA, ENGLISH)])
def test_an_invitation_reads_like_this(to: Recipient, expected: str) -> None:
    mail = read(compose.invitation(booking(), to, ENVELOPE, before=None))

    assert body(mail, "text/plain") == expected
    assert mail["Content-Language"] == to.language
    assert f'<html lang="{to.language}">' in body(mail, "text/html")


def test_an_update_names_what_is_different() -> None:
    earlier = booking(
        title="Lage",
        room_name="Beratung",
        occurrences=(date("2026-11-30T22:30:00", "2026-11-30T21:30:00+00:00", "2026-11-30T22:30:00+00:00"),),
    )
    before = wording.told_by(earlier, moderator_pin=True)

    mail = read(compose.confirmation(booking(), ANNA, ENVELOPE, before=before))

    assert body(mail, "text/plain") == CHANGED
    assert mail["Subject"] == "Geändert: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)"


def test_a_cancellation_reads_like_this() -> None:
    mail = read(compose.cancellation(booking(cancelled=True), CLARA, ENVELOPE))

    assert body(mail, "text/plain") == CANCELLED
    assert mail["Subject"] == "Cancelled: Lagebesprechung (Tue, 1 Dec 2026, 10:00 CET)"


def test_html_and_text_say_the_same() -> None:
    mail = read(compose.confirmation(booking(phone="+49 385 588-0"), ANNA, ENVELOPE, before=None))

    for words in (
        "Ihre Videokonferenz ist gebucht",
        "Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ",
        "Großer Saal",
        "Anna Amsel, Ministerium für Inneres",
        "https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh",
        "123 456 789",
        "987 654 321",
        "+49 385 588-0",
        "Bernd Buche; Clasen, Clara",
    ):
        assert words in body(mail, "text/plain")
        assert words in body(mail, "text/html")


def test_only_moderators_are_told_the_moderator_pin() -> None:
    guest = compose.invitation(booking(), BERND, ENVELOPE, before=None)
    co_host = compose.invitation(booking(), replace(BERND, is_moderator=True), ENVELOPE, before=None)

    assert "987 654 321" not in body(read(guest), "text/plain") + body(read(guest), "text/html")
    assert "987 654 321" in body(read(co_host), "text/plain")
    # The calendar part is what gets forwarded.
    for message in (guest, co_host):
        assert "987" not in calendar_of(read(message)).inside("VEVENT")[0].one("DESCRIPTION").text


def test_a_room_from_stock_has_no_name() -> None:
    mail = read(
        compose.invitation(
            booking(room_is_stock=True, room_name="Reserve 17", room_address="r17@raum.mv.example"),
            BERND,
            ENVELOPE,
            before=None,
        )
    )

    assert "Reserve" not in body(mail, "text/plain") + body(mail, "text/html")
    event = calendar_of(mail).inside("VEVENT")[0]
    assert event.one("LOCATION").text.startswith("Videokonferenz – https://")
    assert len(event.all("ATTENDEE")) == 2


@pytest.mark.parametrize(
    ("zone", "starts_at", "minutes", "language", "expected"),
    [
        ("Europe/Berlin", "2026-07-01T08:00Z", 60, "de", "Mittwoch, 1. Juli 2026, 10:00–11:00 Uhr MESZ"),
        ("Europe/Berlin", "2026-07-01T08:00Z", 60, "en", "Wednesday, 1 July 2026, 10:00–11:00 CEST"),
        (
            "Europe/Berlin",
            "2026-10-25T00:30Z",
            60,
            "de",
            "Sonntag, 25. Oktober 2026, 02:30 Uhr MESZ bis Sonntag, 25. Oktober 2026, 02:30 Uhr MEZ",
        ),
        (
            "Europe/Berlin",
            "2026-12-31T22:00Z",
            120,
            "en",
            "Thursday, 31 December 2026, 23:00 CET to Friday, 1 January 2027, 01:00 CET",
        ),
        ("America/Sao_Paulo", "2026-07-01T15:00Z", 30, "de", "Mittwoch, 1. Juli 2026, 12:00–12:30 Uhr UTC-3"),
        ("Asia/Kathmandu", "2026-07-01T06:15Z", 30, "en", "Wednesday, 1 July 2026, 12:00–12:30 UTC+5:45"),
        # whoever's program writes UTC reads the clock on the wall
        ("UTC", "2026-12-01T09:00Z", 60, "de", "Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ"),
        ("Etc/UTC", "2026-07-01T09:00Z", 60, "de", "Mittwoch, 1. Juli 2026, 11:00–12:00 Uhr MESZ"),
    ],
)
def test_times_name_their_zone(zone: str, starts_at: str, minutes: int, language: str, expected: str) -> None:
    start = datetime.fromisoformat(starts_at).astimezone(UTC)
    end = start + timedelta(minutes=minutes)
    mail = booking(timezone=zone, occurrences=(DateView("2026-01-01T00:00:00", start, end, "confirmed"),))

    text = body(
        read(compose.invitation(mail, replace(BERND, language=language), ENVELOPE, before=None)), "text/plain"
    )

    assert f"\n  {expected}\n" in text


def test_a_series_lists_its_first_dates_and_says_how_many_follow() -> None:
    dates = []
    for week in range(10):
        start = datetime(2026, 12, 1, 9, tzinfo=UTC) + timedelta(weeks=week)
        recurrence_id = f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"
        state = "cancelled" if week == 1 else "confirmed"
        dates.append(DateView(recurrence_id, start, start + timedelta(hours=1), state))
    mail = read(
        compose.invitation(
            booking(rrule="FREQ=WEEKLY;COUNT=10", occurrences=tuple(dates)), BERND, ENVELOPE, before=None
        )
    )

    text = body(mail, "text/plain")

    assert mail["Subject"] == "Einladung: Lagebesprechung (ab Di., 1. Dez. 2026, 10:00 Uhr MEZ)"
    assert "8. Dezember" not in text
    assert "  und 1 weitere Termine, der letzte am Dienstag, 2. Februar 2027\n" in text
    assert calendar_of(mail).inside("VEVENT")[0].one("EXDATE").value == "20261208T100000"


def test_the_name_of_the_service_is_the_operators(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = '"Videokonferenz MV" <vk@mv.example>'

    mail = read(compose.invitation(booking(), BERND, ENVELOPE, before=None))

    assert mail["From"] == "Anna Amsel über Videokonferenz MV <vk@mv.example>"


# Hostile input (R5.9, R7.1)

HOSTILE = (
    "Lage\r\nBcc: eve@evil.example",
    "Lage\n\n<script>alert(1)</script>",
    'Minister" <minister@mv.example>, "x',
    "a@evil.example, b@evil.example (",
    "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=",
    '\\" <eve@evil.example>',
    "\x00\x1b[31m\u2028\u202e",
    "Sehr langer Titel, " * 20,
    "Überaus langer Titel; " * 20,
    "{{ settings.SECRET_KEY }}{% debug %}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_type_becomes_a_header_an_address_or_markup(text: str) -> None:
    mail = booking(
        title=text,
        description=text,
        organiser_name=text,
        authority_name=text,
        room_name=text,
        attendees=(attendee("bernd@im.mv.example", text),),
    )
    for message in (
        compose.invitation(mail, replace(BERND, name=text), ENVELOPE, before=None),
        compose.cancellation(replace(mail, cancelled=True), replace(BERND, name=text), ENVELOPE),
        compose.confirmation(mail, replace(ANNA, name=text), ENVELOPE, before=None),
    ):
        found = read(message)
        assert found.defects == []
        assert found["Bcc"] is None
        addresses = [found["From"].addresses, found["To"].addresses, found["Reply-To"].addresses]
        assert [len(one) for one in addresses] == [1, 1, 1]
        assert found["From"].addresses[0].addr_spec == "videokonferenz@mv.example"
        assert found["Reply-To"].addresses[0].addr_spec == "anna@im.mv.example"
        html = body(found, "text/html")
        assert "<script" not in html
        assert html.count("<h1>") == 1
        assert len(calendar_of(found).inside("VEVENT")) == 1


def test_a_long_name_with_a_comma_stays_one_name() -> None:
    name = "Freifrau von und zu Beispielhausen-Musterberg, Annegret Wilhelmine Friederike"

    message = compose.invitation(booking(organiser_name=name), BERND, ENVELOPE, before=None)

    assert read(message)["Reply-To"].addresses[0].display_name == name
    # The newer reader of the email package puts spaces between encoded words, so the older one is asked.
    raw = message_from_bytes(message.as_bytes())["From"]
    assert (
        str(make_header(decode_header(raw)))
        == f"{name} über Videokonferenzdienst <videokonferenz@mv.example>"
    )


def test_a_domain_beyond_ascii_is_written_in_its_ascii_form() -> None:
    found = read(
        compose.invitation(booking(), replace(BERND, address="bernd@münchen.example"), ENVELOPE, before=None)
    )

    assert found["To"].addresses[0].addr_spec == "bernd@xn--mnchen-3ya.example"


def test_a_calendar_part_stays_as_small_as_programs_take_it() -> None:
    weeks = [datetime(2026, 12, 1, 10) + timedelta(weeks=n) for n in range(150)]
    dates = tuple(
        DateView(
            recurrence_id=local.isoformat(),
            starts_at=to_instant(local, "Europe/Berlin") + timedelta(hours=2),
            ends_at=to_instant(local, "Europe/Berlin") + timedelta(hours=3),
            state="confirmed",
        )
        for local in weeks
    )
    invited = (*(attendee(f"guest{n}@elsewhere.example") for n in range(500)), attendee(BERND.address))
    large = booking(
        rrule="FREQ=WEEKLY;COUNT=150", occurrences=dates, attendees=invited, description="ä" * 10_000
    )

    message = compose.invitation(large, BERND, ENVELOPE, before=None)

    assert len(message.as_bytes()) < 2_000_000
    events = calendar_of(read(message)).inside("VEVENT")
    assert len(events) == 151
    people = [line.value for line in events[150].all("ATTENDEE")]
    assert people == ["mailto:bernd@im.mv.example", "mailto:grosser-saal@raum.mv.example"]
