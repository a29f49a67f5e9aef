# SPDX-License-Identifier: EUPL-1.2
"""Join links: made once, found by keyed hash, told in clear only to those who may enter (R6.1, R6.2)."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from vconf.bookings.models import JoinLink
from vconf.crypto import keyed_hash


def new_pin(first_digits: str) -> str:
    """Nine digits; the first comes from `first_digits`, so guest and moderator PINs never coincide."""
    return secrets.choice(first_digits) + f"{secrets.randbelow(10**8):08}"


def new_link() -> JoinLink:
    """An unsaved link with a token of 192 random bits and two PINs.

    PINs are unique among living links; the chance that a new one meets another is one in a few thousand at
    100,000 living links. The constraint finds that out when it is saved, and `retried` begins anew.
    """
    token = secrets.token_urlsafe(24)
    link = JoinLink(token=token, token_hash=keyed_hash("join", token))
    _give_pins(link)
    return link


def revive_link(link_id: UUID) -> JoinLink:
    """Let a retired link open its meeting again: the same address, and the same PINs unless a living link got one
    of them in the meantime. One that was renewed has no booking any more and is never revived.
    """
    link = JoinLink.objects.select_for_update(no_key=True).get(id=link_id)
    if link.retired_at is None:
        return link
    taken = _with_pins_of(link)
    while taken.exists():
        _give_pins(link)
        taken = _with_pins_of(link)
    link.retired_at = None
    link.save()
    return link


def _give_pins(link: JoinLink) -> None:
    link.pin, link.moderator_pin = new_pin("1234"), new_pin("56789")
    link.pin_hash, link.moderator_pin_hash = (
        keyed_hash("pin", link.pin),
        keyed_hash("pin", link.moderator_pin),
    )


def _with_pins_of(link: JoinLink) -> QuerySet[JoinLink]:
    """Living links that have one of its PINs."""
    shared = Q(pin_hash=link.pin_hash) | Q(moderator_pin_hash=link.moderator_pin_hash)
    return JoinLink.objects.filter(shared, retired_at=None)


def find_link(token: str) -> JoinLink | None:
    """The link of a token, by its keyed hash: no comparison of the token itself takes place."""
    if not 16 <= len(token) <= 64:
        return None
    return JoinLink.objects.filter(token_hash=keyed_hash("join", token)).first()


def join_url(link: JoinLink) -> str:
    """The address people click. It is ours and never names a server."""
    return f"{settings.VCONF_PUBLIC_URL.rstrip('/')}/j/{link.token}"
