# SPDX-License-Identifier: EUPL-1.2
"""People who keep their meetings in a calendar client, which stores, moves, renames and deletes events over CalDAV,
answers invitations, and follows its calendar from token to token.

New events are stored with If-None-Match, everything else with If-Match, as clients do. So what is sent again after a
lost connection is refused with 412 (or 404) if it had been done, and the client looks what is there.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import requests

from chaos import dav
from chaos.asking import Asker
from chaos.history import AnswerPromise, CalendarThere, EventPromise, EventThere, Standing
from chaos.journal import Journal
from chaos.load import some_time

_ANSWERS = ("ACCEPTED", "DECLINED", "TENTATIVE")
_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calendar it is: address, calendar password, and the paths of calendar and inbox."""

    address: str
    password: str
    calendar: str
    inbox: str


@dataclass(slots=True)
class _Own:
    """An event of the client's own, where it is to take place, and when as the client wanted it last."""

    promise: EventPromise
    room: str
    starts: datetime


class CalendarUser(Asker):
    """One client with one calendar.

    rooms: addresses of rooms that are asked for by name. colleagues: who use such a client too, and invite each other.
    """

    def __init__(
        self,
        number: int,
        seed: int,
        account: Account,
        *,
        invited: Sequence[str],
        colleagues: Sequence[str],
        rooms: Sequence[str],
        doors: Sequence[str],
        journal: Journal,
        enough: threading.Event,
        pause: float,
    ) -> None:
        super().__init__(f"calendar-{number}", seed, doors=doors, journal=journal, enough=enough, pause=pause)
        self.number = number
        self.seed = seed
        self.account = account
        self.invited = invited
        self.colleagues = [one for one in colleagues if one != account.address]
        self.rooms = rooms
        self.made = 0
        self.mine: list[_Own] = []
        self.first_token = self.token = ""
        self.followed: dict[str, str] = {}
        self.at_first: dict[str, str] = {}
        credentials = b64encode(f"{account.address}:{account.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}

    # --- what they do --------------------------------------------------------------------------------------

    def _act(self) -> None:
        if not self.token:
            self._follow()
            self.first_token, self.at_first = self.token, dict(self.followed)
        if not self.mine or self.dice.random() < 0.5:
            make = (self._make, self._make_in_a_room, self._make_series, self._make_where_taken)
            self.dice.choices(make, weights=(35, 25, 15, 25))[0]()
        else:
            change = (self._rename, self._move, self._delete, self._answer)
            self.dice.choices(change, weights=(25, 30, 20, 25))[0]()
        if self.dice.random() < 0.4:
            self._follow()

    def _make(self) -> None:
        self._store_new("put", some_time(self.dice))

    def _make_in_a_room(self) -> None:
        self._store_new("put with a room", some_time(self.dice), room=self.dice.choice(self.rooms))

    def _make_series(self) -> None:
        rule = f"FREQ=WEEKLY;COUNT={self.dice.randint(2, 5)}"
        self._store_new("put a series", some_time(self.dice), rule=rule)

    def _make_where_taken(self) -> None:
        """Refused, and stored all the same, with the room declined."""
        there = [one for one in self.mine if one.room]
        if there:
            other = self.dice.choice(there)
            self._store_new("put where taken", other.starts, room=other.room)

    def _store_new(self, operation: str, starts: datetime, *, room: str = "", rule: str = "") -> None:
        self.made += 1
        key = f"c{self.seed}-{self.number}-{self.made}"
        uid = f"{key}@chaos.example"
        summary = f"{key} 0"
        href = f"{self.account.calendar}{uid}.ics"
        promise = EventPromise(key, self.account.address, href, uid)
        with self.journal.lock:
            self.journal.events.append(promise)
        people = self.dice.sample(self.invited, self.dice.randint(1, 2)) + self.colleagues
        text = dav.new_event(
            uid, summary, starts, 30, organiser=self.account.address, attendees=people, room=room, rule=rule
        )
        answer, tries = self._put(href, text, {"If-None-Match": "*"})
        self.journal.count(operation, tries)
        if answer.status_code == 201 or (tries > 1 and self._is_so(answer, href, summary, starts)):
            self._tell(promise, summary, starts)
            self.mine.append(_Own(promise, room, starts))
        else:
            self.journal.surprise(f"{operation} {key}: {_short(answer)}")

    def _rename(self) -> None:
        one = self.dice.choice(self.mine)
        found = self._begin(one)
        if found is not None:
            summary = f"{one.promise.key} {self.dice.randrange(1000)}"
            self._alter("put renamed", one, found, dav.renamed(found[0], summary), summary, one.starts)

    def _move(self) -> None:
        one = self.dice.choice(self.mine)
        found = self._begin(one)
        if found is None:
            return
        starts = some_time(self.dice)
        others = [other for other in self.mine if other is not one and other.room == one.room]
        if one.room and others and self.dice.random() < 0.4:
            starts = self.dice.choice(others).starts  # so it cannot be had
        text = dav.moved(found[0], starts, 30)
        self._alter("put moved", one, found, text, one.promise.summary, starts)

    def _alter(
        self, operation: str, one: _Own, found: tuple[str, str], text: str, summary: str, starts: datetime
    ) -> None:
        promise = one.promise
        promise.standing = Standing.UNANSWERED  # until there is an answer, both may be true
        answer, tries = self._put(promise.href, text, {"If-Match": found[1]})
        self.journal.count(operation, tries)
        if answer.status_code == 204 or (tries > 1 and self._is_so(answer, promise.href, summary, starts)):
            self._tell(promise, summary, starts)
            one.starts = starts
        else:
            self.journal.surprise(f"{operation} {promise.key}: {_short(answer)}")
            self.mine.remove(one)

    def _delete(self) -> None:
        one = self.dice.choice(self.mine)
        found = self._begin(one)
        if found is None:
            return
        self.mine.remove(one)
        one.promise.standing = Standing.UNANSWERED
        answer, tries = self._ask("DELETE", one.promise.href, None, {"If-Match": found[1]})
        self.journal.count("delete", tries)
        if answer.status_code == 204 or (answer.status_code == 404 and tries > 1):
            one.promise.standing = Standing.CANCELLED
        else:
            self.journal.surprise(f"delete {one.promise.key}: {_short(answer)}")

    def _answer(self) -> None:
        """To an invitation by somebody who uses such a client too. It may be changed or gone by then."""
        own = {one.promise.href for one in self.mine}
        hrefs = sorted(href for href in self.followed if href not in own)
        if not hrefs:
            return
        href, me = self.dice.choice(hrefs), self.account.address
        found = self._read(href)
        if found is None:
            return
        text, etag = found
        event = dav.event_in(text)
        if event.organiser not in self.colleagues or me not in event.partstats:
            return
        wanted = self.dice.choice([one for one in _ANSWERS if one != event.partstats[me]])
        before = self.journal.answers.get((event.uid, me))
        self._note(event, "")
        answer, tries = self._put(href, dav.answered(text, me, wanted), {"If-Match": etag})
        self.journal.count("answer", tries)
        if answer.status_code == 204:
            self._note(event, wanted)
        elif answer.status_code != 412:
            self.journal.surprise(f"answer to {event.uid}: {_short(answer)}")
        elif tries > 1:
            # an earlier try may have been done; if so, it shows, unless the organiser has changed the meeting since
            again = self._read(href)
            now = None if again is None else dav.event_in(again[0])
            if now is not None and now.partstats.get(me) == wanted:
                self._note(now, wanted)
        elif before is not None:
            with self.journal.lock:
                self.journal.answers[event.uid, me] = before

    def _note(self, event: EventThere, partstat: str) -> None:
        with self.journal.lock:
            self.journal.answers[event.uid, self.account.address] = AnswerPromise(partstat, event.sequence)

    # --- the calendar --------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Take over what changed since the last time."""
        self.token, self.followed = self._synced(self.token, self.followed)
        self.journal.count("sync", 1)

    def _synced(self, token: str, known: dict[str, str]) -> tuple[str, dict[str, str]]:
        answer, _ = self._ask("REPORT", self.account.calendar, dav.sync_since(token), {"Depth": "1"})
        if answer.status_code != 207:
            self.journal.surprise(f"{self.name}: sync since {token}: {_short(answer)}")
            return token, known
        told = dav.read_multistatus(answer.content)
        there = {**known, **{href: etag for href, etag in told.etags.items() if etag is not None}}
        return told.token, {
            href: etag for href, etag in there.items() if told.etags.get(href, "") is not None
        }

    def look(self) -> CalendarThere:
        """Everything, now that nothing is under way any more. The load has ended."""
        self.patient_until = None
        self._follow()
        _, since_first = self._synced(self.first_token, self.at_first)
        listed, _ = self._ask("PROPFIND", self.account.calendar, dav.LIST, {"Depth": "1"})
        read, _ = self._ask("REPORT", self.account.calendar, dav.READ, {"Depth": "1"})
        inbox, _ = self._ask("REPORT", self.account.inbox, dav.READ, {"Depth": "1"})
        etags = dav.read_multistatus(listed.content).etags
        texts = dav.read_multistatus(read.content).texts
        messages = dav.read_multistatus(inbox.content).texts
        return CalendarThere(
            listed={href: etag for href, etag in etags.items() if etag is not None},
            events={href: dav.event_in(text) for href, text in texts.items()},
            followed=dict(self.followed),
            since_first=since_first,
            inbox=tuple(dav.event_in(text) for text in messages.values()),
        )

    # --- asking --------------------------------------------------------------------------------------------

    def _begin(self, one: _Own) -> tuple[str, str] | None:
        """Text and ETag of an event of their own, which has to be there."""
        found = self._read(one.promise.href)
        if found is None:
            self.journal.surprise(f"{one.promise.key} is gone from the calendar of who stored it")
            self.mine.remove(one)
        return found

    def _is_so(self, answer: requests.Response, href: str, summary: str, starts: datetime) -> bool:
        """Whether what was refused because of its condition had been done before: what is there says it."""
        if answer.status_code != 412:
            return False
        found = self._read(href)
        event = None if found is None else dav.event_in(found[0])
        return event is not None and (event.summary, event.starts) == (summary, dav.stamp(starts))

    def _tell(self, promise: EventPromise, summary: str, starts: datetime) -> None:
        with self.journal.lock:
            promise.summary, promise.starts = summary, dav.stamp(starts)
            promise.standing, promise.acknowledged = Standing.BOOKED, True

    def _read(self, href: str) -> tuple[str, str] | None:
        answer, _ = self._ask("GET", href, None, {})
        if answer.status_code == 404:
            return None
        return answer.content.decode(), answer.headers["ETag"]

    def _put(self, href: str, text: str, condition: dict[str, str]) -> tuple[requests.Response, int]:
        return self._ask("PUT", href, text.encode(), {"Content-Type": "text/calendar", **condition})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[requests.Response, int]:
        kind = {} if body is None else {"Content-Type": _XML}
        return self._send(method, quote(path, safe="/@"), body, {**self._headers, **kind, **headers})


def _short(answer: requests.Response) -> str:
    return f"{answer.status_code} {answer.text[:300]}"
