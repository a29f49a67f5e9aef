# SPDX-License-Identifier: EUPL-1.2
"""The vocabulary of refusals. Every door translates these; none invents its own.

    DomainError
    ├── Invalid            the request cannot be understood (names the fields)
    ├── NotSignedIn        the caller is nobody yet
    ├── Forbidden          the caller may see it, but not do it
    ├── NotFound           absent or foreign: the two are never told apart
    ├── VersionConflict    somebody else changed it since the caller read it
    └── Refusal            understood, allowed, and still not possible: has numbers and a way out

`code` is stable and part of the API; the sentence is for people and is translated when it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class Alternative:
    """A way out of a refusal: another time, another room or a smaller meeting.

    Instants are aware; a field that stays as asked is None.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    room_id: UUID | None = None
    room_name: str = ""
    room_seats: int | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """One date that cannot be had. Names the time only: whose booking it is, is nobody's business."""

    starts_at: datetime
    ends_at: datetime
    code: str


class DomainError(Exception):
    """Something the inside refuses. Subclasses set `code` and a default sentence."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[Text] = _("This is not possible.")
    #: whether the audit has its row already
    noted = False

    def __init__(
        self,
        detail: Text | None = None,
        *,
        limit: float | None = None,
        in_use: float | None = None,
        asked: float | None = None,
        unit: str = "",
        conflicts: Sequence[Clash] = (),
        alternatives: Sequence[Alternative] = (),
        fields: Mapping[str, Sequence[Text]] | None = None,
    ) -> None:
        self.detail: Text = detail if detail is not None else self.sentence
        self.limit = limit
        self.in_use = in_use
        self.asked = asked
        self.unit = unit
        self.conflicts = tuple(conflicts)
        self.alternatives = tuple(alternatives)
        self.fields = dict(fields or {})
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.detail)


class Invalid(DomainError):
    code = "invalid"
    sentence = _("The request is not valid.")

    @classmethod
    def field(cls, name: str, message: Text) -> "Invalid":
        return cls(fields={name: [message]})


class NotSignedIn(DomainError):
    code = "not_signed_in"
    sentence = _("Please sign in.")


class Forbidden(DomainError):
    code = "forbidden"
    sentence = _("You are not allowed to do this.")


class NotFound(DomainError):
    code = "not_found"
    sentence = _("There is nothing here, or it is not yours to see.")


class VersionConflict(DomainError):
    code = "version_conflict"
    sentence = _("Somebody changed this in the meantime. Please load it again.")


class Refusal(DomainError):
    """Understood and allowed, but it does not fit. Answered 409 by the API."""

    code = "refused"
