# SPDX-License-Identifier: EUPL-1.2
"""What a shard tells of itself over HTTP, and what it can be told to do."""

import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import requests

from tests.simulator.jitsi.test_tokens import KEY, OTHER_KEY, claims, pem, rs256
from tests.simulator_fixture import JitsiShard, eventually


@pytest.fixture
def shard(jitsi_shard: JitsiShard) -> JitsiShard:
    """Without tokens, so that anybody may come in; it knows the key of system tokens."""
    jitsi_shard.configure(tokens="off", system_keys={"k1": pem(KEY)})
    return jitsi_shard


def get(shard: JitsiShard, path: str) -> requests.Response:
    return requests.get(f"{shard.origin}/{path}", timeout=5, allow_redirects=False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_room_is_there_while_somebody_is(shard: JitsiShard) -> None:
    before = int(time.time())
    first = shard.enter("Vconf-A")
    shard.enter("vconf-a")

    listed = get(shard, "room-census").json()["room_census"]
    shard.leave("vconf-a", occupant=first["occupant"])
    fewer = get(shard, "room-census").json()["room_census"]
    shard.leave("vconf-a")

    assert [(one["room_name"], one["participants"], one["leaked"]) for one in listed] == [
        ("vconf-a@conference.127.0.0.1", 2, False)
    ]
    assert before <= listed[0]["created_time"] <= int(time.time())
    assert fewer[0]["participants"] == 1
    assert get(shard, "room-census").json() == {"room_census": []}


def test_newer_census_counts_milliseconds(shard: JitsiShard) -> None:
    shard.configure(census_milliseconds=True)
    shard.enter("r1")

    assert get(shard, "room-census").json()["room_census"][0]["created_time"] > 10**12


def test_size_of_one_may_be_jicofo_alone(shard: JitsiShard) -> None:
    shard.configure(tokens="on", retry_scale=1)
    shard.enter("r1", jwt=shard.token("r2"))  # Opens it, and is not let in.

    alone = get(shard, "room-size?room=r1&domain=127.0.0.1").json()
    shard.enter("r1", jwt=shard.token("r1"))
    one = get(shard, "room-size?room=r1&domain=127.0.0.1").json()
    shard.enter("r1", jwt=shard.token("r1"))
    two = get(shard, "room-size?room=r1&domain=127.0.0.1").json()

    assert (alone, one, two) == ({"participants": 1}, {"participants": 1}, {"participants": 2})


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?room=r1&domain=127.0.0.1", 200),
        ("?room=R1&domain=127.0.0.1", 200),
        ("?room=r1&domain=meet.example", 404),
        ("?room=r2&domain=127.0.0.1", 404),
        ("?room=r1&domain=127.0.0.1&subdomain=land", 404),
    ],
)
def test_size_needs_the_exact_room(shard: JitsiShard, query: str, status: int) -> None:
    shard.enter("r1")

    assert get(shard, f"room-size{query}").status_code == status


def test_query_of_the_size_is_not_decoded(shard: JitsiShard) -> None:
    shard.enter("r1")

    # requests itself would decode it.
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{shard.origin}/room-size?room=r%31&domain=127.0.0.1", timeout=5)


