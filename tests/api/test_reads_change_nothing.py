# SPDX-License-Identifier: EUPL-1.2
"""R6.6: GET and HEAD change nothing, on every route of the schema."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.api.caller import Caller, wish
from tests.factories import World
from vconf.bookings.models import Approval

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def test_no_read_writes(world: World, anna: Caller, operator: Caller, chief: Caller) -> None:
    booking = anna.post("bookings", wish(room=str(world.small.id))).json()
    confidential = factories.room_class(world.im, "Vertraulich", approval="always")
    room = factories.room("Lagezentrum", 20, world.im, world.pool, confidential)
    waits = anna.post("bookings", wish(room=str(room.id))).json()
    asked = Approval.objects.get(booking_id=waits["id"])
    things = {
        "bookings": booking["id"],
        "occurrences": booking["occurrences"][0]["id"],
        "rooms": str(world.small.id),
        "room-classes": str(world.standard.id),
        "pools": str(world.pool.id),
        "servers": str(world.servers[0].id),
        "authorities": str(world.im.id),
        "people": str(world.bernd.id),
        "approvals": str(asked.id),
    }
    queries = {
        "/api/v1/people": "?q=anna",
        "/api/v1/availability": "?starts_at=2027-05-03T09:00:00Z&duration=60&seats=5",
    }
    paths = [path for path, verbs in anna.get("openapi.json").json()["paths"].items() if "get" in verbs]
    for caller in (anna, operator, chief):
        caller.get("me")  # notes the first use of the token
    answered = set()
    for path in paths:
        url = path.replace("{id}", things.get(path.split("/")[3], "")) + queries.get(path, "")
        for caller in (anna, operator, chief):
            with CaptureQueriesContext(connection) as captured:
                status = caller.get(url).status_code
                caller.head(url)
            assert [query["sql"] for query in captured if WRITES.match(query["sql"])] == [], path
            if status == 200:
                answered.add(path)
    assert set(paths) - answered == {"/api/v1/session"}
