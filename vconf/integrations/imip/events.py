# SPDX-License-Identifier: EUPL-1.2
"""Facts: what mails of others ask to be answered. Ids and addresses only; `reactions.py` says what follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswerable:
    """A room was invited, or invited otherwise, and it is settled what becomes of that. about: id of the booking, or
    of the invitation if there is none.
    """

    invitation_id: str
    about: str

    @property
    def key(self) -> str:
        return self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerAnswered:
    """Somebody answered an invitation who is not invited: it was passed on. They are not added by that."""

    booking_id: str
    address: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MailUnreadable:
    """A mail of a believed sender could not be read. room: whom it was for. code: see `wording`. key: the same for each
    repetition.
    """

    mail_id: str
    address: str
    room: str
    code: str
    language: str
    key: str
