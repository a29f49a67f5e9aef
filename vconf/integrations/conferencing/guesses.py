# SPDX-License-Identifier: EUPL-1.2
"""How often a PIN may be tried: per link or room, and per place of the network (R6.2).

A guess is counted before the PIN is looked at, so guesses sent at the same time do not slip through, and given back
if it was right. Nine digits: with 50 an hour, hitting one of a link's two PINs takes centuries. If the count cannot be
kept, nobody gets in by PIN.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vconf.audit.record import record_event
from vconf.authorities.rights import Actor
from vconf.crypto import keyed_hash
from vconf.integrations.conferencing.models import Guesses


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    within: timedelta


OF_ENTRY = Limit(50, timedelta(hours=1))
#: Wider than for one person: a whole authority may sit behind one address.
OF_SOURCE = Limit(20, timedelta(minutes=10))
_KEPT = timedelta(days=1)


class _TooMany(Exception):
    pass


def take_guess(entry: str, source: str) -> bool:
    """Count one guess at `entry` (a link, a room) from an IP address. False: too many, do not even look at it."""
    now = timezone.now()
    counted = list(_counted(entry, source))
    for key, limit in counted:
        # The usual answer to a flood, without writing anything.
        full = Guesses.objects.filter(key=key, count__gte=limit.most, since__gt=now - limit.within)
        if full.exists():
            return False
    seen_before = True
    try:
        with transaction.atomic():
            for key, limit in counted:
                _, is_new = Guesses.objects.get_or_create(key=key, defaults={"since": now})
                seen_before = seen_before and not is_new
                mine = Guesses.objects.filter(key=key)
                mine.filter(since__lte=now - limit.within).update(since=now, count=0)
                if not mine.filter(count__lt=limit.most).update(count=F("count") + 1):
                    raise _TooMany
    except _TooMany:
        return False
    if not seen_before:
        Guesses.objects.filter(since__lt=now - _KEPT).delete()
    return True


def give_back(entry: str, source: str) -> None:
    """It was right: knowing a PIN is no guess.

    One row at a time: whoever holds one of two and waits for the other may meet somebody who does it the other way.
    """
    for key, _ in _counted(entry, source):
        Guesses.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def record_wrong_pin(object_type: str, object_id: UUID) -> None:
    """The number of guesses is limited, and so is what is written here."""
    record_event(
        "pin.try",
        actor=Actor.nobody(),
        object_type=object_type,
        object_id=object_id,
        outcome="refused",
        code="wrong_pin",
    )


def _counted(entry: str, source: str) -> Iterator[tuple[str, Limit]]:
    yield keyed_hash("guesses", f"entry:{entry}"), OF_ENTRY
    yield keyed_hash("guesses", f"source:{_place(source)}"), OF_SOURCE


def _place(source: str) -> str:
    """One network of a subscriber: an IPv6 host has its choice of 2**64 addresses."""
    try:
        address = ip_address(source)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)
