# SPDX-License-Identifier: EUPL-1.2
"""Security events: every entry is one line of JSON as well, once it is committed (R8.8)."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from tests import factories
from tests.audit.entries import note
from tests.bookings.wishes import wish
from vconf.audit.models import AuditEntry
from vconf.authorities.services import set_quota
from vconf.bookings.errors import QuotaExceeded
from vconf.bookings.services import book, cancel
from vconf.logs import bind_correlation_id, logging_settings

pytestmark = pytest.mark.django_db(transaction=True)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The events as production writes them."""
    settings = logging_settings(level="WARNING", readable=False, stream="ext://sys.stdout")
    made = dict(settings["formatters"]["line"])
    formatter: logging.Formatter = made.pop("()")(**made)
    rows = [formatter.format(record) for record in caplog.records if record.name == "vconf.audit"]
    assert all("\n" not in row for row in rows)
    return [json.loads(row) for row in rows]


def test_what_was_done_and_what_was_refused_are_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    world = factories.world()
    factories.quota(world.im, seats=30)
    bind_correlation_id("request-4711")
    actor = factories.actor(world.anna)

    booking = book(wish(10, title="Geheimes", seats=20, invite="gast@elsewhere.example"), actor=actor)
    with pytest.raises(QuotaExceeded):
        book(wish(10, seats=20), actor=actor)
    cancel(booking.id, actor=actor)
    set_quota(world.im.id, {"concurrent_seats": 10}, actor=factories.actor(world.chief))

    done, refused, cancelled, quota = lines(caplog)
    entry = AuditEntry.objects.get(action="booking.book", outcome="done")
    assert done == {
        "event": "audit",
        "logger": "vconf.audit",
        "level": "info",
        "timestamp": done["timestamp"],
        "correlation_id": "request-4711",
        "entry": entry.id,
        "at": entry.at.isoformat(),
        "actor": str(world.anna.id),
        "action": "booking.book",
        "object_type": "booking",
        "object": str(booking.id),
        "authority": str(world.im.id),
        "outcome": "done",
        "code": "",
        "numbers": {"seats": 20, "dates": 1, "refused": 0},
    }
    assert (refused["outcome"], refused["code"]) == ("refused", "quota_exceeded")
    assert (cancelled["action"], cancelled["object"]) == ("booking.cancel", str(booking.id))
    assert (quota["action"], quota["actor"]) == ("quota.set", str(world.chief.id))
    for line in (done, refused, cancelled, quota):
        for name in ("at", "timestamp"):
            assert datetime.fromisoformat(str(line[name])).utcoffset() == timedelta(0)
        text = json.dumps(line, ensure_ascii=False)
        assert not [
            word for word in ("Geheimes", "Anna", "@", "Inneres", booking.join_link.pin) if word in text
        ]


def test_there_is_no_line_for_what_was_rolled_back(caplog: pytest.LogCaptureFixture) -> None:
    def attempt() -> None:
        with transaction.atomic():
            note(action="kettle.drop")
            raise ZeroDivisionError

    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            attempt()
        note(action="kettle.refused", outcome="refused")
        assert lines(caplog) == []

    assert [line["action"] for line in lines(caplog)] == ["kettle.refused"]


def test_the_level_of_the_log_does_not_silence_them() -> None:
    loggers = logging_settings(level="ERROR", readable=False, stream="ext://sys.stdout")["loggers"]

    assert loggers["vconf.audit"] == {"level": "INFO"}


def test_signing_in_and_out_and_a_wrong_password_are_events(caplog: pytest.LogCaptureFixture) -> None:
    world = factories.world()
    client = APIClient()

    client.post("/api/v1/session", {"email": "anna@im.mv.example", "password": "wrong"}, format="json")
    signed_in = {"email": "anna@im.mv.example", "password": factories.PASSWORD}
    assert client.post("/api/v1/session", signed_in, format="json").status_code == 200
    client.delete("/api/v1/session")

    told = [(row["action"], row["actor"], row["outcome"], row["code"]) for row in lines(caplog)]
    anna = str(world.anna.id)
    assert told == [
        ("session.sign_in", "", "refused", "invalid_credentials"),
        ("session.sign_in", anna, "done", ""),
        ("session.sign_out", anna, "done", ""),
    ]
    assert "anna@" not in caplog.text
    assert AuditEntry.objects.count() == 3


def test_trying_to_change_what_is_not_theirs_is_an_event_and_looking_at_it_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = factories.world()
    client = APIClient()
    client.force_login(world.anna)

    assert client.get("/api/v1/servers").status_code == 403
    assert AuditEntry.objects.count() == 0
    assert client.patch(f"/api/v1/rooms/{world.small.id}", {"name": "x"}, format="json").status_code == 403

    [refused] = lines(caplog)
    assert (refused["action"], refused["outcome"], refused["code"]) == ("room.patch", "refused", "forbidden")
    assert (refused["actor"], refused["object"]) == (str(world.anna.id), str(world.small.id))
