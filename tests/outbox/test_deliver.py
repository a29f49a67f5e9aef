# SPDX-License-Identifier: EUPL-1.2
"""Delivering: order, retries, parking, leases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.outbox.test_record import KettleBoiled
from vconf.logs import correlation_id
from vconf.outbox import deliver
from vconf.outbox.deliver import NotYet, Reaction, deliver_due
from vconf.outbox.models import Delivery, DeliveryState, Message
from vconf.outbox.record import record

pytestmark = pytest.mark.django_db

NOW = timezone.now()


class Refused(Exception):
    permanent = True


@dataclass
class Sink:
    """A reaction's far end: notes what arrives, and fails for the keys it is told to."""

    arrived: list[tuple[str, str]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    called: int = 0

    def __call__(self, payload: Mapping[str, Any], recipient: str) -> None:
        self.called += 1
        if error := self.failing.get(recipient) or self.failing.get(payload["kettle_id"]):
            raise error
        self.arrived.append((payload["kettle_id"] + "".join(payload["cups"]), recipient))


def boil(kettle: str, *cups: str) -> Message:
    message = record(KettleBoiled(kettle_id=kettle, cups=cups))
    Message.objects.filter(id=message.id).update(recorded_at=NOW)
    return message


def test_a_fact_nobody_reacts_to_is_done_with() -> None:
    boil("k")

    assert deliver_due({}, limit=10, now=NOW) == 0
    assert Message.objects.get().fanned_out_at == NOW
    assert not Delivery.objects.exists()
    assert deliver.pending_age(now=NOW + timedelta(hours=1)) == timedelta(0)


def test_each_reaction_and_recipient_gets_one_delivery_once() -> None:
    pour, whistle = Sink(), Sink()
    reactions = {
        "KettleBoiled": [
            Reaction("pour", pour, recipients=lambda fact: [*fact["cups"], *fact["cups"]]),
            Reaction("whistle", whistle),
        ]
    }
    boil("k", "red", "blue")

    assert deliver_due(reactions, limit=10, now=NOW) == 3
    assert deliver_due(reactions, limit=10, now=NOW) == 0

    assert pour.arrived == [("kredblue", "red"), ("kredblue", "blue")]
    assert whistle.arrived == [("kredblue", "")]
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.DONE, 1)}


def test_deliveries_are_made_in_the_order_of_the_facts() -> None:
    sink = Sink()
    for number in range(5):
        boil("k", str(number))

    deliver_due({"KettleBoiled": [Reaction("pour", sink)]}, limit=100, now=NOW)

    assert [what for what, _ in sink.arrived] == ["k0", "k1", "k2", "k3", "k4"]


def test_the_limit_is_kept() -> None:
    sink = Sink()
    for number in range(5):
        boil(f"k{number}")

    assert deliver_due({"KettleBoiled": [Reaction("pour", sink)]}, limit=3, now=NOW) == 3
    assert sink.called == 3


def test_a_failed_one_is_retried_alone_and_later() -> None:
    good, bad = Sink(), Sink(failing={"k": ConnectionError("no water")})
    reactions = {"KettleBoiled": [Reaction("good", good), Reaction("bad", bad)]}
    boil("k")

    deliver_due(reactions, limit=10, now=NOW)
    assert deliver_due(reactions, limit=10, now=NOW) == 0

    failed = Delivery.objects.get(reaction="bad")
    assert failed.state == DeliveryState.PENDING
    assert failed.last_error == "ConnectionError: no water"
    assert NOW + timedelta(seconds=1) <= failed.due_at <= NOW + timedelta(seconds=2)

    bad.failing.clear()
    assert deliver_due(reactions, limit=10, now=failed.due_at) == 1
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.last_error) == (DeliveryState.DONE, 2, "")
    assert (good.called, bad.called) == (1, 2)


def test_an_earlier_pending_one_blocks_the_same_key_reaction_and_recipient_only() -> None:
    sink = Sink(failing={"red": ConnectionError()})
    pour = Reaction("pour", sink, recipients=lambda fact: fact["cups"])
    whistle = Sink()
    reactions = {"KettleBoiled": [pour, Reaction("whistle", whistle)]}
    boil("k", "red")
    boil("k", "red", "blue")
    boil("other", "green")

    deliver_due(reactions, limit=100, now=NOW)

    assert sink.arrived == [("kredblue", "blue"), ("othergreen", "green")]
    assert len(whistle.arrived) == 3
    tried = Delivery.objects.filter(recipient="red").order_by("message_id").values_list("attempts", flat=True)
    assert list(tried) == [1, 0]

    sink.failing.clear()
    deliver_due(reactions, limit=100, now=NOW + timedelta(minutes=1))
    assert sink.arrived[2:] == [("kred", "red"), ("kredblue", "red")]


