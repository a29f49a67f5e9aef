# SPDX-License-Identifier: EUPL-1.2
"""Which addresses mail is taken in for: rooms, the one that stands for any room, answers to us, reports of delivery."""

from __future__ import annotations

from django.conf import settings

from vconf.integrations.imip.rooms import LONGEST_ADDRESS, is_any_room
from vconf.integrations.invitations.subaddresses import parted
from vconf.rooms.models import Room


def is_taken_in(address: str) -> bool:
    """Whether mail for this envelope recipient is for us. Says nothing of who may book there."""
    if len(address) > LONGEST_ADDRESS or "@" not in address or not address.isprintable():
        return False
    plain = parted(address)[0]
    answers = (settings.VCONF_MAIL_ANSWERS, settings.VCONF_MAIL_BOUNCES, settings.VCONF_EMAIL_BOUNCES)
    if plain in {one.lower() for one in answers if one}:
        return True
    if Room.objects.filter(address__in={plain, address.lower()}).exists():
        return True
    return is_any_room(plain) and (
        bool(settings.VCONF_MAIL_ANY_ROOM)
        or Room.objects.filter(address__endswith=f"@{plain.rpartition('@')[2]}").exists()
    )
