# SPDX-License-Identifier: EUPL-1.2
"""What vconf relies on, whatever the make of the conference server."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.conftest import ServerUnderContract
from vconf.integrations.conferencing.port import (
    BackendError,
    CreatedMeeting,
    JoinRequest,
    LiveMeeting,
    MeetingSpec,
    Misbehaving,
    Unreachable,
    WrongSecret,
)


def spec(external_id: str = "vconf-1", **changes: object) -> MeetingSpec:
    fields: dict[str, object] = {"external_id": external_id, "name": "Lagebesprechung", **changes}
    return MeetingSpec(**fields)  # type: ignore[arg-type]  # the changes are typed where they are written


def test_create_makes_a_meeting_without_people(server: ServerUnderContract) -> None:
    created = server.backend.create(spec(metadata={"vconf-booking": "b-1"}))

    assert created.external_id == "vconf-1"
    assert created.incarnation
    assert not created.existed
    assert abs(created.created_at - datetime.now(UTC)) < timedelta(days=2)
    assert server.backend.find_meeting("vconf-1") == LiveMeeting(
        external_id="vconf-1",
        incarnation=created.incarnation,
        name="Lagebesprechung",
        people=0,
        moderators=0,
        created_at=created.created_at,
        started_at=None,
        ended=False,
        metadata={"vconf-booking": "b-1"},
    )


def test_create_again_finds_the_same_incarnation(server: ServerUnderContract) -> None:
    first = server.backend.create(spec())

    again = server.backend.create(spec(name="Anderer Titel"))

    assert again == CreatedMeeting(
        external_id="vconf-1", incarnation=first.incarnation, created_at=first.created_at, existed=True
    )


def test_create_in_parallel_makes_one_incarnation(server: ServerUnderContract) -> None:
    made: list[CreatedMeeting] = []
    threads = [threading.Thread(target=lambda: made.append(server.backend.create(spec()))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8
    assert len({meeting.incarnation for meeting in made}) == 1
    assert sum(not meeting.existed for meeting in made) == 1


@pytest.mark.parametrize(
    "name",
    ["X", "", " \t\n", "ü" * 500, "Ä & <b> \"'%+~*?#", "Besprechung \U0001f600", "\x00\x1b[31m", "مرحبا"],
)
def test_any_title_opens(server: ServerUnderContract, name: str) -> None:
    created = server.backend.create(spec(name=name))

    assert server.backend.find_meeting("vconf-1") is not None
    assert created.incarnation


def test_people_are_counted(server: ServerUnderContract) -> None:
    server.backend.create(spec())

    server.people_join("vconf-1", 4, moderators=1)
    found = server.backend.find_meeting("vconf-1")
    server.people_leave("vconf-1")
    later = server.backend.find_meeting("vconf-1")

    assert found is not None
    assert later is not None
    assert (found.people, found.moderators) == (5, 1)
    assert found.started_at is not None
    assert (later.people, later.moderators) == (0, 0)


def test_all_meetings_in_one_list(server: ServerUnderContract) -> None:
    nothing = list(server.backend.live_meetings())
    server.backend.create(spec("vconf-1"))
    server.backend.create(spec("vconf-2"))
    server.people_join("vconf-2", 3)

    listed = server.backend.live_meetings()

    assert nothing == []
    assert [(one.external_id, one.people) for one in listed] == [("vconf-1", 0), ("vconf-2", 3)]
    assert list(listed) == [server.backend.find_meeting("vconf-1"), server.backend.find_meeting("vconf-2")]


def test_unknown_meeting_is_none(server: ServerUnderContract) -> None:
    assert server.backend.find_meeting("vconf-unknown") is None


def test_end_is_final_and_safe_to_repeat(server: ServerUnderContract) -> None:
    created = server.backend.create(spec())
    server.people_join("vconf-1", 2)

    first = server.backend.end("vconf-1", created.incarnation)
    again = server.backend.end("vconf-1", created.incarnation)

    assert (first, again) == (True, True)
    assert list(server.backend.live_meetings()) == []


def test_end_spares_another_incarnation(server: ServerUnderContract) -> None:
    old = server.backend.create(spec())
    server.forget()
    new = server.backend.create(spec())

    gone = server.backend.end("vconf-1", old.incarnation)

    assert gone
    assert new.incarnation != old.incarnation
    found = server.backend.find_meeting("vconf-1")
    assert found is not None
    assert found.incarnation == new.incarnation


def test_server_that_forgot_makes_it_anew(server: ServerUnderContract) -> None:
    before = server.backend.create(spec())

    server.forget()
    lost = server.backend.find_meeting("vconf-1")
    after = server.backend.create(spec())

    assert lost is None
    assert not after.existed
    assert after.incarnation != before.incarnation


def test_join_url_leads_into_the_meeting(server: ServerUnderContract) -> None:
    created = server.backend.create(spec())
    request = JoinRequest(
        external_id="vconf-1",
        incarnation=created.incarnation,
        full_name="Änne O'Neill & Söhne <x>",
        user_id="p-1",
        moderator=True,
    )

    page = server.open_in_browser(server.backend.join_url(request))

    assert page.status_code == 200
    found = server.backend.find_meeting("vconf-1")
    assert found is not None
    assert (found.people, found.moderators) == (1, 1)


def test_join_url_of_an_old_incarnation_is_void(server: ServerUnderContract) -> None:
    old = server.backend.create(spec())
    server.forget()
    server.backend.create(spec())

    server.open_in_browser(
        server.backend.join_url(
            JoinRequest(external_id="vconf-1", incarnation=old.incarnation, full_name="Anna", user_id="p-1")
        )
    )

    found = server.backend.find_meeting("vconf-1")
    assert found is not None
    assert found.people == 0


def test_same_user_id_counts_once(server: ServerUnderContract) -> None:
    created = server.backend.create(spec())
    request = JoinRequest(
        external_id="vconf-1", incarnation=created.incarnation, full_name="Anna", user_id="p-1"
    )

    for _ in range(2):
        server.open_in_browser(server.backend.join_url(request))

    found = server.backend.find_meeting("vconf-1")
    assert found is not None
    assert found.people == 1


def test_guest_waits_in_the_lobby(server: ServerUnderContract) -> None:
    created = server.backend.create(spec(lobby=True))

    server.open_in_browser(
        server.backend.join_url(
            JoinRequest(
                external_id="vconf-1",
                incarnation=created.incarnation,
                full_name="Gast",
                user_id="g-1",
                guest=True,
            )
        )
    )

    found = server.backend.find_meeting("vconf-1")
    assert found is not None
    assert found.people == 0


def test_check_of_a_sound_server(server: ServerUnderContract) -> None:
    server.backend.create(spec())
    server.people_join("vconf-1", 3)

    report = server.backend.check()

    assert report.healthy
    assert (report.reachable, report.secret_ok, report.meetings, report.people) == (True, True, 1, 3)
    assert report.version
    assert report.latency_ms is not None


def test_wrong_secret_is_permanent(server: ServerUnderContract) -> None:
    backend = server.with_wrong_secret()

    report = backend.check()
    with pytest.raises(WrongSecret) as caught:
        backend.create(spec())

    assert (report.reachable, report.secret_ok, report.healthy) == (True, False, False)
    assert report.code == "wrong_secret"
    assert (caught.value.permanent, caught.value.maybe_done) == (True, False)


@pytest.mark.parametrize("how", ["hang", "drip", "close", "fail", "html", "garbage"])
def test_broken_server_costs_little_time_and_is_worth_another_try(
    server: ServerUnderContract, how: str
) -> None:
    server.break_down(how)
    backend = server.with_short_limits()
    started = time.monotonic()

    report = backend.check()
    with pytest.raises(BackendError) as caught:
        backend.create(spec())

    assert time.monotonic() - started < 4
    assert (report.reachable, report.healthy) == (False, False)
    assert report.code
    assert isinstance(caught.value, Unreachable | Misbehaving)
    assert not caught.value.permanent
    # Whoever moves on must remember this server: the meeting may be there.
    assert caught.value.maybe_done
