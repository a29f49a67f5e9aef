# SPDX-License-Identifier: EUPL-1.2
"""Whole messages as programs write them (`corpus/*.eml`), through reader, trust and handler, with what comes of each.

They were written for the purpose after what is documented of these programs; none comes from the programs themselves.
So that they do not age, they hold `@{1 14:00}` for an hour of a test day (with ` Z` in UTC), `@{1}` for the day,
`@{stamp+10}` for a DTSTAMP, and text between `<<<base64 utf-8` and `>>>` is encoded so.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import getaddresses
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.bookings.wishes import DAY, at, wish
from tests.factories import actor, deputy, world
from tests.integrations.imip.post import SENT, utc
from vconf.bookings.models import OCCUPYING, AttendeeAnswer, Booking, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.refusal_views import dates_left_out
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
from vconf.integrations.imip.intake import take_in, take_mails
from vconf.integrations.imip.models import IncomingMail, Invitation
from vconf.integrations.imip.room_word import MOST_MENDED

pytestmark = pytest.mark.django_db

CORPUS = Path(__file__).parent / "corpus"
ZONE = "Europe/Berlin"
_PLACE = re.compile(r"@\{(?:stamp\+(\d+)|(\d+)(?: (\d\d):(\d\d)( Z)?)?)\}")
_ENCODED = re.compile(r"<<<(\S+) (\S+)\n(.*?)\n>>>", re.DOTALL)


def message(name: str) -> bytes:
    text = _PLACE.sub(_moment, (CORPUS / f"{name}.eml").read_text(encoding="utf-8"))
    return _ENCODED.sub(_encoded, text).encode()


def _moment(found: re.Match[str]) -> str:
    stamp, day, hour, minute, in_utc = found.groups()
    if stamp:
        return utc(SENT + timedelta(minutes=int(stamp)))
    if hour is None:
        return f"{at(0, day=int(day)):%Y%m%d}"
    local = at(int(hour) + int(minute) / 60, day=int(day))
    return utc(to_instant(local, ZONE)) if in_utc else f"{local:%Y%m%dT%H%M%S}"


def _encoded(found: re.Match[str]) -> str:
    how, charset, text = found.groups()
    octets = text.replace("\n", "\r\n").encode(charset)
    if how == "base64":
        return base64.encodebytes(octets).decode().rstrip("\n")
    return quopri.encodestring(octets.replace(b"\r\n", b"\n")).decode()


@dataclass(frozen=True)
class Comes:
    """dates: `day hour room` of all that is booked then. before: messages that had come. says: what a room has to say
    no with. people: what those invited have answered to Anna's own meeting, which `meeting` makes: "one" or "series",
    or "moved" an hour that its invitation did not name. in_part: whether the room is of a class that books a series
    without the dates that cannot be had. missing: those, by the day, with why they cannot and what could be instead.
    """

    state: str = "done"
    code: str = ""
    dates: Sequence[str] = ()
    before: Sequence[str] = ()
    says: str = ""
    meeting: str = ""
    people: dict[str, str] = field(default_factory=dict)
    in_part: bool = False
    missing: dict[int, Sequence[str]] = field(default_factory=dict)


def booked(*dates: str, before: Sequence[str] = (), says: str = "") -> Comes:
    return Comes(dates=dates, before=before, says=says)


def declined(says: str) -> Comes:
    return Comes(says=says)


def aside(code: str, before: Sequence[str] = (), dates: Sequence[str] = ()) -> Comes:
    return Comes("set_aside", code, before=before, dates=dates)


def answered(meeting: str = "one", **people: str) -> Comes:
    return Comes(meeting=meeting, people=people)


AT_TEN = "0 10:00 beratung"
FOUR = (AT_TEN, "1 10:00 beratung", "2 10:00 beratung", "3 10:00 beratung")
MOVED = (AT_TEN, "1 14:00 beratung", "2 10:00 beratung", "3 10:00 beratung")

EXPECTED = {
    "outlook-new": booked(AT_TEN),
    "outlook-update-text": booked(AT_TEN, before=["outlook-new"]),
    "outlook-update-time": booked("0 14:00 beratung", before=["outlook-new"]),
    "outlook-update-clash": booked(AT_TEN, before=["outlook-new"], says="slot_taken"),
    "outlook-cancel": booked(before=["outlook-new"]),
    "outlook-series": booked(*FOUR),
    "outlook-exception": booked(*MOVED, before=["outlook-series"]),
    "outlook-cancel-date": booked(AT_TEN, "1 10:00 beratung", "3 10:00 beratung", before=["outlook-series"]),
    "outlook-series-clash": declined("slot_taken"),
    "outlook-series-in-part": Comes(
        dates=("1 16:00 beratung", "2 16:00 beratung", "3 16:00 beratung"),
        in_part=True,
        missing={0: ("slot_taken", "Offener Raum 16:00", "Beratung 17:00", "Beratung 15:00")},
    ),
    "outlook-series-endless": booked(*(f"{7 * week} 10:00 beratung" for week in range(22))),
    "outlook-series-until-as-date": booked(*FOUR[:3]),
    "outlook-all-day": declined("all_day"),
    "outlook-room-in-bcc": booked(AT_TEN),
    "outlook-two-rooms": booked("0 16:00 offener-raum"),
    "outlook-any-room-30": booked("0 10:00 offener-raum"),
    "outlook-forwarded": aside("not_organiser"),
    "outlook-deputy-sent-by": booked("0 10:00 offener-raum"),
    "outlook-deputy-sender": booked(AT_TEN),
    "outlook-zone-without-rules": booked(AT_TEN),
    "outlook-zone-by-places": booked(AT_TEN),
    "exchange-customized-zone": booked(AT_TEN),
    "exchange-exception-with-date-in-uid": booked(*MOVED, before=["outlook-series"]),
    "outlook-latin1": booked(AT_TEN),
    "outlook-windows-1252": booked(AT_TEN),
    "outlook-foreign-room": declined("no_such_room"),
    "outlook-too-many-people": declined("room_too_small"),
    "outlook-web-new": booked(AT_TEN),
    "exchange-reply-accepted": answered(bernd="ACCEPTED", clara="NEEDS-ACTION"),
    "exchange-reply-declined-date": answered("series", bernd="NEEDS-ACTION", date="DECLINED"),
    "exchange-reply-old-version": answered("moved", bernd="NEEDS-ACTION"),
    "exchange-counter": answered(bernd="TENTATIVE"),
    "outlook-com-reply-tentative": answered(bernd="TENTATIVE"),
    "gmail-new": booked(AT_TEN),
    "gmail-update": booked("0 14:00 beratung", before=["gmail-new"]),
    "gmail-cancel": booked(before=["gmail-new"]),
    "gmail-series": booked(*MOVED[:3]),
    "gmail-date-moved": booked(*MOVED[:2], "2 15:00 beratung", before=["gmail-series"]),
    "gmail-reply-date": answered("series", bernd="NEEDS-ACTION", date="DECLINED"),
    "gmail-group-calendar": aside("not_organiser"),
    "thunderbird-new": booked(AT_TEN),
    "thunderbird-series-with-exception": booked(*MOVED[:3]),
    "thunderbird-cancel": booked(before=["thunderbird-new"]),
    "thunderbird-carets": booked(AT_TEN),
    "thunderbird-reply": answered(bernd="ACCEPTED"),
    "apple-new": booked(AT_TEN),
    "apple-series": booked(AT_TEN, "7 10:00 beratung", "14 10:00 beratung"),
    "apple-cancel": booked(before=["apple-new"]),
    "apple-reply-declined": answered(bernd="DECLINED"),
    "nextcloud-new": booked(AT_TEN),
    "nextcloud-cancel": booked(before=["nextcloud-new"]),
    "zimbra-new": booked(*FOUR[:3]),
    "zimbra-cancel-date": booked(AT_TEN, "2 10:00 beratung", before=["zimbra-new"]),
    "sogo-new": booked(AT_TEN),
    "kmail-new": booked(AT_TEN),
    "evolution-new": booked(AT_TEN),
    "notes-new": booked(AT_TEN),
    "notes-reschedule": booked("0 14:00 beratung", before=["notes-new"]),
    "shape-bare-calendar": booked(AT_TEN),
    "shape-bom-and-lf": booked(AT_TEN),
    "shape-octet-stream": booked(AT_TEN),
    "shape-signed": booked(AT_TEN),
    "shape-gateway-banner": booked(AT_TEN),
    "shape-two-calendars": booked(AT_TEN),
    "shape-method-mismatch": aside("method_mismatch"),
    "shape-without-method": aside("malformed"),
    "shape-winmail": aside("winmail"),
    "shape-encrypted": aside("encrypted"),
    "shape-out-of-office": Comes("ignored", "auto_reply"),
    "shape-words-only": Comes("ignored", "not_an_invitation"),
    "shape-publish": Comes("ignored", "not_an_invitation"),
    "shape-refresh": answered(bernd="NEEDS-ACTION"),
    "shape-list": booked(AT_TEN),
    "hostile-no-results": aside("unbelieved"),
    "hostile-other-gateway": aside("unbelieved"),
    "hostile-dmarc-fail": aside("unbelieved"),
    "hostile-older-results": aside("unbelieved"),
    "hostile-other-domain-passes": aside("unbelieved"),
    "hostile-every-second": declined("invalid"),
    "hostile-no-organizer": aside("malformed"),
    "hostile-stranger": declined("unknown_person"),
    "hostile-cancel-by-other": aside("not_organiser", ["thunderbird-new"], [AT_TEN]),
    "hostile-other-uid": Comes("early", "", [AT_TEN], ["thunderbird-new"]),
    "hostile-answer-for-others": Comes(
        "ignored", "not_attendee", meeting="one", people={"clara": "NEEDS-ACTION", "bernd": "NEEDS-ACTION"}
    ),
    "hostile-line-in-summary": booked(AT_TEN),
}


def test_each_message_has_its_expectation() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_what_comes_of_a_message(name: str, settings) -> None:
    settings.VCONF_MAIL_AUTHSERV_ID = "mx.mv.example"
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    expected = EXPECTED[name]
    scene = world(partial_unasked=expected.in_part)
    deputy(scene.bernd, scene.clara)
    book(wish(16, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    if expected.meeting:
        rule = "FREQ=DAILY;COUNT=3" if expected.meeting == "series" else ""
        people = "bernd@im.mv.example clara@fm.mv.example"
        own = book(
            wish(10, uid="m", room_id=scene.small.id, invite=people, rrule=rule, title="Andere"),
            actor=actor(scene.anna),
        )
        if expected.meeting == "moved":
            change(own.id, ChangeRequest(starts_local=at(14)), actor=actor(scene.anna))

    for one in [*expected.before, name]:
        handled = bring(message(one))

    assert (handled.state, handled.code) == (expected.state, expected.code)
    assert booked_now() == list(expected.dates)
    assert refusals() == ({expected.says} if expected.says else set())
    assert missing_dates() == expected.missing
    for who, partstat in expected.people.items():
        assert said(who) == partstat


def bring(octets: bytes) -> IncomingMail:
    head = octets.partition(b"\n\n")[0].decode()
    to = [address for _, address in getaddresses(re.findall(r"^To: (.*)$", head, re.MULTILINE)[:1])]
    before = set(IncomingMail.objects.values_list("id", flat=True))
    take_in(octets, sender="bounce@im.mv.example", recipients=to, channel="lmtp")
    take_mails(limit=10)
    return IncomingMail.objects.exclude(id__in=before).get()


def booked_now() -> list[str]:
    rows = Occurrence.objects.filter(state__in=OCCUPYING).exclude(booking__title="Andere")
    found = []
    for o in rows.order_by("starts_at").select_related("room"):
        local = o.starts_at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        found.append(f"{(local - DAY).days} {local:%H:%M} {o.room.slug}")
    return found


def missing_dates() -> dict[int, Sequence[str]]:
    """As the answer to the organiser gets them."""
    found: dict[int, Sequence[str]] = {}
    for booking in Booking.objects.filter(
        occurrences__state="refused", occurrences__released_at=None
    ).distinct():
        if booking.is_refused:
            continue
        for at_, refusal in dates_left_out(booking.id, now=timezone.now(), most=MOST_MENDED).items():
            assert refusal is not None
            ways = [
                f"{way.room_name} {way.starts_at.astimezone(ZoneInfo(ZONE)):%H:%M}"
                for way in refusal.alternatives
                if way.starts_at is not None
            ]
            found[(datetime.fromisoformat(at_) - DAY).days] = (refusal.code, *ways)
    return found


def refusals() -> set[str]:
    kept = [one for one in Invitation.objects.values_list("refusal", flat=True) if one]
    kept += [one for one in Booking.objects.values_list("refusal", flat=True) if one]
    return {one["code"] for one in kept}


def said(who: str) -> str:
    if who == "date":
        return AttendeeAnswer.objects.get().partstat
    return Booking.objects.get(uid="m").attendees.get(address__startswith=who).partstat
