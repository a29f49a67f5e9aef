# SPDX-License-Identifier: EUPL-1.2
"""Passwords for calendar clients: made by us, shown once, good for calendars only.

A client sends its password with every request, so checking one is one look-up. Its digest needs no slow hash: nobody
guesses 130 random bits, with however many computers (ADR 18). For the same reason the right password is never refused
because of wrong ones before it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.fields import optional_line
from vconf.authorities.models import CalendarPassword, Person
from vconf.authorities.rights import Actor
from vconf.errors import Invalid, NotFound

#: of one person at a time: more devices than anybody has
MOST = 50
#: typed on telephones: no capitals, and nothing that looks like something else
_LETTERS = "abcdefghijkmnopqrstuvwxyz2345679"
_LENGTH, _GROUP = 26, 5
#: so that a client that asks every minute does not make a write of every read
_LAST_USE_PRECISION = timedelta(minutes=10)

_FIND = """
    SELECT person.*, CASE WHEN password.last_used_at IS NULL OR password.last_used_at < %s THEN password.id END AS used
    FROM authorities_calendarpassword AS password JOIN authorities_person AS person ON person.id = password.person_id
    WHERE password.digest = %s AND password.revoked_at IS NULL AND person.is_active
    AND (person.id = %s OR EXISTS (
        SELECT 1 FROM authorities_personaddress AS held WHERE held.person_id = person.id AND held.address = %s))
"""


def create_calendar_password(
    person: Person, label: str = "", *, actor: Actor
) -> tuple[CalendarPassword, str]:
    """A password for the person's own calendar clients; the clear text is answered once and kept nowhere.

    Only the person, or vconf itself on the command line, can make one. Raises Invalid, NotFound.
    """
    with transaction.atomic():
        if not actor.is_system and actor.person_id != person.id:
            raise NotFound
        held = Person.objects.select_for_update(no_key=True).get(id=person.id).calendar_passwords
        if held.filter(revoked_at=None).count() >= MOST:
            raise Invalid.field("label", _("Please revoke a password that is not used any more."))
        clear = _random_password()
        password = CalendarPassword.objects.create(
            person=person, digest=_digest(clear), label=optional_line(label, "label", 100)
        )
        record_audit(
            "calendar_password.create",
            actor=actor,
            object_type="calendar_password",
            object_id=password.id,
            changes={"person": str(person.id)},
        )
        return password, clear


def revoke_calendar_password(password_id: UUID, *, actor: Actor) -> None:
    """End one of the caller's own passwords at once. Revoking it again changes nothing. Raises NotFound."""
    with transaction.atomic():
        passwords = CalendarPassword.objects.filter(id=password_id)
        if not actor.is_system:
            passwords = passwords.filter(person=actor.person) if actor.person else passwords.none()
        password = passwords.select_for_update(no_key=True).first()
        if password is None:
            raise NotFound
        if password.revoked_at is None:
            password.revoked_at = timezone.now()
            password.save(update_fields=["revoked_at"])
            record_audit(
                "calendar_password.revoke",
                actor=actor,
                object_type="calendar_password",
                object_id=password.id,
            )


def calendar_passwords_of(actor: Actor) -> QuerySet[CalendarPassword]:
    """The caller's own that were not revoked, newest first."""
    if actor.person_id is None:
        return CalendarPassword.objects.none()
    return CalendarPassword.objects.filter(person_id=actor.person_id, revoked_at=None).order_by("-created_at")


def person_for_calendar_password(name: str, password: str, *, now: datetime | None = None) -> Person | None:
    """Who signs in with this name (a verified address, or the person's id) and password.

    None if the two do not belong together, the password was revoked or the person disabled (R1.10). Notes the use, to
    the nearest ten minutes.
    """
    now = now or timezone.now()
    noted_before = CalendarPassword._meta.get_field("last_used_at").get_db_prep_value(
        now - _LAST_USE_PRECISION, connection
    )
    key = Person._meta.get_field("id").get_db_prep_value(_as_id(name), connection)
    address = name.strip().lower() if name.isprintable() else ""
    found: Iterable[Any] = Person.objects.raw(_FIND, [noted_before, _digest(password), key, address])
    for person in found:
        if person.used is not None:
            CalendarPassword.objects.filter(id=person.used).update(last_used_at=now)
        return cast("Person", person)
    return None


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name.strip())
    except ValueError:
        return None


def _random_password() -> str:
    """In groups of five, the last of six: `xxxxx-xxxxx-xxxxx-xxxxx-xxxxxx`."""
    letters = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    last = _LENGTH // _GROUP * _GROUP - _GROUP
    groups = [letters[start : start + _GROUP] for start in range(0, last, _GROUP)]
    return "-".join([*groups, letters[last:]])


def _digest(password: str) -> str:
    """Of the letters alone: however somebody types the dashes, spaces and capitals."""
    typed = "".join(letter for letter in password.lower() if letter.isalnum())
    return hashlib.sha256(typed.encode(errors="replace")).hexdigest()
