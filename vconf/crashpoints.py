# SPDX-License-Identifier: EUPL-1.2
"""Places at which a process can be made to die, so that it can be tried whether anything is lost there.

Each lies before or after a commit, a send or a call of another service. None does anything unless VCONF_CRASH_POINTS
arms it (settings.py; refused outside of the demo). `chaos/` makes each of them happen under load.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from vconf.env import ConfigurationError

#: every point, and what has happened when it is reached
POINTS: Mapping[str, str] = MappingProxyType(
    {
        # the booking service, in the web processes
        "idempotency.after_key": "the key is written, nothing else is",
        "idempotency.repeated": "a repeat was recognised and not yet answered",
        "book.after_locks": "room, pool and authorities are locked, nothing is reserved",
        "book.before_commit": "booking, ledger, fact and audit are written and not committed",
        "book.before_answer": "the booking is committed, nobody knows",
        "change.after_lock": "the booking is locked, nothing is changed",
        "change.before_commit": "the change is written and not committed",
        "change.before_answer": "the change is committed, nobody knows",
        "cancel.after_locks": "everything is locked, nothing is given back",
        "cancel.before_commit": "the cancellation is written and not committed",
        "cancel.before_answer": "the cancellation is committed, nobody knows",
        "series.before_commit": "one date of a series is changed or dropped and not committed",
        # wishes of calendars and mails, and answers
        "replace.before_commit": "a booking is replaced as a whole and not committed",
        "replace.after_commit": "it is committed, nobody knows",
        "anew.before_commit": "what had been refused is booked anew and not committed",
        "wish.before_commit": "a wish that was refused is kept and not committed",
        "wish.after_commit": "it is committed, nobody knows",
        "answer.before_commit": "somebody's answer is written and not committed",
        "answer.after_commit": "it is committed, nobody knows",
        # the outbox: recorded by whoever books, delivered by the workers
        "outbox.before_wake": "facts are committed, nobody was told to ask for jobs",
        "outbox.after_wake": "somebody was told to ask for jobs, nobody is answered",
        "outbox.before_fan_out": "deliveries are written and not committed",
        "outbox.after_fan_out": "deliveries are committed",
        "outbox.after_claim": "a delivery is taken",
        "outbox.before_handle": "it is about to be handled",
        "outbox.after_handle": "it is handled and not noted",
        "outbox.after_done": "it is noted",
        # mails
        "invitations.before_row": "it is decided what to send",
        "invitations.after_row": "the mail's row is committed, no connection is made",
        "invitations.before_data": "the mail server knows sender and recipient",
        "invitations.after_data": "the mail server has taken the mail",
        "invitations.before_noting": "the conversation is over, nothing is noted",
        # calendar clients
        "caldav.put_before_commit": "what a client sent is booked, with all that it put onto it, and not committed",
        "caldav.put_before_answer": "it is committed, the client does not know",
        "caldav.delete_before_commit": "what a client deleted is given up or put away and not committed",
        "caldav.delete_before_answer": "it is committed, the client does not know",
        "caldav.inbox_before_commit": "a message lies in somebody's inbox, which is not committed",
        "caldav.inbox_after_commit": "it is committed, its delivery is not noted",
        # mails that come in
        "imip.before_taken_commit": "a mail is written down and not committed, its sender has no answer",
        "imip.after_taken_commit": "it is committed, its sender has no answer",
        "imip.after_reading": "the bounded child has read it, nothing is done",
        "imip.before_handled_commit": "what it asked for is done and noted, and not committed",
        "imip.after_handled_commit": "it is committed",
        # conference servers
        "meeting.before_plan_commit": "a meeting is planned and not committed",
        "meeting.after_loss": "a meeting is given up with its server, its next epoch is not planned",
        "meeting.before_move_commit": "its next epoch is planned elsewhere and not committed",
        "meeting.after_move_commit": "it is moved, nobody was asked to make it there",
        "meeting.before_ready_commit": "a meeting that was made is noted and not committed",
        "meeting.before_close_commit": "a date is closed and not committed",
        "conferencing.before_create": "the server is about to be asked for the meeting",
        "conferencing.after_create": "the meeting is there, the database does not know",
        "conferencing.after_ready": "the database knows",
        "conferencing.before_end": "the server is about to be asked to end the meeting",
        "conferencing.after_end": "the meeting is ended there",
        "conferencing.before_poll": "the server is about to be looked at",
        "conferencing.after_poll": "the server was looked at, nothing is compared",
        # servers that ask before a room opens
        "admission.before_commit": "a server is let open a room, which is not committed",
        "admission.before_answer": "it is committed, the server is not answered",
        "admission.before_close_commit": "a room that everybody left is noted as closed and not committed",
        # recordings
        "recordings.before_call": "the server is about to be asked to publish or delete a recording",
        "recordings.after_call": "the server has done it, the database does not know",
        "recordings.before_noting_commit": "what the server confirmed is noted and not committed",
        # the clock
        "clock.before_open": "a second has passed",
        "clock.after_open": "what was due is opened, nothing is closed",
        "clock.after_close": "bookings are up to date, the room board is not",
        # the room board
        "realtime.before_commit": "statuses and their version are written and not committed",
        "realtime.before_announce": "a version is committed, nobody is told",
        "realtime.after_announce": "everybody is told",
        # the audit
        "audit.before_seal_commit": "the chain is longer and not committed",
        "audit.after_seal_commit": "it is committed, its head is noted nowhere else",
    }
)


@dataclass(frozen=True, slots=True)
class Arming:
    """How often a process dies at a point: with this probability each time, or the first time anybody reaches it."""

    probability: float = 1.0
    once: bool = False


_armed: dict[str, Arming] = {}
_folder: Path | None = None


def reach(name: str) -> None:
    """Here is the point of that name. Ends the process, as a power cut would, if it is armed and its turn has come."""
    if _armed:
        _reach(name)


def arm(entries: list[str], *, folder: Path) -> None:
    """Arm points: `name=once` or `name:probability`; the name `*` stands for all. Nothing named: none is armed.

    :param folder: where a file of the point's name is left behind by whoever dies; all processes of an installation
        share it, so that `once` is once among them, across restarts
    """
    global _folder
    _folder = folder
    _armed.clear()
    for entry in entries:
        name, arming = _parsed(entry)
        for point in POINTS if name == "*" else (name,):
            _armed[point] = arming


def _parsed(entry: str) -> tuple[str, Arming]:
    if entry.endswith("=once"):
        name, arming = entry.removesuffix("=once"), Arming(once=True)
    else:
        name, _, number = entry.partition(":")
        try:
            arming = Arming(float(number))
        except ValueError:
            arming = Arming(-1)
        if not 0 < arming.probability <= 1:
            raise ConfigurationError(
                f"VCONF_CRASH_POINTS: {entry!r} is neither name=once nor name:probability."
            )
    if name != "*" and name not in POINTS:
        raise ConfigurationError(f"VCONF_CRASH_POINTS: there is no point {name!r}.")
    return name, arming


def _reach(name: str) -> None:
    arming = _armed.get(name)
    if arming is None:
        return
    if arming.once:
        if not _mark(name):
            del _armed[name]  # somebody has died here before
            return
    elif random.random() >= arming.probability:  # noqa: S311 - chaos keeps no secret
        return
    else:
        _mark(name)
    os.kill(os.getpid(), signal.SIGKILL)


def _mark(name: str) -> bool:
    """Leave a file behind; False if there was one."""
    assert _folder is not None
    _folder.mkdir(parents=True, exist_ok=True)
    try:
        (_folder / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
