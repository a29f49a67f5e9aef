# SPDX-License-Identifier: EUPL-1.2
"""A full room on a Jitsi server, which lets in whoever has a token: the join page counts for it."""

from __future__ import annotations

import pytest

from tests.integrations.conferencing.scene import Scene
from tests.integrations.conferencing.test_jitsi_meetings import (
    jitsi,
    jitsi_shard,
    jitsi_shard_process,
    jitsi_shards,
)
from tests.integrations.conferencing.test_join import browser, path, text
from vconf.bookings.models import Meeting

__all__ = ["jitsi", "jitsi_shard", "jitsi_shard_process", "jitsi_shards"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_holds_guests_back_from_a_full_room_and_no_moderator(jitsi: Scene) -> None:
    booking = jitsi.book(room_id=jitsi.world.small.id)
    guest, server = browser(), jitsi.server.base_url
    assert browser().post(path(booking), {"name": "Georg"})["Location"].startswith(server)
    Meeting.objects.update(people=jitsi.world.small.seats)

    response = guest.post(path(booking), {"name": "Gerda"})

    assert response["Location"] == path(booking) + "?full=1"
    assert "The meeting is full." in text(guest.get(response["Location"]))
    assert browser(jitsi.world.anna).post(path(booking))["Location"].startswith(server)
    Meeting.objects.update(people=jitsi.world.small.seats - 1)
    assert guest.get(response["Location"])["Location"].startswith(server)
