# SPDX-License-Identifier: EUPL-1.2
"""Which addresses mail is taken in for: rooms, the one that stands for any room, answers to us, reports of delivery."""

from __future__ import annotations

from django.conf import settings

from vconf.bookings.checks import LONGEST_ADDRESS
from vconf.integrations.imip.rooms import is_any_room
from vconf.integrations.invitations.subaddresses import parted
from vconf.rooms.models import Room


def without_token(address: str) -> str:
    """The address as others may see it: what stands behind the plus of one for answers or reports is a secret."""
    plain = parted(address)[0]
    return plain if plain in _of_the_service() else address


def is_taken_in(address: str) -> bool:
    """Whether mail for this envelope recipient is for us. Says nothing of who may book there."""
    if len(address) > LONGEST_ADDRESS or "@" not in address or not address.isprintable():
        return False
    plain = parted(address)[0]
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
