# SPDX-License-Identifier: EUPL-1.2
"""Several deliverers at once, with real threads and connections; on PostgreSQL, too."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tests.outbox.test_record import KettleBoiled
from tests.threads import at_once
from vconf.outbox import deliver
from vconf.outbox.deliver import Reaction, Reactions, deliver_due
from vconf.outbox.models import Delivery, DeliveryState, Message
from vconf.outbox.record import record

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


def deliver_until(reactions: Reactions, instant: datetime, _number: int) -> None:
    deliver_due(reactions, limit=100, now=instant)


def boil(kettle: str, *cups: str) -> None:
    with transaction.atomic():
        record(KettleBoiled(kettle_id=kettle, cups=cups))


def test_parallel_deliverers_deliver_each_once_and_in_order() -> None:
    arrived: list[tuple[str, str]] = []
    reactions = {
        "KettleBoiled": [
            Reaction(
                "pour",
                lambda fact, recipient: arrived.append((fact["kettle_id"] + recipient, fact["cups"][0])),
                recipients=lambda fact: ["red", "blue"],
            )
        ]
    }
    for number in range(12):
        for kettle in ("a", "b", "c"):
            boil(kettle, str(number))

    at_once(THREADS, lambda _: deliver_due(reactions, limit=1000))
    deliver_due(reactions, limit=1000)

    assert len(arrived) == 12 * 3 * 2
    for kettle in ("a", "b", "c"):
        for recipient in ("red", "blue"):
            order = [cup for where, cup in arrived if where == kettle + recipient]
            assert order == [str(number) for number in range(12)]
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.DONE, 1)}


def test_a_failing_reaction_keeps_its_order_among_parallel_deliverers() -> None:
    arrived: list[str] = []
    failures = {"a1": 1, "a2": 1}
    lock = threading.Lock()

    def pour(fact: Mapping[str, Any], recipient: str) -> None:
        with lock:
            if failures.pop("a" + fact["cups"][0], 0):
                raise ConnectionError
            arrived.append(fact["cups"][0])

    reactions = {"KettleBoiled": [Reaction("pour", pour)]}
    for number in range(5):
        boil("a", str(number))

    for hours in range(4):
        later = timezone.now() + timedelta(hours=hours)
        at_once(THREADS, partial(deliver_until, reactions, later))

    assert arrived == ["0", "1", "2", "3", "4"]


def test_new_facts_are_fanned_out_once_however_many_try() -> None:
    reactions = {"KettleBoiled": [Reaction("pour", lambda *_: None, recipients=lambda _: ["red", "blue"])]}
    for number in range(70):
        boil(f"k{number % 7}", str(number))
    counted = [0] * THREADS

    def work(number: int) -> None:
        counted[number] = deliver.fan_out(reactions)

    at_once(THREADS, work)
    deliver.fan_out(reactions)

    assert Delivery.objects.count() == 140
    assert sum(counted) <= 70
    assert not Message.objects.filter(fanned_out_at=None).exists()


def test_facts_recorded_meanwhile_are_delivered_in_their_order() -> None:
    arrived: list[str] = []
    reactions = {"KettleBoiled": [Reaction("pour", lambda fact, _: arrived.append(fact["cups"][0]))]}

    def work(number: int) -> None:
        for cup in range(15):
            if number == 0:
                boil("a", f"{cup:02}")
            else:
                deliver_due(reactions, limit=100)

    at_once(3, work)
    deliver_due(reactions, limit=100)

    assert arrived == [f"{cup:02}" for cup in range(15)]


@pytest.mark.postgresql
def test_a_later_fact_waits_while_the_earlier_one_is_being_fanned_out() -> None:
    """On PostgreSQL both could be fanned out at once; on SQLite one has to wait for the other anyway."""
    boil("a", "first")
    boil("b", "other")
    boil("a", "second")
    arrived: list[str] = []
    reactions = {"KettleBoiled": [Reaction("pour", lambda fact, _: arrived.append(fact["cups"][0]))]}

    with transaction.atomic():
        Message.objects.select_for_update().get(payload__cups=["first"])
        at_once(1, lambda _: deliver_due(reactions, limit=10))

    assert arrived == ["other"]
    deliver_due(reactions, limit=10)
    assert arrived == ["other", "first", "second"]


KILLED = """
import os, sys
sys.path.insert(0, {path!r})
import django
from django.conf import settings
settings.configure(
    DATABASES={{"default": {database!r}}},
    INSTALLED_APPS=["vconf.outbox"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    TIME_ZONE="UTC",
    SECRET_KEY="none",
)
django.setup()
from vconf.outbox.deliver import Reaction, deliver_due
deliver_due({{"KettleBoiled": [Reaction("pour", lambda *_: os.kill(os.getpid(), 9))]}}, limit=10)
"""


def test_what_a_killed_process_held_is_delivered_after_its_lease() -> None:
    boil("a", "1")
    database = {
        key: connection.settings_dict[key]
        for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    }

    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(path=str(settings.BASE_DIR), database=database)], timeout=60
    )
    assert killed.returncode == -9

    arrived: list[str] = []
    reactions = {"KettleBoiled": [Reaction("pour", lambda fact, _: arrived.append(fact["cups"][0]))]}
    assert deliver_due(reactions, limit=10) == 0
    assert deliver_due(reactions, limit=10, now=timezone.now() + timedelta(seconds=61)) == 1
    assert arrived == ["1"]
    assert Delivery.objects.get().attempts == 2


def test_after_a_delivery_commits_are_as_durable_as_before() -> None:
    """Taking a delivery does not wait for the disk; on this connection everything else goes on doing so."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")  # as in earnest; the tests do not wait for the disk
    boil("a", "1")
    levels: list[int] = []
    reactions = {"KettleBoiled": [Reaction("pour", lambda *_: levels.append(synchronous()))]}

    deliver_due(reactions, limit=10)

    assert [*levels, synchronous()] == [FULL, FULL]
    connection.close()


FULL = 2


def synchronous() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        return int(cursor.fetchone()[0])
