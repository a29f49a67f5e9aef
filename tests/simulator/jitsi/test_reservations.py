# SPDX-License-Identifier: EUPL-1.2
"""Prosody's side of a reservation: what it asks, what it takes for an answer, and what it remembers."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulator.jitsi.booking_service import Asked, BookingService, Said, reservation, yes
from tests.simulator_fixture import JitsiShard, eventually

UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def test_first_entry_asks_byte_for_byte(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.configure(headers={"Authorization": "Bearer of-the-shard"})

    seen = asking_shard.enter("Vconf-ABC")

    assert seen["entered"] is True
    assert re.fullmatch(
        rb"POST /conference HTTP/1\.1\r\n"
        rb"Host: 127\.0\.0\.1:\d+\r\n"
        rb"User-Agent: Prosody \(0\.12\.4; x86_64-linux\)\r\n"
        rb"Content-Length: \d+\r\n"
        rb"Content-Type: application/x-www-form-urlencoded\r\n"
        rb"Authorization: Bearer of-the-shard\r\n"
        rb"\r\n"
        # Lower-case name and hex, whole seconds, and no address of anybody.
        rb"name=vconf-abc&start_time=\d{4}-\d\d-\d\dT\d\d%3a\d\d%3a\d\d\.000Z&mail_owner="
        + UUID
        + rb"%40127\.0\.0\.1",
        booking_service.asked[0].raw,
    )


def test_owner_is_the_bare_address(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.enter("r1", jid="anna+x@meet.example/tab-1")

    assert booking_service.asked[0].form["mail_owner"] == "anna+x@meet.example"


def test_tenants_stand_before_the_name(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    seen = asking_shard.enter("[land]r1")

    assert booking_service.asked[0].form["name"] == "[land]r1"
    assert seen["jid"] == "[land]r1@conference.127.0.0.1"


def test_later_entries_ask_nothing(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.enter("r1")

    seen = asking_shard.enter("r1")

    assert seen["entered"] is True
    assert booking_service.lines == ["POST /conference"]


def test_everybody_waits_for_one_lookup(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    released = threading.Event()

    def late(asked: Asked) -> Said:
        released.wait(5)
        return yes(asked)

    booking_service.answer = late
    seen: list[bool] = []
    people = [
        threading.Thread(target=lambda: seen.append(asking_shard.enter("r1")["entered"])) for _ in range(5)
    ]
    for one in people:
        one.start()
    eventually(lambda: booking_service.asked)
    time.sleep(0.3)

    released.set()
    for one in people:
        one.join(5)

    assert seen == [True] * 5
    assert booking_service.lines == ["POST /conference"]
    assert asking_shard.rooms()["r1"]["people"] == 5


def test_conflict_is_looked_up(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    booking_service.answer = lambda asked: (
        Said(409, {"conflict_id": "b-9"})
        if asked.line == "POST /conference"
        else Said(200, reservation("r1", id="b-9"))
    )

    seen = asking_shard.enter("r1")

    assert seen["entered"] is True
    assert booking_service.lines == ["POST /conference", "GET /conference/b-9"]
    assert re.fullmatch(
        rb"GET /conference/b-9 HTTP/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: Prosody [^\r]+\r\n\r\n",
        booking_service.asked[1].raw,
    )


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        (Said(403, {"message": "Erst ab 10 Uhr."}), 403, "Erst ab 10 Uhr."),
        (Said(404), 404, "Rejected by reservation server"),
        (Said(400, b"<html>"), 400, "Rejected by reservation server"),
        (Said(409, {}), 409, "Invalid response from reservation server"),
        (Said(204), 204, "Rejected by reservation server"),
        (Said(200, b""), 500, "Invalid response from reservation server"),
        (Said(200, b"[]"), 500, "Invalid response from reservation server"),
    ],
)
def test_refusals_as_the_client_sees_them(
    asking_shard: JitsiShard, booking_service: BookingService, said: Said, code: int, text: str
) -> None:
    booking_service.answer = lambda asked: said

    seen = asking_shard.enter("r1")

    assert seen == {"entered": False, "error": "reservation-error", "code": code, "text": text}
    assert booking_service.lines == ["POST /conference"]
    assert asking_shard.rooms() == {}


def test_redirects_are_not_followed(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    elsewhere = (("Location", f"{booking_service.url}/conference/"),)
    booking_service.answer = lambda asked: Said(301, headers=elsewhere)

    seen = asking_shard.enter("r1")

    assert (seen["code"], booking_service.lines) == (301, ["POST /conference"])


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"name": None},
        {"name": "another"},
        {"mail_owner": None},
        {"duration": None},
        {"duration": "an hour"},
        {"duration": True},
        {"start_time": None},
        {"start_time": "tomorrow"},
        {"start_time": 1_790_000_000},
        {"start_time": "2026-13-45T00:00:00Z"},
    ],
)
def test_answers_that_are_not_whole(
    asking_shard: JitsiShard, booking_service: BookingService, changes: dict[str, object]
) -> None:
    booking_service.answer = lambda asked: Said(200, reservation("r1", **changes))

    seen = asking_shard.enter("r1")

    assert (seen["code"], seen["text"]) == (500, "Invalid response from reservation server")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "R1"},
        {"duration": "3600"},
        {"id": ""},
        {"mail_owner": ""},
        {"start_time": (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y%m%dT%H:%M:%S.123+01:00")},
    ],
)
def test_answers_that_will_do(
    asking_shard: JitsiShard, booking_service: BookingService, changes: dict[str, object]
) -> None:
    booking_service.answer = lambda asked: Said(201, reservation("r1", **changes))

    assert asking_shard.enter("r1")["entered"] is True


def test_failures_are_tried_three_times_more(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    booking_service.answer = lambda asked: Said(503, {"message": "busy"})

    seen = asking_shard.enter("r1")

    assert (seen["code"], seen["text"]) == (503, "busy")
    assert booking_service.lines == ["POST /conference"] * 4


def test_attempts_are_three_seconds_apart(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.configure(retry_scale=0.1)
    booking_service.answer = lambda asked: yes(asked) if len(booking_service.asked) > 1 else Said(500)
    started = time.monotonic()

    seen = asking_shard.enter("r1")

    assert seen["entered"] is True
    assert time.monotonic() - started >= 0.3


def test_nobody_there_is_tried_again_and_has_no_code(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    booking_service.close()

    seen = asking_shard.enter("r1")

    assert (seen["code"], seen["text"]) == (0, "Rejected by reservation server")


@pytest.mark.parametrize("said", [Said(200, silent=True), Said(200, reservation("r1"), pause=0.05)])
def test_late_answers_are_given_up_at_once(
    asking_shard: JitsiShard, booking_service: BookingService, said: Said
) -> None:
    asking_shard.configure(timeout_seconds=0.4)
    booking_service.answer = lambda asked: said

    seen = asking_shard.enter("r1")

    assert (seen["code"], seen["text"]) == (500, "Reservation lookup timed out")
    assert booking_service.lines == ["POST /conference"]


def test_refusal_is_remembered_until_the_minute_is_over(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    asking_shard.configure(retry_scale=1)
    asking_shard.advance_clock(61)  # The minute begins now.
    booking_service.answer = lambda asked: Said(403, {"message": "too early"})
    asking_shard.enter("r1")
    booking_service.answer = yes

    at_once = asking_shard.enter("r1")
    asking_shard.advance_clock(35)
    after_its_time = asking_shard.enter("r1")
    asking_shard.advance_clock(30)
    in_the_next_minute = asking_shard.enter("r1")

    assert (at_once["text"], after_its_time["text"]) == ("too early", "too early")
    assert in_the_next_minute["entered"] is True
    assert booking_service.lines == ["POST /conference"] * 2


def test_last_one_out_is_told(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.enter("r1")
    asking_shard.enter("r1")

    asking_shard.leave("r1")

    eventually(lambda: len(booking_service.asked) == 2)
    assert re.fullmatch(
        rb"DELETE /conference/17 HTTP/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: Prosody [^\r]+\r\n\r\n",
        booking_service.asked[1].raw,
    )
    asking_shard.enter("r1")
    assert booking_service.lines[2:] == ["POST /conference"]


def test_telling_is_tried_again_and_may_get_lost(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    booking_service.answer = lambda asked: Said(500) if asked.line.startswith("DELETE") else yes(asked)
    asking_shard.enter("r1")
    asking_shard.leave("r1")
    eventually(lambda: booking_service.lines[1:] == ["DELETE /conference/17"] * 4)

    asking_shard.configure(loses=["DELETE"])
    asking_shard.enter("r1")
    asking_shard.leave("r1")
    time.sleep(0.3)

    assert booking_service.lines[5:] == ["POST /conference"]


@pytest.mark.parametrize("tells", [True, False])
def test_time_that_is_over_closes_the_room(
    asking_shard: JitsiShard, booking_service: BookingService, tells: bool
) -> None:
    asking_shard.configure(delete_on_expiry=tells)
    booking_service.answer = lambda asked: (
        Said(200, reservation("r1", duration=100)) if asked.line.startswith("POST") else Said(200)
    )
    asking_shard.enter("r1")

    asking_shard.advance_clock(90)
    before = asking_shard.rooms()
    asking_shard.advance_clock(90)

    eventually(lambda: asking_shard.rooms() == {})
    time.sleep(0.2)
    assert before["r1"]["people"] == 1
    assert booking_service.lines[1:] == (["DELETE /conference/17"] if tells else [])


def test_reservation_of_the_past(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.configure(retry_scale=1)
    booking_service.answer = lambda asked: Said(200, reservation("r1", duration=-1))

    first, second = asking_shard.enter("r1"), asking_shard.enter("r1")
    asking_shard.advance_clock(61)
    time.sleep(0.2)

    assert (first["code"], first["text"]) == (419, "Reservation expired")
    assert second == first
    # It never had a room, so nobody is told of its end.
    assert booking_service.lines == ["POST /conference"]


def test_what_the_answer_asks_of_the_room(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    booking_service.answer = lambda asked: Said(
        200, reservation("r1", lobby=True, password="geheim", max_occupants=3)
    )

    moderator = asking_shard.enter("r1", moderator=True)
    without = asking_shard.enter("r1", moderator=False)
    guest = asking_shard.enter("r1", moderator=False, password="geheim")
    asking_shard.admit_people("r1")
    one_too_many = asking_shard.enter("r1", moderator=False, password="geheim")

    assert moderator["entered"] is True
    assert without["error"] == "not-authorized"
    assert (guest["entered"], guest["waiting"]) == (False, True)
    # jicofo is one of the three.
    assert one_too_many["error"] == "service-unavailable"


def test_options_that_are_off_are_ignored(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.configure(lobby=False, password=False, max_occupants=False)
    booking_service.answer = lambda asked: Said(
        200, reservation("r1", lobby=True, password="geheim", max_occupants=2)
    )

    seen = [asking_shard.enter("r1", moderator=False)["entered"] for _ in range(3)]

    assert seen == [True] * 3


def test_bad_tokens_never_reach_the_booking_service(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    asking_shard.configure(tokens="on")

    seen = asking_shard.enter("r1", jwt="nonsense")

    assert (seen["error"], booking_service.asked) == ("not-allowed", [])


def test_room_that_nobody_could_enter_closes_again(
    asking_shard: JitsiShard, booking_service: BookingService
) -> None:
    asking_shard.configure(tokens="on")

    seen = asking_shard.enter("r1", jwt=asking_shard.token("another"))

    assert (seen["error"], seen["text"]) == ("not-allowed", "Room and token mismatched")
    eventually(lambda: booking_service.lines == ["POST /conference", "DELETE /conference/17"])
    assert asking_shard.rooms() == {}


def test_restart_tells_nobody(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.enter("r1")

    asking_shard.forget()
    again = asking_shard.enter("r1")

    assert again["entered"] is True
    assert booking_service.lines == ["POST /conference"] * 2


def test_service_is_asked_under_its_prefix(asking_shard: JitsiShard, booking_service: BookingService) -> None:
    asking_shard.configure(reservations_url=f"{booking_service.url}/integrations/jitsi/token")

    asking_shard.enter("r1")

    assert booking_service.lines == ["POST /integrations/jitsi/token/conference"]
