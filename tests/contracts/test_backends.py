# SPDX-License-Identifier: EUPL-1.2
"""What vconf relies on, whatever the make of the conference server."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.conftest import ServerUnderContract
from vconf.integrations.conferencing.port import (
    UNOPENED,
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


def running(server: ServerUnderContract, external_id: str = "vconf-1", *, people: int = 2) -> LiveMeeting:
    """A meeting with people in it, as the server tells of it."""
    server.backend.create(spec(external_id))
    server.people_join(external_id, people)
    found = server.backend.find_meeting(external_id)
    assert found is not None
    return found


def people_in(server: ServerUnderContract, external_id: str = "vconf-1") -> int:
    found = server.backend.find_meeting(external_id)
    return 0 if found is None else found.people


def test_create_promises_a_meeting_that_can_be_entered(server: ServerUnderContract) -> None:
    created = server.backend.create(spec())

    assert created.external_id == "vconf-1"
    assert created.incarnation
    assert not created.existed
    assert abs(created.created_at - datetime.now(UTC)) < timedelta(days=2)
    assert people_in(server) == 0


def test_create_makes_a_meeting_without_people(maker: ServerUnderContract) -> None:
    created = maker.backend.create(spec(metadata={"vconf-booking": "b-1"}))

    assert maker.backend.find_meeting("vconf-1") == LiveMeeting(
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


def test_create_again_finds_the_same_incarnation(maker: ServerUnderContract) -> None:
    first = maker.backend.create(spec())

    again = maker.backend.create(spec(name="Anderer Titel"))

    assert again == CreatedMeeting(
        external_id="vconf-1", incarnation=first.incarnation, created_at=first.created_at, existed=True
    )


def test_create_finds_the_meeting_that_runs(server: ServerUnderContract) -> None:
    found = running(server)

    again = server.backend.create(spec(name="Anderer Titel"))

    assert (again.incarnation, again.created_at, again.existed) == (found.incarnation, found.created_at, True)


def test_create_in_parallel_makes_one_incarnation(server: ServerUnderContract) -> None:
    made: list[CreatedMeeting] = []
    threads = [threading.Thread(target=lambda: made.append(server.backend.create(spec()))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8
    assert len({meeting.incarnation for meeting in made}) == 1
    if not server.backend.opens_by_entering:
        assert sum(not meeting.existed for meeting in made) == 1


@pytest.mark.parametrize(
    "name",
    ["X", "", " \t\n", "ü" * 500, "Ä & <b> \"'%+~*?#", "Besprechung \U0001f600", "\x00\x1b[31m", "مرحبا"],
)
def test_any_title_opens(server: ServerUnderContract, name: str) -> None:
    created = server.backend.create(spec(name=name))
    page = server.open_in_browser(
        server.backend.join_url(
            JoinRequest(
                external_id="vconf-1",
                incarnation=created.incarnation,
                full_name=name,
                user_id="p-1",
                title=name,
            )
        )
    )

    assert page.status_code == 200
    assert people_in(server) == 1


def test_people_are_counted(server: ServerUnderContract) -> None:
    found = running(server, people=5)
    server.people_leave("vconf-1")

    assert found.people == 5
    assert found.started_at is not None
    assert people_in(server) == 0


def test_all_meetings_in_one_list(server: ServerUnderContract) -> None:
    nothing = list(server.backend.live_meetings())
    running(server, "vconf-1", people=2)
    running(server, "vconf-2", people=3)

    listed = server.backend.live_meetings()

    assert server.backend.lists_meetings
    assert nothing == []
    assert [(one.external_id, one.people) for one in listed] == [("vconf-1", 2), ("vconf-2", 3)]
    assert list(listed) == [server.backend.find_meeting("vconf-1"), server.backend.find_meeting("vconf-2")]


def test_unknown_meeting_is_none(server: ServerUnderContract) -> None:
    assert server.backend.find_meeting("vconf-unknown") is None


def test_end_is_final_and_safe_to_repeat(server: ServerUnderContract) -> None:
    found = running(server)

    first = server.backend.end("vconf-1", found.incarnation)
    again = server.backend.end("vconf-1", found.incarnation)

    assert (first, again) == (True, True)
    assert list(server.backend.live_meetings()) == []


def test_end_spares_another_incarnation(server: ServerUnderContract) -> None:
    old = running(server)
    server.forget()
    new = running(server)

    gone = server.backend.end("vconf-1", old.incarnation)

    assert gone
    assert new.incarnation != old.incarnation
    assert server.backend.find_meeting("vconf-1") == new


def test_server_that_forgot_makes_it_anew(server: ServerUnderContract) -> None:
    before = running(server)

    server.forget()
    lost = server.backend.find_meeting("vconf-1")
    after = server.backend.create(spec())

    assert lost is None
    assert not after.existed
    assert after.incarnation != before.incarnation


@pytest.mark.parametrize(("moderator", "moderators"), [(True, 1), (False, 0)])
def test_join_url_leads_into_the_meeting_as_what_somebody_is(
    server: ServerUnderContract, moderator: bool, moderators: int
) -> None:
    created = server.backend.create(spec())
    request = JoinRequest(
        external_id="vconf-1",
        incarnation=created.incarnation,
        full_name="Änne O'Neill & Söhne <x>",
        user_id="p-1",
        moderator=moderator,
    )

    page = server.open_in_browser(server.backend.join_url(request))

    assert page.status_code == 200
    assert people_in(server) == 1
    assert server.moderators_in("vconf-1") == moderators


def test_join_url_of_one_meeting_is_void_in_another(server: ServerUnderContract) -> None:
    created = server.backend.create(spec("vconf-1"))
    server.backend.create(spec("vconf-2"))
    url = server.backend.join_url(
        JoinRequest(external_id="vconf-1", incarnation=created.incarnation, full_name="Anna", user_id="p-1")
    )

    server.open_in_browser(url.replace("vconf-1", "vconf-2", 1))

    assert people_in(server, "vconf-2") == 0


def test_join_url_of_an_old_incarnation_is_void(maker: ServerUnderContract) -> None:
    old = maker.backend.create(spec())
    maker.forget()
    maker.backend.create(spec())

    maker.open_in_browser(
        maker.backend.join_url(
            JoinRequest(external_id="vconf-1", incarnation=old.incarnation, full_name="Anna", user_id="p-1")
        )
    )

    assert people_in(maker) == 0


def test_same_user_id_counts_once(maker: ServerUnderContract) -> None:
    created = maker.backend.create(spec())
    request = JoinRequest(
        external_id="vconf-1", incarnation=created.incarnation, full_name="Anna", user_id="p-1"
    )

    for _ in range(2):
        maker.open_in_browser(maker.backend.join_url(request))

    assert people_in(maker) == 1


def test_guest_waits_in_the_lobby(maker: ServerUnderContract) -> None:
    """Where rooms open by being entered, the lobby comes with the server's answer to a reservation."""
    created = maker.backend.create(spec(lobby=True))

    maker.open_in_browser(
        maker.backend.join_url(
            JoinRequest(
                external_id="vconf-1",
                incarnation=created.incarnation,
                full_name="Gast",
                user_id="g-1",
                guest=True,
            )
        )
    )

    assert people_in(maker) == 0


