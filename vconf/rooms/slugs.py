# SPDX-License-Identifier: EUPL-1.2
"""The last part of a room's page address."""

from __future__ import annotations

from django.utils.text import slugify

from vconf.rooms.models import Room

_LENGTH = 70  # leaves room for a number within Room.slug
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)


def slug_of(name: str) -> str:
    """`Großer Saal (Süd)` -> `grosser-saal-sued`; `raum` if nothing is left."""
    return slugify(name.translate(_GERMAN))[:_LENGTH].strip("-_") or "raum"


def free_slug(name: str) -> str:
    """The slug of a name, with the next number if it is taken."""
    slug = slug_of(name)
    taken = set(Room.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