def test_size_may_ask_for_a_token(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.configure(enable_roomsize_token_verification=True)
    good, bad = jitsi_shard.token("r1"), jitsi_shard.token("r2")

    statuses = [
        get(jitsi_shard, f"room-size?room=r1&domain=127.0.0.1{token}").status_code
        for token in ("", "&token=x", f"&token={bad}", f"&token={good}")
    ]

    # 404: the token was right, and there is no such room.
    assert statuses == [403, 403, 403, 404]


def test_who_is_in_a_room(shard: JitsiShard) -> None:
    shard.enter("r1", name="Zoë")

    listed = get(shard, "room?room=r1&domain=127.0.0.1").json()

    assert [(one["display_name"], one["email"]) for one in listed] == [("Zoë", "")]
    assert get(shard, "sessions").text == "1"


def test_ending_a_meeting(shard: JitsiShard) -> None:
    shard.enter("r1")
    url = f"{shard.origin}/end-meeting?conference="
    token = rs256(claims(room="none"))

    def ended(address: str, **headers: str) -> int:
        return requests.post(url + address, headers=headers, timeout=5).status_code

    statuses = [
        ended("", **bearer(token)),
        ended("r1@conference.127.0.0.1"),
        ended("r1@conference.127.0.0.1", **bearer(rs256(claims(), key=OTHER_KEY))),
        ended("r1@conference.127.0.0.1", **bearer(shard.token("r1", moderator=True))),
        ended("r1@conference.127.0.0.1", **bearer(rs256(claims(aud="other")))),
        ended("r2@conference.127.0.0.1", **bearer(token)),
        ended("r1@meet.example", **bearer(token)),
        ended("R1%40conference.127.0.0.1", **bearer(token)),
    ]

    assert statuses == [400, 401, 401, 401, 401, 404, 404, 200]
    assert shard.rooms() == {}


def test_ending_the_meeting_of_a_tenant(shard: JitsiShard) -> None:
    for name in ("[land]r1", "[land]r2"):
        shard.enter(name)

    statuses = [
        requests.post(
            f"{shard.origin}/end-meeting?conference={address}", headers=bearer(rs256(claims())), timeout=5
        ).status_code
        for address in ("[land]r1@conference.127.0.0.1", "r2@conference.land.127.0.0.1")
    ]

    assert (statuses, shard.rooms()) == ([200, 200], {})


def test_kicking_somebody(shard: JitsiShard) -> None:
    somebody = shard.enter("r1")["occupant"]
    shard.enter("r1")
    url = f"{shard.origin}/kick-participant"

    def kicked(body: object, query: str = "?room=r1", token: str = rs256(claims())) -> int:
        return requests.put(url + query, json=body, headers=bearer(token), timeout=5).status_code

    statuses = [
        kicked({}),
        kicked({"participantId": somebody, "number": "1"}),
        kicked({"participantId": somebody}, ""),
        kicked({"participantId": somebody}, token="x"),
        kicked({"participantId": somebody}, "?room=r2"),
        kicked({"participantId": "nobody"}),
        kicked({"participantId": somebody}),
        kicked({"participantId": somebody}),
    ]

    assert statuses == [400, 400, 400, 403, 404, 404, 200, 404]
    assert shard.rooms()["r1"]["people"] == 1


def test_modules_that_are_not_loaded(shard: JitsiShard) -> None:
    shard.enter("r1")
    shard.configure(modules=["jicofo"])
    headers = bearer(rs256(claims()))

    statuses = [get(shard, path).status_code for path in ("room-census", "colibri/stats", "health")]
    ended = requests.post(
        f"{shard.origin}/end-meeting?conference=r1@conference.127.0.0.1", headers=headers, timeout=5
    )

    assert statuses == [404, 404, 404]
    # It cannot be told from a room that there is not.
    assert ended.status_code == 404
    assert get(shard, "about/health").status_code == 200
    assert shard.configure(modules="on")["modules"][:2] == ["muc_census", "muc_size"]
    assert shard.configure(modules="off")["modules"] == []


@pytest.mark.parametrize(("health", "status"), [("ok", 200), ("soft", 503), ("hard", 500)])
def test_jicofo_is_well_or_not(shard: JitsiShard, health: str, status: int) -> None:
    shard.configure(health=health)

    assert get(shard, "about/health").status_code == status
    assert get(shard, "stats").json()["healthy"] is (health == "ok")
    # The web page is there all the same.
    assert get(shard, "").status_code == 200


def test_load(shard: JitsiShard) -> None:
    for room, people in (("r1", 3), ("r2", 1)):
        shard.add_people(room, people)

    stats, bridge = get(shard, "stats").json(), get(shard, "colibri/stats").json()

    assert (stats["conferences"], stats["participants"], stats["largest_conference"]) == (2, 4, 3)
    assert stats["conference_sizes"][:4] == [0, 1, 0, 1]
    assert (bridge["participants"], bridge["stress_level"]) == (4, 0.004)
    assert get(shard, "about/version").json()["name"] == "JiCoFo"


def test_no_bridge_and_a_busy_one(shard: JitsiShard) -> None:
    shard.configure(operational_bridges=0, stress_level=0.9)

    assert get(shard, "stats").json()["bridge_selector"]["operational_bridge_count"] == 0
    assert get(shard, "colibri/stats").json()["stress_level"] == 0.9


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_methods(shard: JitsiShard, method: str) -> None:
    expected = {"GET": 405, "POST": 400, "PUT": 405, "DELETE": 405}[method]

    assert requests.request(method, f"{shard.origin}/end-meeting", timeout=5).status_code == expected


def test_several_shards_know_nothing_of_each_other(jitsi_shards) -> None:
    one, other = jitsi_shards(2)
    one.enter("r1", jwt=one.token("r1"))

    refused = other.enter("r1", jwt=one.token("r1"))

    assert refused["text"] == "Invalid signature"
    assert (list(one.rooms()), list(other.rooms())) == (["r1"], [])


def test_old_rooms_come_back(shard: JitsiShard) -> None:
    shard.add_people("r1", 3)
    shard.snapshot()
    shard.forget()
    shard.enter("r2")

    restored = shard.restore()

    assert restored == 1
    assert {name: room["people"] for name, room in shard.rooms().items()} == {"r1": 3, "r2": 1}


@pytest.mark.parametrize(
    "settings",
    [
        {"colour": "red"},
        {"tokens": "maybe"},
        {"modules": ["muc_cake"]},
        {"headers": {"a": 1}},
        {"retry_scale": -1},
        {"retry_scale": True},
        {"accepted_issuers": "vconf"},
        {"health": "so so"},
        {"domain": 5},
    ],
)
def test_settings_that_are_none(shard: JitsiShard, settings: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        shard.configure(**settings)


def test_settings_show_no_keys(shard: JitsiShard) -> None:
    shown = shard.configure(headers={"Authorization": "Bearer secret"}, public_keys={"k1": "pem"})

    assert (shown["headers"], shown["public_keys"]) == (["Authorization"], ["k1"])


def test_reset(shard: JitsiShard) -> None:
    shard.enter("r1")
    shard.set_fault("fail")

    shard.reset()

    assert shard.rooms() == {}
    assert shard.state()["settings"]["tokens"] is True
    eventually(lambda: get(shard, "").status_code == 200)
