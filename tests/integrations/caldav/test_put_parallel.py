# SPDX-License-Identifier: EUPL-1.2
"""Several devices at the same instant: one of them is first, and the others are told."""

from collections import Counter

import pytest

from tests.factories import world
from tests.integrations.caldav.client import CalendarClient
from tests.integrations.caldav.objects import ANNA, BERND, SMALL, calendar, vevent
from tests.threads import at_once
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, CalendarEntry
from vconf.integrations.caldav import paths

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
DEVICES = 4


@pytest.fixture
def scene():
    return world()


@pytest.fixture
def devices(scene):
    return [CalendarClient(scene.anna) for _ in range(DEVICES)]


def put(client, octets, name="m.ics", **headers):
    path = paths.bookings(client.person.id) + name
    return client.dav("PUT", path, octets, Content_Type="text/calendar", **headers)


def test_one_new_object_is_booked_once(scene, devices):
    told: Counter[int] = Counter()

    def make(number):
        answer = put(devices[number], calendar(vevent(ANNA, BERND, SMALL)), If_None_Match="*")
        told[answer.status_code] += 1

    at_once(DEVICES, make)
    assert told == {201: 1, 412: DEVICES - 1}
    assert Booking.objects.count() == 1


def test_one_uid_under_many_names_is_booked_once(scene, devices):
    told: Counter[int] = Counter()

    def make(number):
        answer = put(devices[number], calendar(vevent(ANNA, BERND, SMALL)), f"m{number}.ics")
        told[answer.status_code] += 1

    at_once(DEVICES, make)
    assert told == {201: 1, 403: DEVICES - 1}
    assert CalendarEntry.objects.filter(calendar__person=scene.anna, deleted_at=None).count() == 1


def test_of_edits_of_the_same_state_one_counts(scene, devices):
    put(devices[0], calendar(vevent(ANNA, BERND, SMALL)))
    etag = devices[0].dav("GET", paths.bookings(scene.anna.id) + "m.ics")["ETag"]
    told = []

    def edit(number):
        octets = calendar(vevent(ANNA, BERND, SMALL, summary=f"Gerät {number}", hour=11 + number))
        told.append((put(devices[number], octets, If_Match=etag).status_code, number))

    at_once(DEVICES, edit)
    ((_, first),) = [one for one in told if one[0] == 204]
    assert sorted(status for status, _ in told) == [204, *[412] * (DEVICES - 1)]
    assert Booking.objects.get().title == f"Gerät {first}"
    assert not audit_invariants()


def test_a_deletion_and_edits_of_the_same_state(scene, devices):
    put(devices[0], calendar(vevent(ANNA, BERND, SMALL)))
    path = paths.bookings(scene.anna.id) + "m.ics"
    etag = devices[0].dav("GET", path)["ETag"]
    told = {}

    def work(number):
        if number == 0:
            told[number] = devices[0].dav("DELETE", path, If_Match=etag).status_code
        else:
            octets = calendar(vevent(ANNA, BERND, SMALL, summary=f"Gerät {number}"))
            told[number] = put(devices[number], octets, If_Match=etag).status_code

    at_once(DEVICES, work)
    assert sum(status == 204 for status in told.values()) == 1
    assert set(told.values()) <= {204, 404, 412}
    assert (Booking.objects.get().cancelled_at is not None) == (told[0] == 204)
