# SPDX-License-Identifier: EUPL-1.2
"""Every shape of mail that goes out, read by programs that share no code with the writer: the mail by Python's parser,
its HTML by another, the calendar part by icalendar and by a reader that forgives nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation
from icalendar import Calendar

from tests.integrations.ical import strict
from tests.integrations.invitations.letters import ANNA, BERND, ENVELOPE, body, booking, read
from vconf.bookings.errors import SlotTaken
from vconf.bookings.mail_views import ApprovalMail, BookingMail, DateView
from vconf.bookings.models import ApprovalState, ProposalState
from vconf.bookings.proposal_views import ProposalMail
from vconf.bookings.refusal_views import RefusalMail
from vconf.errors import Alternative
from vconf.integrations.imip.notices import _context, _words
from vconf.integrations.imip.reply_mail import answer_mail
from vconf.integrations.imip.room_word import Asked, Standing, words_of
from vconf.integrations.invitations import approvals, compose, proposals, refusals, strangers, wording
from vconf.integrations.invitations.compose import Notice, Recipient
from vconf.integrations.invitations.parts import readable

TEN = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def date(week: int, state: str = "confirmed") -> DateView:
    begins = TEN + timedelta(weeks=week)
    local = datetime(2026, 12, 1, 10) + timedelta(weeks=week)
    return DateView(local.isoformat(), begins, begins + HOUR, state)


def series(*off: int, state: str = "cancelled", **fields: Any) -> BookingMail:
    dates = tuple(date(week, state if week in off else "confirmed") for week in range(4))
    return booking(rrule="FREQ=WEEKLY;COUNT=4", occurrences=dates, **fields)


def moved(mail: BookingMail) -> BookingMail:
    first, *others = mail.occurrences
    later = replace(first, starts_at=first.starts_at + HOUR, ends_at=first.ends_at + HOUR)
    return replace(mail, sequence=1, occurrences=(later, *others))


def cancelled(mail: BookingMail) -> BookingMail:
    dates = tuple(replace(one, state="cancelled") for one in mail.occurrences)
    return replace(mail, sequence=1, cancelled=True, occurrences=dates)


def told(mail: BookingMail) -> wording.Told:
    return wording.told_by(mail, moderator_pin=False)


def noticed(words: Callable[[], Notice]) -> Callable[[Recipient], Message]:
    return lambda to: compose.notice(booking(), to, ENVELOPE, words())


def approval(state: ApprovalState) -> ApprovalMail:
    return ApprovalMail(
        state=state,
        room_class="Leitung",
        lapses_at=TEN,
        decided_by="Carla Chefin",
        reason="Der Stab tagt.",
        dates=(date(0),),
        deciding=(),
    )


WAY = Alternative(starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR, room_name="Offener Raum")
REFUSED = RefusalMail(
    refusal=SlotTaken(alternatives=[WAY]),
    wished=(TEN, TEN + HOUR),
    room_name="Großer Saal",
    held=(date(0),),
    held_until=TEN,
    source="caldav",
)


def proposal(state: ProposalState) -> ProposalMail:
    return ProposalMail(
        state=state,
        attendee_address="bernd@im.mv.example",
        attendee_name="Bernd Buche",
        attendee_language="de",
        starts_at=TEN + HOUR,
        ends_at=TEN + 2 * HOUR,
        instead_of=(TEN, TEN + HOUR),
        all_dates=False,
        comment="Bin im Landtag; geht es später?",
        recurrence_id="",
        by_mail=True,
        sequence=0,
    )


def proposed(state: ProposalState, words: Callable[..., Notice]) -> Callable[[Recipient], Message]:
    made = proposal(state)
    declined = state == ProposalState.DECLINED
    return lambda to: proposals._composed(booking(), made, to, ENVELOPE, words(booking(), made), declined)


def answered(number: int = 0, **standing: Any) -> Callable[[Recipient], Message]:
    """What a room says: to the whole, or to the date with this number among those answered alone."""

    def answer(to: Recipient) -> Message:
        asked = Asked(
            uid="1",
            sequence=0,
            stamp=NOW,
            recurrence_id=None,
            address="grosser-saal@raum.mv.example",
            attendee_line="",
            organiser_line="",
            organiser_address=to.address,
            organiser_name=to.name,
            message_id="<1@outlook.example>",
            language=to.language,
            room_name="Großer Saal",
            room_address="grosser-saal@raum.mv.example",
            title="Lage; Aussicht, Rückblick",
            timezone="Europe/Berlin",
            starts_at=TEN,
            ends_at=TEN + HOUR,
        )
        stands = Standing(**standing)
        return answer_mail(asked, words_of(asked, stands, now=NOW)[number], ENVELOPE, stands.booking)

    return answer


def unreadable(code: str) -> Callable[[Recipient], Message]:
    def note(to: Recipient) -> Message:
        heading, lines = _words(code, "saal@raum.mv.example")
        return readable("invitations/notice", _context(to.language, heading, lines))

    return note


REFUSED_BOOKING = replace(booking(occurrences=(date(0, "refused"),)), refused=True, cancelled=True)
WAITING = booking(waits=True, occurrences=(date(0, "pending"),))
IN_PART: dict[str, Any] = {
    "booking": series(1, 3, state="refused"),
    "not_had": {date(1).recurrence_id: SlotTaken(alternatives=[WAY]), date(3).recurrence_id: None},
}

#: name -> to whom, METHOD of the calendar part ("" for none), the mail
SHAPES: dict[str, tuple[Recipient, str, Callable[[Recipient], Message]]] = {
    "invitation": (BERND, "REQUEST", lambda to: compose.invitation(booking(), to, ENVELOPE, before=None)),
    "invitation to a series": (
        BERND,
        "REQUEST",
        lambda to: compose.invitation(series(2), to, ENVELOPE, before=None),
    ),
    "update": (
        BERND,
        "REQUEST",
        lambda to: compose.invitation(moved(booking()), to, ENVELOPE, before=told(booking())),
    ),
    "one date moved": (
        BERND,
        "REQUEST",
        lambda to: compose.invitation(moved(series()), to, ENVELOPE, before=told(series())),
    ),
    "one date cancelled": (
        BERND,
        "CANCEL",
        lambda to: compose.invitation(series(2), to, ENVELOPE, before=told(series())),
    ),
    "changes of many, grouped": (
        BERND,
        "REQUEST",
        lambda to: compose.invitation(
            moved(series(2, room_name="Beratung")), to, ENVELOPE, before=told(series())
        ),
    ),
    "cancellation": (BERND, "CANCEL", lambda to: compose.cancellation(cancelled(series()), to, ENVELOPE)),
    "no longer invited": (BERND, "CANCEL", lambda to: compose.cancellation(booking(), to, ENVELOPE)),
    "confirmation": (
        ANNA,
        "PUBLISH",
        lambda to: compose.confirmation(
            series(2), to, ENVELOPE, before=None, not_mailed=["gast@firma.example"]
        ),
    ),
    "confirmation of the end": (
        ANNA,
        "PUBLISH",
        lambda to: compose.confirmation(cancelled(booking()), to, ENVELOPE, before=told(booking())),
    ),
    "access data": (
        BERND,
        "",
        lambda to: compose.way_in(series(), to, ENVELOPE, before=None, for_organiser=False),
    ),
    "new access data": (
        ANNA,
        "",
        lambda to: compose.way_in(moved(booking()), to, ENVELOPE, before=told(booking()), for_organiser=True),
    ),
    "reminder": (
        BERND,
        "",
        lambda to: compose.reminder_of_date(booking(), to, ENVELOPE, for_organiser=False),
    ),
    "reminder of the end of a series": (
        ANNA,
        "",
        lambda to: compose.reminder(series(promised_until=TEN), to, ENVELOPE),
    ),
    "approval wanted": (
        BERND,
        "",
        noticed(lambda: approvals._for_decider(booking(), approval(ApprovalState.ASKED))),
    ),
    **{
        f"approval {state}": (
            ANNA,
            "",
            noticed(lambda state=state: approvals._for_organiser(booking(), approval(state))),  # type: ignore[misc]
        )
        for state in (
            ApprovalState.ASKED,
            ApprovalState.APPROVED,
            ApprovalState.DECLINED,
            ApprovalState.LAPSED,
        )
    },
    "not booked": (ANNA, "", noticed(lambda: refusals._not_booked(booking(), REFUSED))),
    "not changed": (ANNA, "", noticed(lambda: refusals._not_changed(booking(), REFUSED))),
    "given up": (ANNA, "", noticed(lambda: refusals._released(booking(), [date(0)]))),
    "another time proposed": (ANNA, "", proposed(ProposalState.OPEN, proposals._made)),
    "proposal declined": (BERND, "DECLINECOUNTER", proposed(ProposalState.DECLINED, proposals._declined)),
    "a stranger answered": (ANNA, "", noticed(lambda: strangers._words(booking(), "x@firma.example"))),
    "room accepts": (ANNA, "REPLY", answered(booking=booking())),
    "room accepts in part": (ANNA, "REPLY", answered(**IN_PART)),
    "room declines a date": (ANNA, "REPLY", answered(1, **IN_PART)),
    "room is tentative": (ANNA, "REPLY", answered(booking=WAITING)),
    "room declines": (ANNA, "REPLY", answered(booking=REFUSED_BOOKING, refusal=REFUSED.refusal)),
    "room declines a change": (
        ANNA,
        "REPLY",
        answered(booking=booking(), refusal=REFUSED.refusal, held_until="morgen"),
    ),
    "winmail.dat": (ANNA, "", unreadable("winmail")),
    "encrypted": (ANNA, "", unreadable("encrypted")),
}


class _Page(HTMLParser):
    """Counts what was opened and closed, and gathers what can be read."""

    VOID = frozenset({"meta", "br", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", SHAPES)
def test_other_programs_read_what_goes_out(name: str, language: str) -> None:
    to, method, write = SHAPES[name]
    with translation.override(language):
        mail = read(write(replace(to, language=language)))

    assert [part.defects for part in mail.walk() if part.defects] == []
    assert len(body(mail, "text/plain").splitlines()) > 4
    page = _Page()
    page.feed(body(mail, "text/html"))
    page.close()
    assert page.open == []
    assert all(link.startswith(("http://127.0.0.1", "https://vk.mv.example/j/")) for link in page.links)
    html, plain = _words_in(" ".join([*page.words, *page.links])), _words_in(body(mail, "text/plain"))
    assert plain - html - {"--"} == set()

    methods = []
    for octets, param in _calendars(mail):
        methods.append(param)
        assert strict.read(octets).one("METHOD").value == param
        events = Calendar.from_ical(octets).events
        assert len({str(one["UID"]) for one in events}) == 1
        assert all(one.start and one["DTSTAMP"] for one in events)
    assert methods == ([method] if method else [])


def _words_in(text: str) -> set[str]:
    """Without the marks around them, which lists and headings have in text only."""
    return {word.strip(":-") for word in text.split()} - {""}


def _calendars(mail: EmailMessage) -> Iterator[tuple[bytes, str]]:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            octets = part.get_payload(decode=True)
            assert isinstance(octets, bytes)
            yield octets, str(part.get_param("method"))
