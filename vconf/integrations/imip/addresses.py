# SPDX-License-Identifier: EUPL-1.2
"""Which addresses mail is taken in for: rooms, the one that stands for any room, answers to us, reports of delivery."""

from __future__ import annotations

from django.conf import settings

from vconf.rooms.models import Room

#: what stands before the @ of the address that stands for any room, unless VCONF_MAIL_ANY_ROOM says otherwise
ANY_ROOM = "raum"
_LONGEST = 320


def without_detail(address: str) -> str:
    """The address in lower case, without what stands behind a plus (RFC 5233): `raum+30@...` is `raum@...`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def detail_of(address: str) -> str:
    """What stands behind the plus, "" if there is none."""
    return address.rpartition("@")[0].partition("+")[2]


def is_any_room(address: str) -> bool:
    """Whether an address, with or without detail, stands for any room."""
    plain = without_detail(address)
    if settings.VCONF_MAIL_ANY_ROOM:
        return plain == settings.VCONF_MAIL_ANY_ROOM
    local, _, domain = plain.rpartition("@")
    return local == ANY_ROOM and Room.objects.filter(address__endswith=f"@{domain}").exists()


def is_taken_in(address: str) -> bool:
    """Whether mail for this envelope recipient is for us. Says nothing of who may book there."""
    if len(address) > _LONGEST or "@" not in address:
        return False
    plain = without_detail(address)
    answers = (settings.VCONF_MAIL_ANSWERS, settings.VCONF_MAIL_BOUNCES, settings.VCONF_EMAIL_BOUNCES)
    if plain in {one.lower() for one in answers if one}:
        return True
    return Room.objects.filter(address__in={plain, address.lower()}).exists() or is_any_room(address)
