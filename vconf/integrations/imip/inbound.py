# SPDX-License-Identifier: EUPL-1.2
"""What each METHOD does, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from vconf.integrations.ical.components import read_calendar
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.limits import USUAL
from vconf.integrations.ical.parse import read_message
from vconf.integrations.imip.answers_in import take_counter, take_refresh, take_reply
from vconf.integrations.imip.bounces import take_report
from vconf.integrations.imip.cancels import take_cancel
from vconf.integrations.imip.letters import Letter
from vconf.integrations.imip.models import IncomingMail
from vconf.integrations.imip.requests import take_addition, take_request
from vconf.integrations.imip.shapes import Kind, Outcome, ReadMail, Trust

#: what an organiser sends, and what people invited send. All else (PUBLISH, DECLINECOUNTER) is not for us.
METHODS: Mapping[str, Callable[[Letter], Outcome]] = {
    "REQUEST": take_request,
    "ADD": take_addition,
    "CANCEL": take_cancel,
    "REPLY": take_reply,
    "COUNTER": take_counter,
    "REFRESH": take_refresh,
}

#: mails whose calendar part, if they have one, cannot be read, and the code of that
_UNREAD: Mapping[Kind, str] = {"tnef": "winmail", "encrypted": "encrypted"}


def out_of_question(read: ReadMail) -> Outcome | None:
    """What becomes of a mail that is not looked into, whoever wrote it; None if it is one to `handle`."""
    if read.own_loop and read.kind != "dsn":
        return Outcome("ignored", "loop")
    if read.fault:
        return Outcome("set_aside", read.fault)
    if read.kind in _UNREAD:
        return Outcome("set_aside", _UNREAD[read.kind])
    if read.method and read.method_param and read.method != read.method_param:
        return Outcome("set_aside", "method_mismatch")
    return None


def handle(mail: IncomingMail, read: ReadMail, trust: Trust, *, now: datetime) -> Outcome:
    """Do what a mail asks for, within the transaction that its row is locked in. Raises what the services raise when
    their transaction has to begin anew.
    """
    if read.kind == "dsn":
        return take_report(read, mail.recipients, now=now)
    if read.kind != "itip" or read.calendar is None:
        # calendars say of their invitations that nobody typed them; of mere words it means an out-of-office note
        is_automatic = read.auto_submitted not in ("", "no")
        return Outcome("ignored", "auto_reply" if is_automatic else "not_an_invitation")
    if not trust.believed:
        return Outcome("set_aside", "unbelieved")
    try:
        message = read_message(read.calendar)
        calendar = read_calendar(read.calendar, USUAL)
    except InvalidCalendar as error:
        is_large = error.precondition.startswith("max-") and error.precondition != "max-date-time"
        return Outcome("set_aside", "too_large" if is_large else "malformed")
    act = METHODS.get(message.method)
    if act is None:
        return Outcome("ignored", "not_an_invitation")
    return act(
        Letter(
            message=message,
            calendar=calendar,
            recipients=[one.lower() for one in mail.recipients],
            sender=trust.address,
            message_id=read.message_id,
            now=now,
        )
    )
