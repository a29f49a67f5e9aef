# SPDX-License-Identifier: EUPL-1.2
"""Inboxes: what people with a calendar client are told, and how their clients read it and take it away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import wish
from tests.factories import actor, world
from tests.integrations.caldav.client import NS, CalendarClient
from vconf.bookings.answering import answer, put_away
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.integrations.caldav import inbox, paths
from vconf.integrations.caldav.models import InboxItem
from vconf.outbox.deliver import deliver_due
from vconf.reactions import INBOX, INBOX_REPLY, REACTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def scene():
    return world()


def deliver():
    deliver_due(REACTIONS, limit=100, only={INBOX.name, INBOX_REPLY.name})


def texts(person):
    return [one.octets.decode().replace("\r\n ", "") for one in inbox.messages_of(person.id)]


def listed(client, person):
    answer = client.propfind(paths.inbox(person.id), "D:getetag", "D:resourcetype", depth="1")
    return [href for href in answer if href != paths.inbox(person.id)]


def sync(client, person, token=""):
    body = (
        f'<D:sync-collection xmlns:D="DAV:" xmlns:C="{NS["C"]}">'
        f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
        "<D:prop><D:getetag/><C:calendar-data/></D:prop></D:sync-collection>"
    )
    return client.report(paths.inbox(person.id), body)


def test_an_invitation_lies_there_until_the_client_takes_it_away(scene):
    bernd = CalendarClient(scene.bernd)
    booking = book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    (href,) = listed(bernd, scene.bernd)
    found = bernd.dav("GET", href)
    text = found.content.decode().replace("\r\n ", "")
    assert "METHOD:REQUEST\r\n" in text and f"UID:{booking.uid}\r\n" in text
    assert "mailto:bernd@im.mv.example" in text and "SCHEDULE-STATUS" not in text
    assert found["ETag"]
    assert bernd.dav("DELETE", href).status_code == 204
    assert listed(bernd, scene.bernd) == []
    assert bernd.dav("GET", href).status_code == 404
    assert bernd.dav("DELETE", href).status_code == 404
    deliver()
    assert listed(bernd, scene.bernd) == []


def test_who_has_no_calendar_client_gets_no_messages(scene):
    book(
        wish(invite="bernd@im.mv.example clara@fm.mv.example", room_id=scene.small.id),
        actor=actor(scene.anna),
    )
    CalendarClient(scene.clara)
    deliver()
    assert len(texts(scene.clara)) == 1
    assert texts(scene.bernd) == [] == texts(scene.anna)


def test_a_newer_message_takes_the_place_of_the_older(scene):
    CalendarClient(scene.bernd)
    booking = book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    change(booking.id, ChangeRequest(title="Anders"), actor=actor(scene.anna))
    deliver()
    (text,) = texts(scene.bernd)
    assert "SUMMARY:Anders" in text and "SEQUENCE:1" in text
    cancel(booking.id, actor=actor(scene.anna))
    deliver()
    (text,) = texts(scene.bernd)
    assert "METHOD:CANCEL" in text and "STATUS:CANCELLED" in text and "SEQUENCE:2" in text


def test_who_is_not_invited_any_more_is_told(scene):
    CalendarClient(scene.bernd)
    booking = book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    others = (AttendeeRequest(address="clara@fm.mv.example"),)
    change(booking.id, ChangeRequest(attendees=others, title="Anders"), actor=actor(scene.anna))
    deliver()
    (text,) = texts(scene.bernd)
    assert "METHOD:CANCEL" in text
    assert "clara" not in text


def test_what_one_has_put_away_is_no_cancellation(scene):
    CalendarClient(scene.bernd)
    booking = book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    put_away(booking.id, person_id=scene.bernd.id, actor=actor(scene.bernd))
    change(booking.id, ChangeRequest(language="en"), actor=actor(scene.anna))
    deliver()
    assert all("METHOD:CANCEL" not in text for text in texts(scene.bernd))


def test_the_organiser_is_told_of_answers(scene):
    CalendarClient(scene.anna)
    booking = book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    answer(
        booking.id,
        person_id=scene.bernd.id,
        partstat="DECLINED",
        comment="Bin im Urlaub",
        actor=actor(scene.bernd),
    )
    deliver()
    (text,) = texts(scene.anna)
    assert "METHOD:REPLY" in text and "COMMENT:Bin im Urlaub" in text
    assert "PARTSTAT=DECLINED:mailto:bernd@im.mv.example" in text
    assert "REQUEST-STATUS:2.0;Success" in text


def test_sync_tells_what_came_and_went(scene):
    bernd = CalendarClient(scene.bernd)
    first = sync(bernd, scene.bernd)
    assert list(first) == []
    book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    second = sync(bernd, scene.bernd, first.token)
    (href,) = second
    assert "METHOD:REQUEST" in second[href].text("C:calendar-data")
    bernd.dav("DELETE", href)
    third = sync(bernd, scene.bernd, second.token)
    assert third[href].status == "404"
    assert list(sync(bernd, scene.bernd, third.token)) == []
    assert list(sync(bernd, scene.bernd)) == []


def test_messages_are_forgotten_and_old_tokens_are_told_so(scene):
    bernd = CalendarClient(scene.bernd)
    before = sync(bernd, scene.bernd).token
    book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    InboxItem.objects.update(created_at=timezone.now() - timedelta(days=200))
    assert inbox.prune_inboxes(before=timezone.now() - timedelta(days=90)) == 1
    assert texts(scene.bernd) == []
    body = (
        f'<D:sync-collection xmlns:D="DAV:"><D:sync-token>{before}</D:sync-token>'
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    )
    assert bernd.dav("REPORT", paths.inbox(scene.bernd.id), body, Depth="1").status_code == 403


def test_nobody_reads_the_inbox_of_others(scene):
    CalendarClient(scene.bernd)
    book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    deliver()
    (message,) = inbox.messages_of(scene.bernd.id)
    clara = CalendarClient(scene.clara)
    path = paths.inbox(scene.bernd.id) + message.name
    assert clara.dav("GET", path).status_code == 404
    assert clara.dav("DELETE", path).status_code == 404
    assert clara.dav("PROPFIND", paths.inbox(scene.bernd.id), Depth="1").status_code == 404
    assert len(texts(scene.bernd)) == 1