def test_after_the_last_try_it_is_parked_and_blocks_nobody() -> None:
    sink = Sink(failing={"red": ConnectionError()})
    reactions = {"KettleBoiled": [Reaction("pour", sink, recipients=lambda fact: fact["cups"][:1], tries=3)]}
    boil("k", "red")
    boil("k", "blue")
    clock = NOW

    for _ in range(3):
        deliver_due(reactions, limit=10, now=clock)
        clock += timedelta(hours=2)

    (given_up,) = deliver.parked()
    assert (given_up.recipient, given_up.attempts) == ("red", 3)
    assert sink.called == 4
    assert deliver_due(reactions, limit=10, now=clock) == 0


def test_a_parked_one_does_not_hold_up_what_follows() -> None:
    class Odd(Sink):
        def __call__(self, payload: Mapping[str, Any], recipient: str) -> None:
            if payload["cups"] == ["1"]:
                raise Refused
            super().__call__(payload, recipient)

    odd = Odd()
    reactions = {"KettleBoiled": [Reaction("pour", odd)]}
    boil("k", "1")
    boil("k", "2")

    deliver_due(reactions, limit=10, now=NOW)

    assert odd.arrived == [("k2", "")]
    assert deliver.parked().count() == 1


def test_a_permanent_error_is_parked_at_once_and_can_be_tried_again() -> None:
    sink = Sink(failing={"k": Refused("no such kettle")})
    reactions = {"KettleBoiled": [Reaction("pour", sink)]}
    boil("k")

    deliver_due(reactions, limit=10, now=NOW)
    assert deliver_due(reactions, limit=10, now=NOW + timedelta(days=1)) == 0

    (given_up,) = deliver.parked()
    assert given_up.last_error == "Refused: no such kettle"
    sink.failing.clear()
    assert deliver.retry_parked(given_up.id, now=NOW)
    assert not deliver.retry_parked(given_up.id, now=NOW)
    assert deliver_due(reactions, limit=10, now=NOW) == 1
    assert sink.arrived == [("k", "")]


def test_recipients_that_cannot_be_found_out_are_found_out_later() -> None:
    book: dict[str, list[str]] = {}
    sink = Sink()
    reactions = {"KettleBoiled": [Reaction("pour", sink, recipients=lambda fact: book[fact["kettle_id"]])]}
    boil("k", "1")
    book["fine"] = ["green"]
    boil("fine")

    deliver_due(reactions, limit=10, now=NOW)
    book["k"] = ["red", "blue"]
    boil("k", "2")
    deliver_due(reactions, limit=10, now=NOW)

    assert sink.arrived == [("fine", "green")]

    deliver_due(reactions, limit=10, now=NOW + timedelta(minutes=1))
    assert sink.arrived[1:] == [("k1", "red"), ("k1", "blue"), ("k2", "red"), ("k2", "blue")]
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()


def test_whoever_dies_with_a_delivery_loses_it_when_the_lease_ends() -> None:
    sink = Sink()
    reactions = {"KettleBoiled": [Reaction("pour", sink, lease=timedelta(seconds=60))]}
    boil("k", "1")
    boil("k", "2")
    deliver.fan_out(reactions, now=NOW)
    first = Delivery.objects.earliest("id")
    # What a deliverer does before it handles; this one is never heard of again.
    assert deliver._take(first, timedelta(seconds=60), NOW)

    assert deliver_due(reactions, limit=10, now=NOW + timedelta(seconds=59)) == 0
    assert deliver_due(reactions, limit=10, now=NOW + timedelta(seconds=61)) == 2

    assert [what for what, _ in sink.arrived] == ["k1", "k2"]


def test_a_deliverer_that_outlives_its_lease_does_not_undo_the_next_one() -> None:
    boil("k")

    def slow(payload: Mapping[str, Any], recipient: str) -> None:
        later = NOW + timedelta(seconds=61)
        assert deliver_due({"KettleBoiled": [Reaction("pour", Sink())]}, limit=10, now=later) == 1
        raise ConnectionError

    deliver_due({"KettleBoiled": [Reaction("pour", slow)]}, limit=10, now=NOW)

    assert Delivery.objects.get().state == DeliveryState.DONE


