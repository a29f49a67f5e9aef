# SPDX-License-Identifier: EUPL-1.2
"""Mails are kept for a month at most, and what was said of meetings until these are long over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.factories import world
from tests.integrations.imip.post import Post, request
from vconf.bookings.models import Booking
from vconf.integrations.imip import forgetting
from vconf.integrations.imip.forgetting import prune_invitations, prune_mails
from vconf.integrations.imip.models import IncomingMail, Invitation, MailedWish, MailState

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def series():
    """Four days from the test day on; the day on which it ends."""
    world()
    assert Post().bring(request("RRULE:FREQ=DAILY;COUNT=4")).state == "done"
    last = Booking.objects.get().occurrences.order_by("ends_at").last()
    assert last is not None
    return last.ends_at


def mail(number: int, state: str) -> IncomingMail:
    row = factories.set_aside_mail()
    IncomingMail.objects.filter(id=row.id).update(
        state=state,
        octets=b"x" * 100,
        size=100,
        received_at=timezone.now() + timedelta(minutes=number),
        handled_at=None if state == MailState.WAITING else timezone.now(),
    )
    return row


def test_mails_are_kept_for_a_month_and_those_that_wait_for_ever():
    for number, state in enumerate([MailState.DONE, MailState.SET_ASIDE, MailState.WAITING]):
        mail(number, state)
    now = timezone.now()

    assert prune_mails(now=now + timedelta(days=29)) == 0
    assert prune_mails(now=now + timedelta(days=31)) == 2
    assert IncomingMail.objects.get().state == MailState.WAITING


def test_of_mails_set_aside_only_so_much_content_is_kept_the_newest(monkeypatch):
    for number in range(3):
        mail(number, MailState.SET_ASIDE)
    mail(3, MailState.WAITING)
    monkeypatch.setattr(forgetting, "KEPT_OCTETS", 250)

    assert prune_mails(now=timezone.now()) == 0

    rows = IncomingMail.objects.order_by("received_at")
    assert [row.octets is not None for row in rows] == [False, True, True, True]


def kept() -> tuple[int, int]:
    return Invitation.objects.count(), MailedWish.objects.count()


def test_a_series_is_over_with_its_last_date(series):
    assert prune_invitations(before=series) == 0
    assert kept() == (1, 1)
    assert prune_invitations(before=series + timedelta(seconds=1)) == 1
    assert kept() == (0, 0)
    assert Booking.objects.count() == 1


def test_what_was_spoken_of_since_is_kept(series):
    Invitation.objects.update(changed_at=series + timedelta(days=3))
    assert prune_invitations(before=series + timedelta(days=2)) == 0
    assert kept() == (1, 1)


def test_of_others_nothing_is_lost(series):
    Post().bring(request(uid="later", day=30))
    assert prune_invitations(before=series + timedelta(seconds=1)) == 1
    assert set(Invitation.objects.values_list("uid", flat=True)) == {"later"}
    assert set(MailedWish.objects.values_list("uid", flat=True)) == {"later"}


def test_what_was_never_booked_is_forgotten_as_well():
    world()
    Post().bring(request(hours=0))
    assert Booking.objects.count() == 0 and kept() == (1, 1)
    assert prune_invitations(before=timezone.now() + timedelta(days=500)) == 1
    assert kept() == (0, 0)
