# SPDX-License-Identifier: EUPL-1.2
"""What was said of meetings that are long over is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import world
from tests.integrations.imip.post import Post, request
from vconf.bookings.models import Booking
from vconf.integrations.imip.forgetting import prune_invitations
from vconf.integrations.imip.models import Invitation, MailedWish

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def series():
    """Four days from the test day on; the day on which it ends."""
    world()
    assert Post().bring(request("RRULE:FREQ=DAILY;COUNT=4")).state == "done"
    last = Booking.objects.get().occurrences.order_by("ends_at").last()
    assert last is not None
    return last.ends_at


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