def test_a_deliverer_that_is_told_to_stop_hands_its_delivery_back() -> None:
    def interrupted(payload: Mapping[str, Any], recipient: str) -> None:
        raise KeyboardInterrupt

    boil("k")

    with pytest.raises(KeyboardInterrupt):
        deliver_due({"KettleBoiled": [Reaction("pour", interrupted)]}, limit=10, now=NOW)

    sink = Sink()
    assert deliver_due({"KettleBoiled": [Reaction("pour", sink)]}, limit=10, now=NOW) == 1
    assert Delivery.objects.get().attempts == 1


def test_reactions_of_a_newer_version_are_left_to_it() -> None:
    boil("k")
    new = Sink()
    deliver.fan_out({"KettleBoiled": [Reaction("steam", new)]}, now=NOW)

    assert deliver_due({"KettleBoiled": [Reaction("pour", Sink())]}, limit=10, now=NOW) == 0
    assert deliver_due({"KettleBoiled": [Reaction("steam", new)]}, limit=10, now=NOW) == 1


def test_only_leaves_other_reactions_to_others() -> None:
    slow, fast = Sink(), Sink()
    reactions = {"KettleBoiled": [Reaction("slow", slow), Reaction("fast", fast)]}
    boil("k")

    assert deliver_due(reactions, limit=10, only=["fast"], now=NOW) == 1
    assert (slow.called, fast.called) == (0, 1)
    assert deliver_due(reactions, limit=10, only=["slow"], now=NOW) == 1


def test_the_correlation_id_of_the_request_reaches_the_reaction() -> None:
    seen = []
    boil("k")
    expected = Message.objects.get().correlation_id
    reactions = {"KettleBoiled": [Reaction("pour", lambda *_: seen.append(correlation_id()))]}

    deliver_due(reactions, limit=10, now=NOW)

    assert seen == [expected]


def test_pending_age_tells_how_long_work_has_been_left_lying() -> None:
    sink = Sink(failing={"k": ConnectionError()})
    reactions = {"KettleBoiled": [Reaction("pour", sink)]}
    assert deliver.pending_age(now=NOW) == timedelta(0)

    boil("k", "1")
    boil("k", "2")
    assert deliver.pending_age(now=NOW + timedelta(minutes=5)) == timedelta(minutes=5)

    deliver_due(reactions, limit=10, now=NOW)
    due = Delivery.objects.earliest("id").due_at
    assert deliver.pending_age(now=NOW) == timedelta(0)  # waits for its next try
    assert deliver.pending_age(now=due + timedelta(minutes=5)) == timedelta(minutes=5)


def test_prune_removes_what_is_old_and_done_and_nothing_else() -> None:
    sink = Sink(failing={"failing": ConnectionError(), "refused": Refused()})
    reactions = {"KettleBoiled": [Reaction("pour", sink)]}
    for kettle in ("done", "failing", "refused"):
        boil(kettle)
    deliver_due(reactions, limit=10, now=NOW)
    boil("new")

    assert deliver.prune(before=NOW) == 0
    assert deliver.prune(before=NOW + timedelta(seconds=1)) == 1

    assert list(Message.objects.values_list("key", flat=True)) == ["failing", "refused", "new"]


@pytest.mark.parametrize(("attempts", "longest"), [(1, 2), (2, 6), (3, 18), (7, 1458), (8, 3600), (99, 3600)])
def test_pauses_grow_up_to_an_hour(attempts: int, longest: int) -> None:
    pauses = [deliver.pause_after(attempts).total_seconds() for _ in range(50)]

    assert longest / 2 <= min(pauses) <= max(pauses) <= longest
    assert len(set(pauses)) > 1


def test_work_that_goes_on_by_itself_is_asked_for_again_and_is_no_failure() -> None:
    sink = Sink(failing={"k": NotYet(again_in=timedelta(seconds=5))})
    reactions = {"KettleBoiled": (Reaction("pour", sink, tries=2),)}
    boil("k")

    for number in range(4):
        deliver_due(reactions, limit=10, now=NOW + timedelta(seconds=5 * number))
    delivery = Delivery.objects.get()
    assert (sink.called, delivery.state, delivery.attempts) == (4, DeliveryState.PENDING, 0)

    sink.failing.clear()
    assert deliver_due(reactions, limit=10, now=NOW + timedelta(seconds=19)) == 0
    deliver_due(reactions, limit=10, now=NOW + timedelta(seconds=20))
    assert Delivery.objects.get().state == DeliveryState.DONE
