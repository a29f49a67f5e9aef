# SPDX-License-Identifier: EUPL-1.2
"""/outbox: operators see what was given up, by domain and never by address, and have it tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.audit.models import AuditEntry
from vconf.outbox.models import Delivery, Message

ROUTES = ("outbox", "outbox?state=pending", "outbox/summary")


def test_nobody_sees_it(nobody: Caller) -> None:
    for route in ROUTES:
        problem(nobody.get(route), 401, "not_signed_in")


@pytest.mark.parametrize("who", ["anna", "admin", "chief", "auditor"])
def test_only_operators_see_it_and_try_again(who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)
    parked = factories.parked_delivery("bernd@im.mv.example")

    for route in ROUTES:
        problem(caller.get(route), 403, "forbidden")
    problem(caller.post(f"outbox/{parked.id}/retry"), 403, "forbidden")
    problem(caller.post("outbox/4711/retry"), 403, "forbidden")
    problem(caller.post("outbox/retry", {"nonsense": 1}), 403, "forbidden")
    parked.refresh_from_db()
    assert parked.state == "parked"


def test_shows_what_was_given_up_without_addresses(operator: Caller) -> None:
    error = (
        "MailNotSent: {'bernd@im.mv.example': (550, b'no such user <bernd@im.mv.example>')}\nDETAIL: Geheim"
    )
    factories.parked_delivery("erste@fm.mv.example")
    parked = factories.parked_delivery("bernd@im.mv.example", error=error)

    response = operator.get("outbox")

    first, _ = response.json()["results"]
    assert first.pop("recorded_at")
    assert first.pop("due_at")
    assert first == {
        "id": parked.id,
        "fact": "BookingConfirmed",
        "reaction": "invitations",
        "recipient": "…@im.mv.example",
        "state": "parked",
        "attempts": 12,
        "last_error": "MailNotSent: {'…@im.mv.example': (550, b'no such user <…@im.mv.example>')}",
    }
    assert b"bernd" not in response.content
    assert b"Geheim" not in response.content


def test_lists_by_state_and_reaction(operator: Caller) -> None:
    mail = factories.parked_delivery("a@im.mv.example")
    meeting = factories.parked_delivery("", reaction="provision")
    waiting = factories.parked_delivery("b@im.mv.example")
    Delivery.objects.filter(id=waiting.id).update(state="pending")

    def ids(**query: str) -> list[int]:
        return [row["id"] for row in operator.get("outbox", query).json()["results"]]

    assert ids() == [meeting.id, mail.id]
    assert ids(reaction="provision") == [meeting.id]
    assert ids(state="pending") == [waiting.id]
    assert list(problem(operator.get("outbox?state=done"), 400, "invalid")["fields"]) == ["state"]


def test_costs_the_same_for_one_and_for_three(operator: Caller) -> None:
    factories.parked_delivery("a@im.mv.example")
    for_one = queries(lambda: operator.get("outbox"))
    factories.parked_delivery("b@im.mv.example")
    factories.parked_delivery("c@im.mv.example")

    assert queries(lambda: operator.get("outbox")) == for_one


def test_one_is_tried_again_with_all_its_tries_and_audited(world: World, operator: Caller) -> None:
    parked = factories.parked_delivery("bernd@im.mv.example")

    response = operator.post(f"outbox/{parked.id}/retry")

    assert (response.status_code, response.json()["state"], response.json()["attempts"]) == (
        200,
        "pending",
        0,
    )
    entry = AuditEntry.objects.get(action="delivery.retry")
    assert (entry.actor_person_id, entry.object_id) == (world.operator.id, str(parked.id))
    assert entry.changes == {"reaction": "invitations"}
    problem(operator.post(f"outbox/{parked.id}/retry"), 409, "not_parked")
    assert AuditEntry.objects.filter(action="delivery.retry").count() == 1


@pytest.mark.parametrize("absent", ["4711", "0", "x", "-1", "9" * 19, "٣", str(ABSENT)])
def test_absent_ones_are_not_found(operator: Caller, absent: str) -> None:
    problem(operator.post(f"outbox/{absent}/retry"), 404, "not_found")


def test_all_of_one_reaction_are_tried_again(operator: Caller) -> None:
    factories.parked_delivery("a@im.mv.example")
    factories.parked_delivery("b@im.mv.example")
    other = factories.parked_delivery("", reaction="provision")

    response = operator.post("outbox/retry", {"reaction": "invitations"})

    assert response.json() == {"retried": 2}
    assert list(Delivery.objects.filter(state="parked")) == [other]
    assert AuditEntry.objects.get(action="reaction.retry").numbers == {"deliveries": 2}


def test_the_summary_tells_how_much_and_how_old(operator: Caller) -> None:
    old = timezone.now() - timedelta(hours=2)
    parked = factories.parked_delivery("a@im.mv.example")
    Message.objects.filter(id=parked.message_id).update(recorded_at=old)
    waiting = factories.parked_delivery("b@im.mv.example")
    Delivery.objects.filter(id=waiting.id).update(state="pending")
    done = factories.parked_delivery("", reaction="room_status")
    Delivery.objects.filter(id=done.id).update(state="done")

    (row,) = operator.get("outbox/summary").json()

    assert (row["reaction"], row["pending"], row["parked"]) == ("invitations", 1, 1)
    assert row["oldest_parked_at"] == old.isoformat().replace("+00:00", "Z")
    assert row["oldest_pending_at"] > row["oldest_parked_at"]
