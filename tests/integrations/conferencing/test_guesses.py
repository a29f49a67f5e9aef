# SPDX-License-Identifier: EUPL-1.2
"""Three ways of guessing PINs, all of them limited (R6.2)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.threads import at_once
from vconf.integrations.conferencing.guesses import OF_ENTRY, OF_SOURCE, give_back, take_guess
from vconf.integrations.conferencing.models import Guesses

pytestmark = pytest.mark.engine


def later(by: timedelta) -> None:
    for row in Guesses.objects.all():
        row.since -= by
        row.save()


@pytest.mark.django_db
def test_one_source_at_one_link_is_stopped() -> None:
    taken = [take_guess("link:1", "192.0.2.1") for _ in range(OF_SOURCE.most + 5)]

    assert taken == [True] * OF_SOURCE.most + [False] * 5


@pytest.mark.django_db
def test_many_sources_at_one_link_are_stopped() -> None:
    taken = [take_guess("link:1", f"192.0.2.{host}") for host in range(OF_ENTRY.most + 5)]

    assert taken == [True] * OF_ENTRY.most + [False] * 5
    assert take_guess("link:2", "192.0.2.1")


@pytest.mark.django_db
def test_one_source_at_many_links_is_stopped() -> None:
    taken = [take_guess(f"link:{number}", "192.0.2.1") for number in range(OF_SOURCE.most + 5)]

    assert taken == [True] * OF_SOURCE.most + [False] * 5


@pytest.mark.django_db
def test_an_ipv6_subscriber_counts_as_one_source() -> None:
    taken = [take_guess(f"link:{number}", f"2001:db8::{number:x}") for number in range(OF_SOURCE.most + 1)]

    assert taken[-1] is False
    assert take_guess("link:1", "2001:db8:0:1::1")
    assert take_guess("link:1", "::ffff:192.0.2.1")


@pytest.mark.django_db
def test_being_refused_costs_the_link_nothing() -> None:
    for _ in range(OF_SOURCE.most + 20):
        take_guess("link:1", "192.0.2.1")

    assert [take_guess("link:1", "198.51.100.1") for _ in range(5)] == [True] * 5


@pytest.mark.django_db
def test_the_limit_ends_with_its_time() -> None:
    while take_guess("link:1", "192.0.2.1"):
        pass

    later(OF_SOURCE.within + timedelta(seconds=1))

    assert take_guess("link:1", "192.0.2.1")


@pytest.mark.django_db
def test_right_pins_are_no_guesses() -> None:
    for _ in range(OF_ENTRY.most * 2):
        assert take_guess("link:1", "192.0.2.1")
        give_back("link:1", "192.0.2.1")


@pytest.mark.django_db
def test_no_address_is_kept_and_old_counts_go() -> None:
    take_guess("link:1", "192.0.2.1")
    later(timedelta(days=2))

    take_guess("link:2", "192.0.2.2")

    assert not Guesses.objects.filter(since__lt=timezone.now() - timedelta(days=1)).exists()
    assert not any("192.0.2" in row.key for row in Guesses.objects.all())


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_at_once_do_not_slip_through() -> None:
    taken: list[bool] = []

    def guess() -> None:
        for _ in range(5):
            taken.append(take_guess("link:1", "192.0.2.1"))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (taken.count(True), len(taken)) == (OF_SOURCE.most, 40)


@pytest.mark.django_db(transaction=True)
def test_right_pins_at_the_same_time_do_not_get_in_each_others_way() -> None:
    """As many at one link as come from one place, so that all hold what others wait for."""

    def enter(number: int) -> None:
        for turn in range(30):
            entry, source = f"link:{(number + turn) % 2}", f"192.0.2.{number // 2 % 2}"
            if take_guess(entry, source):
                give_back(entry, source)

    at_once(8, enter)

    assert set(Guesses.objects.values_list("count", flat=True)) == {0}


@pytest.mark.django_db
def test_if_it_cannot_be_counted_nobody_guesses(monkeypatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(Guesses.objects, "get_or_create", broken)

    with pytest.raises(RuntimeError):
        take_guess("link:1", "192.0.2.1")
