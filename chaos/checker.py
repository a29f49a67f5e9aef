# SPDX-License-Identifier: EUPL-1.2
"""Was anything lost? What people were told, against what is there. No database, no process: it can be tested."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from chaos.calendar_checker import calendar_violations
from chaos.history import (
    AnswerPromise,
    EventPromise,
    Found,
    Mail,
    MailPromise,
    MeetingThere,
    Promise,
    Shown,
    Standing,
    Stored,
    Violation,
)


@dataclass(frozen=True, slots=True)
class MailCount:
    """taken: by the mail server. repeated: those of a Message-ID it had before (at least once is the promise).
    superseded: SEQUENCEs that somebody was never told because a later one was there before."""

    taken: int
    distinct: int
    superseded: int

    @property
    def repeated(self) -> int:
        return self.taken - self.distinct


def violations(
    promises: Sequence[Promise],
    found: Found,
    events: Sequence[EventPromise] = (),
    answers: Mapping[tuple[str, str], AnswerPromise] | None = None,
    invitations: Sequence[MailPromise] = (),
) -> list[Violation]:
    """events, answers: what calendar clients were told. invitations: of rooms, by mail."""
    others = [
        *(_as_booking(one) for one in events),
        *(Promise(one.key, one.standing) for one in invitations),
    ]
    return [
        *_bookings([*promises, *others], found.bookings),
        *_answers_of_rooms(invitations, found.mails),
        *(Violation("mail not done", line) for line in found.not_done),
        *calendar_violations(events, answers or {}, found.calendars),
        *_mails(found.bookings, found.mails),
        *meeting_violations(found.meetings, found.on_servers),
        *_rest(found),
    ]


# Bookings


def _as_booking(event: EventPromise) -> Promise:
    """What is known of the booking behind it: that there is one. Its words are looked at in the calendar."""
    known = event.acknowledged and event.standing in (Standing.BOOKED, Standing.CANCELLED)
    return Promise(event.key, event.standing if known else Standing.UNANSWERED)


def _bookings(promises: Sequence[Promise], stored: Sequence[Stored]) -> Iterator[Violation]:
    by_key: dict[str, list[Stored]] = defaultdict(list)
    for one in stored:
        by_key[one.key].append(one)
    for promise in promises:
        there = by_key.pop(promise.key, [])
        if len(there) > 1:
            yield Violation("doubled", f"{promise.key} is booked {len(there)} times")
        elif promise.standing is Standing.REFUSED:
            if there:
                yield Violation("refused and booked", f"{promise.key}, refused as {promise.refusal}")
        elif promise.shown is not None and not there:
            yield Violation("lost", f"{promise.key}, acknowledged as {promise.shown.booking_id}")
        elif promise.shown is None and promise.standing is not Standing.UNANSWERED:
            if not there:
                yield Violation("lost", f"{promise.key}, stored by a calendar client or taken by mail")
            elif there[0].shown.cancelled != (promise.standing is Standing.CANCELLED):
                yield Violation("not as told", f"{promise.key} is {promise.standing} for its organiser")
        elif promise.shown is not None and promise.standing is not Standing.UNANSWERED:
            yield from _differences(promise.key, promise.shown, there[0].shown)
    for key, there in by_key.items():
        yield Violation("unasked", f"{key} is booked {len(there)} times, nobody asked for it")


def _differences(key: str, told: Shown, kept: Shown) -> Iterator[Violation]:
    for name in (each.name for each in fields(Shown)):
        if getattr(told, name) != getattr(kept, name):
            yield Violation(
                "not as told", f"{key}: {name} is {getattr(kept, name)!r}, told {getattr(told, name)!r}"
            )


# Mails


def _mails(stored: Sequence[Stored], mails: Sequence[Mail]) -> Iterator[Violation]:
    told = _told(mails)
    known = {one.shown.uid: one for one in stored}
    for (uid, sequence, recipient, method), message_ids in told.items():
        if not method:
            continue  # mere words, without a calendar part
        what = f"{method} {sequence} of {uid} to {recipient}"
        if uid not in known:
            yield Violation("mail of nothing", what)
        elif sequence > known[uid].sequence and method != "REPLY":
            # a room answers to the SEQUENCE of the mail, also if it refuses
            yield Violation("mail too new", f"{what}, the booking has {known[uid].sequence}")
        if len(message_ids) > 1:
            yield Violation("mail doubled", f"{what}: {len(message_ids)} different Message-IDs")
    for one in stored:
        yield from _missing(one, told)
    subjects = [(mail.recipient, mail.subject.split()) for mail in mails if not mail.method]
    for one in stored:
        if not one.refused or one.by_mail or one.shown.cancelled:
            continue
        if not any(to == one.shown.organiser and one.key in words for to, words in subjects):
            yield Violation("mail missing", f"that {one.key} is refused, to {one.shown.organiser}")


def _told(mails: Sequence[Mail]) -> dict[tuple[str, int, str, str], set[str]]:
    told: dict[tuple[str, int, str, str], set[str]] = defaultdict(set)
    for mail in mails:
        told[mail.uid, mail.sequence, mail.recipient, mail.method].add(mail.message_id)
    return told


def _missing(one: Stored, told: dict[tuple[str, int, str, str], set[str]]) -> Iterator[Violation]:
    """Everybody has to have been told the newest SEQUENCE. Whoever was never invited needs no cancellation."""
    uid, newest = one.shown.uid, one.sequence
    if one.refused or one.by_mail:
        return
    if (uid, newest, one.shown.organiser, "PUBLISH") not in told:
        yield Violation("mail missing", f"PUBLISH {newest} of {uid} to {one.shown.organiser}")
    for address in one.shown.attendees:
        invited = any((uid, sequence, address, "REQUEST") in told for sequence in range(newest + 1))
        method = "CANCEL" if one.shown.cancelled else "REQUEST"
        if (invited or not one.shown.cancelled) and (uid, newest, address, method) not in told:
            yield Violation("mail missing", f"{method} {newest} of {uid} to {address}")


def _answers_of_rooms(invitations: Sequence[MailPromise], mails: Sequence[Mail]) -> Iterator[Violation]:
    """To the newest REQUEST there is one answer; that there are not two to any is looked at with all mails."""
    answered = {(mail.uid, mail.sequence, mail.recipient) for mail in mails if mail.method == "REPLY"}
    for one in invitations:
        if one.standing is Standing.BOOKED and (one.uid, one.sequence, one.organiser) not in answered:
            yield Violation("mail missing", f"REPLY to {one.sequence} of {one.uid} to {one.organiser}")


def count_mails(stored: Sequence[Stored], mails: Sequence[Mail]) -> MailCount:
    told = _told(mails)
    reached = {(uid, sequence, recipient) for uid, sequence, recipient, _ in told}
    superseded = sum(
        (one.shown.uid, sequence, address) not in reached
        for one in stored
        if not one.refused and not one.by_mail
        for address in (one.shown.organiser, *one.shown.attendees)
        for sequence in range(one.sequence)
    )
    return MailCount(len(mails), len({mail.message_id for mail in mails}), superseded)


# Meetings, and everything else


def meeting_violations(stored: Sequence[MeetingThere], on_servers: Sequence[MeetingThere]) -> list[Violation]:
    return list(_meetings(stored, on_servers))


def _meetings(stored: Sequence[MeetingThere], on_servers: Sequence[MeetingThere]) -> Iterator[Violation]:
    running = Counter(meeting.occurrence_id for meeting in stored if meeting.running)
    for occurrence_id, count in running.items():
        if count > 1:
            yield Violation("meeting doubled", f"date {occurrence_id} has {count} running meetings")
    there = Counter(meeting.external_id for meeting in on_servers if meeting.running)
    wanted = {meeting.external_id for meeting in stored if meeting.running}
    for external_id in wanted - there.keys():
        yield Violation("meeting missing", f"{external_id} runs nowhere")
    for external_id, count in there.items():
        if external_id not in wanted:
            yield Violation("meeting left over", f"{external_id} runs, nobody wants it")
        elif count > 1:
            yield Violation("meeting doubled", f"{external_id} runs {count} times")


def _rest(found: Found) -> Iterator[Violation]:
    if found.not_fanned_out or found.pending:
        yield Violation(
            "outbox", f"{found.not_fanned_out} facts and {found.pending} deliveries were never worked on"
        )
    if found.parked:
        yield Violation("outbox", f"{found.parked} deliveries were given up")
    for line in found.findings:
        yield Violation("audit", line)
    for listener, rooms in found.boards.items():
        for room in rooms:
            yield Violation("board", f"{listener} sees {room} otherwise than the database")
