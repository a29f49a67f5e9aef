# SPDX-License-Identifier: EUPL-1.2
"""Whose turn it is, and how far the jobs are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from vconf.outbox import progress
from vconf.outbox.models import Job

pytestmark = pytest.mark.django_db

LEASE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_noted", {})


def test_of_two_clocks_only_one_ticks() -> None:
    with progress.turn("tick", LEASE) as first, progress.turn("tick", LEASE) as second:
        assert (first, second) == (True, False)
    with progress.turn("tick", LEASE) as later:
        assert later


def test_the_turn_of_one_job_is_no_other_jobs() -> None:
    with progress.turn("tick", LEASE) as tick, progress.turn("report", LEASE) as report:
        assert (tick, report) == (True, True)


def test_a_holder_that_stands_still_keeps_others_waiting_no_longer_than_its_lease() -> None:
    with progress.turn("tick", LEASE):
        Job.objects.filter(name="tick").update(claimed_until=timezone.now() - timedelta(seconds=1))
        with progress.turn("tick", LEASE) as other:
            assert other
            holder = Job.objects.get(name="tick").claim
            assert holder
    assert Job.objects.get(name="tick").claim == ""


def test_who_comes_back_after_the_lease_takes_nothing_from_the_next_one() -> None:
    with progress.turn("tick", LEASE):
        Job.objects.filter(name="tick").update(
            claim="another", claimed_until=timezone.now() + timedelta(minutes=1)
        )
    job = Job.objects.get(name="tick")
    assert (job.claim, job.done_at) == ("another", None)


def test_a_turn_that_fails_is_given_back_and_counts_for_nothing() -> None:
    with pytest.raises(ZeroDivisionError), progress.turn("tick", LEASE):
        1 / 0  # noqa: B018
    job = Job.objects.get(name="tick")
    assert (job.claim, job.claimed_until, job.done_at) == ("", None, None)


def test_progress_is_noted_every_few_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    progress.note("mail")
    first = progress.done_at()["mail"]
    progress.note("mail")
    assert progress.done_at() == {"mail": first}

    monkeypatch.setattr(progress, "NOTE_EVERY", 0.0)
    progress.note("mail")
    assert progress.done_at()["mail"] > first