def test_what_nobody_has_entered_is_not_lost(opener: ServerUnderContract) -> None:
    created = opener.backend.create(spec())

    assert opener.backend.opens_by_entering
    assert (created.incarnation, created.existed) == (UNOPENED, False)
    assert opener.backend.find_meeting("vconf-1") is None
    # to end it is to have nothing to do
    assert opener.backend.end("vconf-1", created.incarnation)


def test_what_everybody_has_left_opens_again_under_the_same_id(opener: ServerUnderContract) -> None:
    first = running(opener)
    opener.people_leave("vconf-1")
    between = opener.backend.create(spec())
    opener.people_join("vconf-1", 1)

    again = opener.backend.find_meeting("vconf-1")

    assert (between.incarnation, between.existed) == (UNOPENED, False)
    assert again is not None
    assert again.incarnation not in (UNOPENED, first.incarnation)


def test_what_was_promised_is_ended_as_what_it_became(opener: ServerUnderContract) -> None:
    created = opener.backend.create(spec())
    opener.people_join("vconf-1", 2)

    assert opener.backend.end("vconf-1", created.incarnation)
    assert list(opener.backend.live_meetings()) == []


def test_check_of_a_sound_server(server: ServerUnderContract) -> None:
    running(server, people=3)

    report = server.backend.check()

    assert report.healthy
    assert (report.reachable, report.secret_ok, report.meetings, report.people) == (True, True, 1, 3)
    assert report.version
    assert report.latency_ms is not None
    assert report.clock_skew_ms is not None
    assert "end" in report.abilities


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


@pytest.mark.parametrize("how", ["hang", "drip", "close", "fail", "html", "garbage"])
def test_a_broken_server_never_tells_that_a_meeting_is_gone(server: ServerUnderContract, how: str) -> None:
    found = running(server)
    server.break_down(how)
    backend = server.with_short_limits()

    for call in (
        lambda: backend.find_meeting("vconf-1"),
        backend.live_meetings,
        lambda: backend.end("vconf-1", found.incarnation),
    ):
        with pytest.raises(BackendError) as caught:
            call()
        assert isinstance(caught.value, Unreachable | Misbehaving)
