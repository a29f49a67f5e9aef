# SPDX-License-Identifier: EUPL-1.2
"""An organiser's program, their deputy, people invited, strangers and the web page, whose mails come in any order, late
and twice: once all have come, the booking is what stands in the organiser's own calendar.

The model is that calendar, as the program keeps it, with what was done on the page since its last mail. Nothing in it
knows how vconf puts versions together. Rooms answer each invitation once, and what says nothing new changes nothing.

`make test` plays the same few sequences each time, `make history` as many others as VCONF_TEST_EXAMPLES says. One that
fails is shortened then, which takes up to five minutes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.bookings.wishes import at, wish
from tests.integrations.caldav.objects import stamp
from tests.integrations.imip.post import (
    ANNA,
    BERND,
    CLARA,
    OUTLOOK,
    SHARED,
    SMALL,
    ZONE,
    Post,
    Sent,
    calendar,
    event,
    taken,
)
from tests.integrations.imip.test_replies import event as reply
from tests.integrations.imip.test_replies import partstat
from tests.smtp_sink import SmtpSink
from vconf.bookings.holding import read
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Attendee, Booking, Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.errors import NotFound, Refusal
from vconf.integrations.imip.models import Invitation, MailedWish
from vconf.outbox.deliver import deliver_due
from vconf.reactions import ANSWER, REACTIONS

#: somebody else has the small room then
TAKEN = 12
HOURS = (8, 10, 14, 16, TAKEN)
DATES = 3
#: day and hour of a date that comes by ADD
ADDED, ADDED_AT = 5, 16
GUEST, DEPUTY = "gast@elsewhere.example", "admin@im.mv.example"
ANSWERS = {fact: tuple(one for one in row if one is ANSWER) for fact, row in REACTIONS.items()}
SLUG = {SMALL: "beratung", SHARED: "offener-raum"}

late = st.booleans()
numbers = st.integers(0, DATES - 1)


@dataclass
class Entry:
    """What stands in the organiser's calendar. moved: dates with an hour of their own; of a single date there is none.

    sequence: of the whole; of dates: counted by themselves, as Exchange does it.
    """

    series: bool
    hour: int = 10
    title: str = "Lage"
    rooms: tuple[str, ...] = (SMALL,)
    moved: dict[int, int] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    added: bool = False
    sequence: int = -1
    of_dates: int = 0
    called_off: bool = True

    def dates(self) -> dict[int, int]:
        """Day -> hour, of all that takes place."""
        if self.called_off:
            return {}
        days = range(DATES) if self.series else (0,)
        found = {day: self.moved.get(day, self.hour) for day in days if day not in self.dropped}
        return found | ({ADDED: ADDED_AT} if self.added else {})


@dataclass
class OnThePage:
    """What was done there since the last mail that said anything new."""

    title: str = ""
    hour: int | None = None
    cancelled: bool = False


class MailDoor(RuleBasedStateMachine):
    sink: ClassVar[SmtpSink]

    @initialize(series=st.booleans(), tells_apart=st.booleans())
    def begin(self, series: bool, tells_apart: bool) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scene = factories.world()
        factories.deputy(self.scene.admin, self.scene.anna)
        self.anna, self.stranger = factories.actor(self.scene.anna), factories.actor(self.scene.clara)
        self.deputy = factories.actor(self.scene.admin)
        blocked = wish(TAKEN, room_id=self.scene.small.id, rrule=f"FREQ=DAILY;COUNT={DATES}", title="Andere")
        book(blocked, actor=factories.actor(self.scene.bernd))
        self.tells_apart = tells_apart
        self.entry = Entry(series)
        self.page = OnThePage()
        self.dropped_on_page: set[int] = set()
        self.post = Post()
        self.underway: list[Sent] = []
        self.arrived: list[Sent] = []
        self.said: dict[str, str] = {}
        self.minute = 0
        self.answers: dict[tuple[str, str, str], list[str]] = defaultdict(list)

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
            self.sink.received.clear()

    # --- what the organiser does, or their deputy in their place ---------------------------------------------

    @precondition(lambda self: self.entry.called_off)
    @rule(hour=st.sampled_from(HOURS), two=st.booleans(), late=late)
    def invite(self, hour: int, two: bool, late: bool) -> None:
        entry = self.entry
        entry.hour, entry.rooms, entry.called_off = hour, (SMALL, SHARED) if two else (SMALL,), False
        entry.moved, entry.dropped, entry.added = {}, set(), False
        self.hours = {hour}
        self.moved_on_page = False
        self.dropped_on_page = set()
        self.said = {}
        self.tell_all(late)

    @precondition(lambda self: not self.entry.called_off)
    @rule(hour=st.sampled_from(HOURS), late=late)
    def move_all(self, hour: int, late: bool) -> None:
        """Programs forget exceptions when the whole series is moved. Nobody moves back to where it was: that answers to
        the first invitation are not ones to the third cannot be told if the second comes last.
        """
        if hour in self.hours:
            return
        self.hours.add(hour)
        self.entry.hour, self.entry.moved, self.entry.dropped, self.entry.added = hour, {}, set(), False
        self.said = {}
        self.tell_all(late)

    @precondition(lambda self: not self.entry.called_off)
    @rule(counted=st.booleans(), late=late)
    def retitle(self, counted: bool, late: bool) -> None:
        self.entry.title = f"Titel {self.tick()}"
        self.tell_all(late, counted=counted)

    @precondition(lambda self: not self.entry.called_off)
    @rule(rooms=st.sampled_from([(SMALL,), (SHARED,), (SMALL, SHARED), (SHARED, SMALL)]), late=late)
    def swap_rooms(self, rooms: tuple[str, ...], late: bool) -> None:
        """Rooms no longer invited get a cancellation. Programs that tell dates apart would tell of each of them anew,
        which is left out here.
        """
        if self.tells_apart and (self.entry.dropped or self.entry.moved or self.entry.added):
            return
        before, self.entry.rooms = self.entry.rooms, rooms
        self.tell_all(late)
        for room in set(before) - set(rooms):
            self.send("CANCEL", self.whole(to=(room,)), (room,), late)

    @precondition(lambda self: len(self.entry.dates()) > 1)
    @rule(number=numbers, hour=st.sampled_from(HOURS), late=late)
    def move_date(self, number: int, hour: int, late: bool) -> None:
        entry = self.entry
        entry.moved[number] = hour
        entry.dropped.discard(number)
        if not self.tells_apart:
            self.tell_all(late)
            return
        entry.of_dates += 1
        self.dropped_on_page.discard(number)
        self.send("REQUEST", self.date(number), entry.rooms, late)

    @precondition(lambda self: len(self.entry.dates()) > 1)
    @rule(number=numbers, late=late)
    def drop_date(self, number: int, late: bool) -> None:
        entry = self.entry
        if number in entry.dropped:
            return
        entry.dropped.add(number)
        entry.of_dates += 1
        self.send("CANCEL", self.date(number, "STATUS:CANCELLED"), entry.rooms, late)
        entry.moved.pop(number, None)

    @precondition(lambda self: self.tells_apart and len(self.entry.dates()) > 1 and not self.entry.added)
    @rule(late=late)
    def add_date(self, late: bool) -> None:
        self.entry.added = True
        self.entry.of_dates += 1
        told = event(
            hour=ADDED_AT,
            day=ADDED,
            summary=self.entry.title,
            sequence=self.entry.of_dates,
            sent=self.tick(),
            to=(BERND, GUEST, *self.entry.rooms),
        )
        self.send("ADD", told, self.entry.rooms, late)

    @precondition(lambda self: not self.entry.called_off and not (self.underway and self.said))
    @rule(late=late)
    def call_off(self, late: bool) -> None:
        """If the next invitation overtook it, answers and dates dropped on the page would not be known to be over."""
        self.entry.called_off = True
        self.entry.sequence += 1
        late = late and not self.said and not self.dropped_on_page
        self.send("CANCEL", self.whole("STATUS:CANCELLED"), self.entry.rooms, late)

    # --- what is done on the page --------------------------------------------------------------------------------

    @precondition(lambda self: self.stands())
    @rule(deputy=st.booleans())
    def retitle_on_the_page(self, deputy: bool) -> None:
        self.page.title = f"Seite {self.tick()}"
        actor = self.deputy if deputy else self.anna
        change(self.booking().id, ChangeRequest(title=self.page.title), actor=actor)
        self.new_answers()

    @precondition(
        lambda self: (
            self.stands() and not self.entry.moved and not self.entry.added and not self.entry.dropped
        )
    )
    @rule(hour=st.sampled_from(HOURS))
    def move_on_the_page(self, hour: int) -> None:
        booking = self.booking()
        request = ChangeRequest(starts_local=at(hour))
        if hour == TAKEN and booking.room == self.scene.small:
            with pytest.raises(Refusal):
                change(booking.id, request, actor=self.anna)
            return
        change(booking.id, request, actor=self.anna)
        if hour != (self.page.hour or self.entry.hour):
            self.said, self.moved_on_page = {}, True
        self.page.hour = hour
        self.new_answers()

    @precondition(lambda self: self.stands() and len(self.there()) > 1)
    @rule(data=st.data())
    def drop_date_on_the_page(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.there().keys() - {ADDED})))
        self.dropped_on_page.add(number)
        hour = self.page.hour or self.entry.hour
        row = self.booking().occurrences.get(recurrence_id=at(hour, day=number).isoformat())
        cancel_occurrence(row.id, actor=self.anna)
        self.new_answers()

    @precondition(lambda self: self.stands())
    @rule()
    def cancel_on_the_page(self) -> None:
        cancel(self.booking().id, actor=self.deputy)
        self.page.cancelled, self.dropped_on_page = True, set()
        self.new_answers()

    @precondition(lambda self: self.stands())
    @rule()
    def stranger_on_the_page(self) -> None:
        before, booking = everything(), self.booking()
        with pytest.raises(NotFound):
            change(booking.id, ChangeRequest(title="Fremd"), actor=self.stranger)
        with pytest.raises(NotFound):
            cancel(booking.id, actor=self.stranger)
        assert everything() == before

    # --- what the post does ------------------------------------------------------------------------------------

    @precondition(lambda self: self.underway)
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        self.bring(self.underway.pop(data.draw(st.integers(0, len(self.underway) - 1))))

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def arrive_again(self, data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(self.arrived))
        before = everything()
        self.post.bring(sent)
        assert everything() == before, "what had come before changed something"
        assert self.new_answers() == [], "a second answer to one invitation"

    # --- what others do ------------------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["REQUEST", "CANCEL", "REPLY"]), hour=st.sampled_from(HOURS))
    def stranger_writes(self, what: str, hour: int) -> None:
        """Somebody who is neither organiser nor deputy nor invited, of the same UID, in the organiser's name."""
        told = event(
            f"ATTENDEE;PARTSTAT=DECLINED:mailto:{BERND}",
            hour=hour,
            sequence=self.entry.sequence + 5,
            sent=self.minute + 5,
            to=(SMALL,),
        )
        before = everything()
        self.post.bring(Sent(calendar(what, told), CLARA, [SMALL]))
        assert everything() == before
        assert self.new_answers() == []

    @precondition(lambda self: not self.entry.called_off and not self.moved_on_page)
    @rule(
        who=st.sampled_from([BERND, GUEST]),
        answer=st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
        late=late,
    )
    def answer(self, who: str, answer: str, late: bool) -> None:
        self.said[who] = answer
        told = self.whole(f"ATTENDEE;PARTSTAT={answer}:mailto:{who}", to=())
        sent = self.mail("REPLY", told, ("antwort@mv.example",), by=who)
        if late:
            self.underway.append(sent)
        else:
            self.bring(sent)

    @precondition(lambda self: self.stands() and not self.moved_on_page)
    @rule(who=st.sampled_from([BERND, GUEST]))
    def propose(self, who: str) -> None:
        """Another time: it moves nothing. Whoever proposes one has answered tentatively."""
        self.said[who] = "TENTATIVE"
        told = self.whole(f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{who}", to=(), hour=18)
        self.bring(self.mail("COUNTER", told, ("antwort@mv.example",), by=who))

    @rule(who=st.sampled_from([BERND, GUEST]))
    def ask_again(self, who: str) -> None:
        before = everything()
        self.post.bring(self.mail("REFRESH", self.whole(f"ATTENDEE:mailto:{who}", to=()), (SMALL,), by=who))
        assert everything() == before

    # --- what is true of it ------------------------------------------------------------------------------------

    @invariant()
    def promises_are_kept(self) -> None:
        if hasattr(self, "outer"):
            assert audit_invariants() == []

    @invariant()
    def the_booking_is_what_stands_in_the_calendar(self) -> None:
        if not hasattr(self, "outer") or self.underway:
            return
        found = Booking.objects.filter(uid="m", cancelled_at=None)
        wanted = self.there()
        if not wanted:
            assert not found.exists()
            return
        [booking] = found
        assert booking.organiser == self.scene.anna
        rooms = [room for room in self.entry.rooms if room != SMALL or TAKEN not in wanted.values()]
        if not rooms:
            assert booking.wish is not None, "it cannot be had"
            wished = read(booking.wish)
            assert (wished.title, wished.starts_local) == (self.entry.title, at(self.entry.hour))
            return
        assert booking.wish is None
        assert booking.title == (self.page.title or self.entry.title)
        times = sorted(f"{at(0, day=day):%d} {hour:02}:00" for day, hour in wanted.items())
        assert self.occupied() in [[(time, SLUG[room]) for time in times] for room in rooms]
        partstats = dict(Attendee.objects.filter(booking=booking).values_list("address", "partstat"))
        assert partstats == {who: self.said.get(who, "NEEDS-ACTION") for who in (BERND, GUEST)}

    # --- how -----------------------------------------------------------------------------------------------------

    def there(self) -> dict[int, int]:
        """Day -> hour, of what takes place after all that was said and done."""
        if self.page.cancelled:
            return {}
        dates = {day: hour for day, hour in self.entry.dates().items() if day not in self.dropped_on_page}
        return dates if self.page.hour is None else dict.fromkeys(dates, self.page.hour)

    def stands(self) -> bool:
        """Whether all mails have come and there is something to change on the page."""
        if self.underway or not self.there():
            return False
        return Booking.objects.filter(uid="m", cancelled_at=None, wish=None).exists()

    def booking(self) -> Booking:
        return Booking.objects.get(uid="m", cancelled_at=None)

    def tick(self) -> int:
        self.minute += 1
        return self.minute

    def occupied(self) -> list[tuple[str, str]]:
        """Without what somebody else has."""
        return sorted(one for one in taken() if not one[0].endswith(f"{TAKEN}:00") or one[1] != SLUG[SMALL])

    def whole(self, *lines: str, to: tuple[str, ...] | None = None, hour: int | None = None) -> list[str]:
        entry = self.entry
        if entry.series:
            lines = (*lines, f"RRULE:FREQ=DAILY;COUNT={DATES}")
        return event(
            *lines,
            hour=hour or entry.hour,
            summary=entry.title,
            sequence=entry.sequence,
            sent=self.tick(),
            to=(BERND, GUEST, *entry.rooms) if to is None else to,
        )

    def date(self, number: int, *lines: str) -> list[str]:
        entry = self.entry
        return event(
            f"RECURRENCE-ID;TZID={ZONE}:{stamp(at(entry.hour, day=number))}",
            *lines,
            hour=entry.moved.get(number, entry.hour),
            day=number,
            summary=entry.title,
            sequence=entry.of_dates if self.tells_apart else entry.sequence,
            sent=self.tick(),
            to=(BERND, GUEST, *entry.rooms),
        )

    def tell_all(self, late: bool, *, counted: bool = True) -> None:
        """The whole; programs that do not tell dates apart put them into the same mail."""
        entry = self.entry
        entry.sequence += counted or entry.sequence < 0
        if self.tells_apart:
            self.send("REQUEST", self.whole(), entry.rooms, late)
            return
        out = [f"EXDATE;TZID={ZONE}:{stamp(at(entry.hour, day=day))}" for day in sorted(entry.dropped)]
        dates = [self.date(number) for number in sorted(entry.moved)]
        self.send("REQUEST", self.whole(*out), entry.rooms, late, *dates)

    def mail(self, method: str, told: list[str], to: tuple[str, ...], *more: list[str], by: str) -> Sent:
        product = OUTLOOK if self.tells_apart else "-//somebody//client//EN"
        return Sent(calendar(method, told, *more, product=product), by, to, name=f"mail-{self.tick()}")

    def send(
        self, method: str, told: list[str], rooms: tuple[str, ...], late: bool, *more: list[str]
    ) -> None:
        """By the organiser, and every third time by their deputy."""
        if method == "CANCEL":
            self.page = OnThePage(cancelled=self.page.cancelled)  # which asks for nothing again
        else:
            self.page = OnThePage()
        by = DEPUTY if self.minute % 3 == 0 else ANNA
        sent = self.mail(method, told, rooms, *more, by=by)
        if late:
            self.underway.append(sent)
        else:
            self.bring(sent)

    def bring(self, sent: Sent) -> None:
        waiting = len(self.post.early)
        outcome = self.post.bring(sent)
        assert outcome.state in ("done", "ignored", "early"), outcome
        self.arrived.append(sent)
        mine = [room for name, room in self.new_answers() if name == f"<{sent.name}@mail.example>"]
        if b"METHOD:REQUEST" in sent.text and outcome.state == "done":
            # what took it back at once may have waited for it, or come before; then nobody answers
            is_taken_back = len(self.post.early) < waiting or self.is_overtaken(sent)
            assert sorted(mine) == sorted(sent.rooms) or (is_taken_back and set(mine) < set(sent.rooms))

    def is_overtaken(self, sent: Sent) -> bool:
        """Whether something that was cancelled later came before it."""
        return any(b"METHOD:CANCEL" in one.text and number(one) > number(sent) for one in self.arrived)

    def new_answers(self) -> list[tuple[str, str]]:
        """(Message-ID answered, room), of each answer that came since; none says what was said before."""
        deliver_due(ANSWERS, limit=1000, only={ANSWER.name})
        new, self.sink.received[:] = [one.message for one in self.sink.received], []
        found = []
        for mail in new:
            told = reply(mail)
            name, room = str(mail["In-Reply-To"]), str(told["ATTENDEE"]).lower().removeprefix("mailto:")
            said = self.answers[name, room, str(told.get("RECURRENCE-ID"))]
            assert not said or said[-1] != partstat(mail), "said twice"
            said.append(partstat(mail))
            found.append((name, room))
        return found


def number(sent: Sent) -> int:
    return int(sent.name.removeprefix("mail-"))


def everything() -> dict[str, list[Any]]:
    """All that mails may change."""
    return {
        "bookings": list(Booking.objects.order_by("id").values()),
        "dates": list(Occurrence.objects.order_by("id").values()),
        "people": list(Attendee.objects.order_by("id").values()),
        "wishes": list(MailedWish.objects.order_by("id").values()),
        "invitations": list(Invitation.objects.order_by("id").values()),
    }


MORE = os.environ.get("VCONF_TEST_EXAMPLES")
PROFILE = settings(
    max_examples=int(MORE or 8),
    stateful_step_count=20,
    # others each time where there is time to look into what they find, and to shorten it
    derandomize=MORE is None,
    phases=[Phase.generate, Phase.shrink] if MORE else [Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
@pytest.mark.engine
def test_mails_against_the_organisers_own_calendar(sink: SmtpSink, settings: Any) -> None:
    for name in ("ABOUT_BOOKING", "TO_ADDRESS", "OF_ORGANISER", "OF_AUTHORITY"):
        setattr(settings, f"VCONF_MAILS_{name}", 100_000)
    MailDoor.sink = sink
    run_state_machine_as_test(MailDoor, settings=PROFILE)
