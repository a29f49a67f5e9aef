# SPDX-License-Identifier: EUPL-1.2
"""Who is in a meeting, asked of a real simulated Jitsi shard by a moderator, and putting one of them out."""

from __future__ import annotations

import pytest

from tests.api.caller import Caller, problem
from tests.integrations.conferencing.scene import Scene, deliver_conferencing
from tests.integrations.conferencing.test_jitsi_meetings import (
    enters,
    jitsi,
    jitsi_shard,
    jitsi_shard_process,
    set_up,
    shard_of,
)
from vconf.audit.models import AuditEntry
from vconf.bookings.models import Meeting
from vconf.integrations.conferencing.checks import look_at
from vconf.integrations.conferencing.drift import keep_checked
from vconf.integrations.conferencing.registry import backend_for
from vconf.outbox.models import Message

__all__ = ["jitsi", "jitsi_shard", "jitsi_shard_process"]

pytestmark = pytest.mark.engine


@pytest.fixture
def meeting(jitsi: Scene) -> Meeting:
    """Anna's meeting, which Bernd is invited to, on a shard that can remove people and was found to."""
    set_up(jitsi.server, shard_of(jitsi), kick_url=f"{shard_of(jitsi).origin}/kick-participant")
    keep_checked(jitsi.server.id, look_at(lambda: backend_for(jitsi.server)))
    meeting = jitsi.provisioned(jitsi.book(invite="bernd@im.mv.example"))
    deliver_conferencing()
    return meeting


def test_a_moderator_sees_who_is_there_and_puts_one_out(jitsi: Scene, meeting: Meeting) -> None:
    anna = Caller(jitsi.world.anna)
    enters(jitsi, meeting)
    disturbing = enters(jitsi, meeting, "Störer")

    shown = anna.get(f"occurrences/{meeting.occurrence_id}/people").json()
    assert shown["removable"] is True
    assert [one["name"] for one in shown["people"]] == ["Anna", "Störer"]
    answer = anna.post(f"occurrences/{meeting.occurrence_id}/people/remove", {"person": disturbing})

    assert answer.status_code == 204, answer.content
    [left] = anna.get(f"occurrences/{meeting.occurrence_id}/people").json()["people"]
    assert left["name"] == "Anna"
    entry = AuditEntry.objects.get(action="meeting.remove_person")
    assert (entry.object_id, entry.actor_person_id) == (str(meeting.id), jitsi.world.anna.id)


def test_no_name_is_kept_anywhere(jitsi: Scene, meeting: Meeting, caplog: pytest.LogCaptureFixture) -> None:
    anna = Caller(jitsi.world.anna)
    person = enters(jitsi, meeting, "Störer")

    anna.get(f"occurrences/{meeting.occurrence_id}/people")
    anna.post(f"occurrences/{meeting.occurrence_id}/people/remove", {"person": person})

    kept = [str(list(model.objects.values())) for model in (Meeting, AuditEntry, Message)]
    assert not any("Störer" in one or person in one for one in [*kept, caplog.text])


def test_somebody_who_has_left_is_not_found(jitsi: Scene, meeting: Meeting) -> None:
    anna = Caller(jitsi.world.anna)
    enters(jitsi, meeting)

    where = f"occurrences/{meeting.occurrence_id}/people/remove"
    absent = problem(anna.post(where, {"person": "ab12cd34"}), 404, "not_found")
    assert absent["detail"] == "This person is not there any more."
    problem(anna.post(where, {}), 400, "invalid")
    assert not AuditEntry.objects.filter(action="meeting.remove_person").exists()


def test_who_only_attends_or_operates_sees_nobody(jitsi: Scene, meeting: Meeting) -> None:
    person = enters(jitsi, meeting)
    for other in (jitsi.world.bernd, jitsi.world.operator):
        caller = Caller(other)
        problem(caller.get(f"occurrences/{meeting.occurrence_id}/people"), 403, "forbidden")
        removal = caller.post(f"occurrences/{meeting.occurrence_id}/people/remove", {"person": person})
        problem(removal, 403, "forbidden")
    stranger = Caller(jitsi.world.clara)
    problem(stranger.get(f"occurrences/{meeting.occurrence_id}/people"), 404, "not_found")
    assert shard_of(jitsi).rooms()[meeting.external_id]["people"] == 1


def test_a_server_that_cannot_says_so_and_names_nobody(jitsi: Scene, meeting: Meeting) -> None:
    person = enters(jitsi, meeting)
    set_up(jitsi.server, shard_of(jitsi), kick_url=None)
    keep_checked(jitsi.server.id, look_at(lambda: backend_for(jitsi.server)))
    anna = Caller(jitsi.world.anna)

    shown = anna.get(f"occurrences/{meeting.occurrence_id}/people").json()
    refused = anna.post(f"occurrences/{meeting.occurrence_id}/people/remove", {"person": person})

    assert shown == {"removable": False, "people": []}
    problem(refused, 409, "cannot_remove")


def test_a_server_that_does_not_answer_is_tried_again_later(jitsi: Scene, meeting: Meeting) -> None:
    person = enters(jitsi, meeting)
    shard_of(jitsi).set_fault("fail")
    anna = Caller(jitsi.world.anna)

    problem(anna.get(f"occurrences/{meeting.occurrence_id}/people"), 503, "server_silent")
    where = f"occurrences/{meeting.occurrence_id}/people/remove"
    problem(anna.post(where, {"person": person}), 503, "server_silent")
