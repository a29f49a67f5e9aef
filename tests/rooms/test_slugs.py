# SPDX-License-Identifier: EUPL-1.2
"""Addresses of room pages."""

from __future__ import annotations

import pytest

from tests import factories
from vconf.rooms.slugs import free_slug, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Großer Saal (Süd)", "grosser-saal-sued"),
        ("Müritz", "mueritz"),
        ("ÄÖÜ", "aeoeue"),
        ("Café 12", "cafe-12"),
        ("会議室", "raum"),
        ("x" * 200, "x" * 70),
    ],
)
def test_slugs_are_plain_and_german(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.django_db
def test_a_taken_slug_gets_the_next_number() -> None:
    world = factories.world()
    for slug in ("saal", "saal-2", "saal-4", "saalbau"):
        factories.room("Saal", 5, world.im, world.pool, world.standard, slug=slug)

    assert free_slug("Saal") == "saal-3"
    assert free_slug("Saalbau") == "saalbau-2"
    assert free_slug("Neu") == "neu"
