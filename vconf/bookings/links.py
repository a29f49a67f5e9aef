# SPDX-License-Identifier: EUPL-1.2
"""Join links: made once, found by keyed hash, told in clear only to those who may enter (R6.1, R6.2)."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db.models import Q

from vconf.bookings.models import JoinLink
from vconf.crypto import keyed_hash


def new_pin(first_digits: str) -> str:
    """Nine digits; the first comes from `first_digits`, so guest and moderator PINs never coincide."""
    return secrets.choice(first_digits) + f"{secrets.randbelow(10**8):08}"


def new_link() -> JoinLink:
    """An unsaved link with a token of 192 random bits and two PINs.

    PINs are unique among living links; the chance that a new one meets another is one in a few thousand at
    100,000 living links, so it is looked up first and the constraint stands behind.
    """
    token = secrets.token_urlsafe(24)
    while True:
        pin, moderator_pin = new_pin("1234"), new_pin("56789")
        pin_hash, moderator_hash = keyed_hash("pin", pin), keyed_hash("pin", moderator_pin)
        living = JoinLink.objects.filter(retired_at=None)
        if not (living.filter(Q(pin_hash=pin_hash) | Q(moderator_pin_hash=moderator_hash)).exists()):
            break
    return JoinLink(
        token=token,
        token_hash=keyed_hash("join", token),
        pin=pin,
        pin_hash=pin_hash,
        moderator_pin=moderator_pin,
        moderator_pin_hash=moderator_hash,
    )


def find_link(token: str) -> JoinLink | None:
    """The link of a token, by its keyed hash: no comparison of the token itself takes place."""
    if not 16 <= len(token) <= 64:
        return None
    return JoinLink.objects.filter(token_hash=keyed_hash("join", token)).first()


def join_url(link: JoinLink) -> str:
    """The address people click. It is ours and never names a server."""
    return f"{settings.VCONF_PUBLIC_URL.rstrip('/')}/j/{link.token}"
