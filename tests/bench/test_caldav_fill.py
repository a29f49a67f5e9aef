# SPDX-License-Identifier: EUPL-1.2
"""A calendar that was filled on is what putting all its events through the door would have left behind."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.caldav_fill import fill_on
from bench.caldav_servers import A_DAY, ORGANISER, event, href
from bench.cast import write_cast
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings.calendar_views import CalendarView, calendar_of_person, changed_since, entries
from vconf.bookings.invariants import audit_invariants
from vconf.integrations.caldav.conditions import Conditions
from vconf.integrations.caldav.get import objects_of
from vconf.integrations.caldav.places import Place
from vconf.integrations.caldav.put import put_object
from vconf.integrations.ical.parse import read_object

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]
#: of a week that could have two hundred
PUT, A_WEEK = (0, 1, A_DAY + 7), 5 * A_DAY


@pytest.mark.postgresql
def test_copies_are_as_good_as_what_was_put():
    write_cast()
    person = Person.objects.get(email=ORGANISER)
    actor = Actor.load(person)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first_day = today + timedelta(days=14 - today.weekday())
    for number in PUT:
        put_object(
            Place(_calendar(actor).id, person, href(number)),
            event(number, first_day).encode(),
            Conditions.of({}),
            actor=actor,
        )
    before = _calendar(actor).change

    fill_on(numbers=A_WEEK, weeks=1, times=2)

    calendar = _calendar(actor)
    copied = [number + A_WEEK * times for times in (1, 2) for number in PUT]
    assert audit_invariants() == []
    assert {one.href for one in entries(calendar)} == {href(number) for number in (*PUT, *copied)}
    assert [one.href for one in changed_since(calendar, before).entries] == [
        href(number) for number in copied
    ]
    shown = {one.href: one for one in objects_of(calendar, [e.id for e in entries(calendar)], actor)}
    for number in copied:
        told, wanted = (
            read_object(octets).master
            for octets in (shown[href(number)].octets, event(number, first_day).encode())
        )
        assert told is not None and wanted is not None
        assert (told.summary, told.starts_at, told.duration) == (
            wanted.summary,
            wanted.starts_at,
            wanted.duration,
        )
        assert {one.address for one in wanted.attendees} <= {one.address for one in told.attendees}
        assert b"BEGIN:VALARM" in shown[href(number)].octets


def _calendar(actor: Actor) -> CalendarView:
    assert actor.person_id is not None
    found = calendar_of_person(actor, actor.person_id)
    assert found is not None
    return found
