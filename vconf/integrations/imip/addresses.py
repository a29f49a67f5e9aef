# SPDX-License-Identifier: EUPL-1.2
"""Which addresses mail is taken in for: rooms, the one that stands for any room, answers to us, reports of delivery."""

from __future__ import annotations

from django.conf import settings

from vconf.integrations.imip.rooms import is_any_room
from vconf.rooms.models import Room

_LONGEST = 320


def without_detail(address: str) -> str:
    """The address in lower case, without what stands behind a plus (RFC 5233): `raum+30@...` is `raum@...`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def without_token(address: str) -> str:
    """The address as others may see it: what stands behind the plus of one for answers or reports is a secret."""
    plain = without_detail(address)
    return plain if plain in _of_the_service() else address


def is_taken_in(address: str) -> bool:
    """Whether mail for this envelope recipient is for us. Says nothing of who may book there."""
    if len(address) > _LONGEST or "@" not in address or not address.isprintable():
        return False
    plain = without_detail(address)
    if plain in _of_the_service():
        return True
    if Room.objects.filter(address__in={plain, address.lower()}).exists():
        return True
    return is_any_room(plain) and (
        bool(settings.VCONF_MAIL_ANY_ROOM)
        or Room.objects.filter(address__endswith=f"@{plain.rpartition('@')[2]}").exists()
    )


def _of_the_service() -> frozenset[str]:
    """Addresses for answers and reports, without what stands behind a plus."""
    ours = (settings.VCONF_MAIL_ANSWERS, settings.VCONF_MAIL_BOUNCES, settings.VCONF_EMAIL_BOUNCES)
    return frozenset(one.lower() for one in ours if one)
