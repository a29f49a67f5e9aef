# SPDX-License-Identifier: EUPL-1.2
"""What is handed on between the steps of taking a mail in. Plain values: what a mail says is never more than text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["itip", "dsn", "tnef", "encrypted", "plain"]
State = Literal["done", "ignored", "early", "set_aside"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says of one recipient (RFC 3464, 2.3). status: such as `5.1.1`."""

    recipient: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What the bounded child found in a mail. Everything in it was written by whoever sent it.

    from_address: lower case, bare; "" where the header is missing, broken or there more than once
    auth_results: the topmost Authentication-Results that names our authserv-id; "" without one
    own_loop: the mail carries our own marker
    calendar: UTF-8 text of the chosen calendar part; None unless `kind` is `itip`
    method_param: of that part's Content-Type, upper case; "" without one
    method, uid: METHOD and first UID of the calendar text; "" without one, or where the text cannot be read
    kind: `tnef` is Outlook's winmail.dat, `encrypted` S/MIME or PGP, `dsn` a delivery report
    fault: why it could not be read any further, a code of `wording`; "" if it could
    """

    message_id: str = ""
    from_address: str = ""
    auth_results: str = ""
    auto_submitted: str = ""
    precedence: str = ""
    list_id: str = ""
    own_loop: bool = False
    language_hint: str = ""
    calendar: bytes | None = None
    method_param: str = ""
    method: str = ""
    uid: str = ""
    kind: Kind = "plain"
    dsn: Sequence[Report] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether our gateway vouches for who wrote the mail. address: From's, lower case. reason: for logs, no content."""

    believed: bool
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail. code: stable, see `wording`; "" if there is nothing to say."""

    state: State
    code: str = ""
