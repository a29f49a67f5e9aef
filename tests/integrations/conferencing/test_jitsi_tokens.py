# SPDX-License-Identifier: EUPL-1.2
"""Whom a token lets in, where, as what, and for how long."""

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from tests.integrations.conferencing.jitsi_server import SECRET, is_signed, part_of
from tests.rsa_keys import pem_of, rsa_key
from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.jitsi.tokens import (
    forged_token,
    person_token,
    probe_token,
    system_token,
)
from vconf.integrations.conferencing.port import JoinRequest, RequestRefused

NOW = 1_800_000_000.7
ROOM = "vconf-4f0q8n2k7c5s1x9z3b6m0t8d"


def shard(**changes: Any) -> Shard:
    return Shard(
        **{
            "page_url": "https://meet.example/",
            "domain": "meet.example",
            "muc_domain": "conference.meet.example",
            "secret": SECRET,
            **changes,
        }
    )


def request(**changes: Any) -> JoinRequest:
    return JoinRequest(
        **{"external_id": ROOM, "incarnation": "", "full_name": "Anna", "user_id": "p-1", **changes}
    )


def claims(of: Shard | None = None, **changes: Any) -> dict[str, Any]:
    return part_of(person_token(of or shard(), request(**changes), name="Anna", now=NOW), 1)


def test_a_token_names_person_room_and_server_and_lives_for_minutes() -> None:
    token = person_token(shard(), request(), name="Anna", now=NOW)

    assert part_of(token, 0) == {"alg": "HS256", "typ": "JWT"}
    assert is_signed(token, SECRET)
    told = part_of(token, 1)
    del told["context"]
    assert told == {
        "iss": "vconf",
        "aud": "jitsi",
        "sub": "meet.example",
        "room": ROOM,
        # Prosody grants no leeway: two minutes for clocks that differ
        "nbf": 1_799_999_880,
        "iat": 1_800_000_000,
        "exp": 1_800_000_600,
        "moderator": False,
    }


def test_the_operator_says_how_the_server_names_things() -> None:
    told = claims(shard(app_id="land", audience="konferenzen", domain="meet.jitsi", token_minutes=3))

    assert (told["iss"], told["aud"], told["sub"]) == ("land", "konferenzen", "meet.jitsi")
    assert told["exp"] - told["iat"] == 180


def test_a_moderator_is_one_in_every_way_that_servers_read() -> None:
    told = claims(moderator=True)

    assert told["moderator"] is True
    assert told["context"]["user"] == {
        "id": "p-1",
        "name": "Anna",
        "moderator": True,
        "affiliation": "owner",
    }


def test_anybody_else_is_none_in_every_way() -> None:
    told = claims(moderator=False)

    assert told["moderator"] is False
    assert told["context"]["user"] == {
        "id": "p-1",
        "name": "Anna",
        "moderator": False,
        "affiliation": "member",
    }


@pytest.mark.parametrize(
    ("recording", "moderator", "allowed"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_only_moderators_record_and_only_where_it_is_allowed(
    recording: bool, moderator: bool, allowed: bool
) -> None:
    features = claims(recording=recording, moderator=moderator)["context"]["features"]

    assert features["recording"] is allowed


@pytest.mark.parametrize("moderator", [True, False])
def test_nobody_broadcasts_transcribes_or_calls_out(moderator: bool) -> None:
    features = claims(recording=True, moderator=moderator)["context"]["features"]

    off = ("livestreaming", "transcription", "live-translation", "outbound-call", "sip-outbound-call")
    assert {features[name] for name in off} == {False}


def test_a_lobby_keeps_guests_and_lets_everybody_else_pass() -> None:
    guest = claims(lobby=True, guest=True)["context"]
    invited = claims(lobby=True)["context"]

    assert guest["room"] == invited["room"] == {"lobby": True}
    assert "lobby_bypass" not in guest["user"]
    assert "lobby_bypass" not in guest["features"]
    assert "security_bypass" not in guest["user"]
    assert (invited["user"]["lobby_bypass"], invited["user"]["security_bypass"]) == (True, True)


def test_without_a_lobby_a_token_says_nothing_of_one_so_that_moderators_may_set_one_up() -> None:
    assert claims().keys() & {"room"}
    assert "room" not in claims()["context"]


def test_rs256_signs_with_the_private_key_and_names_it() -> None:
    key = rsa_key("people")
    token = person_token(
        shard(algorithm="RS256", private_key=pem_of(key), key_id="vconf-2026", secret=""),
        request(),
        name="Anna",
        now=NOW,
    )

    assert part_of(token, 0) == {"alg": "RS256", "typ": "JWT", "kid": "vconf-2026"}
    verify_rs256(token, "people")
    with pytest.raises(InvalidSignature):
        verify_rs256(token, "somebody else's")


def test_a_system_token_is_signed_with_the_other_key_and_lives_for_a_minute() -> None:
    token = system_token(shard(system_key=pem_of(rsa_key("system")), system_key_id="system-1"), now=NOW)

    verify_rs256(token, "system")
    told = part_of(token, 1)
    assert part_of(token, 0)["kid"] == "system-1"
    assert told["exp"] - told["iat"] == 60
    # good for nothing where people enter: there is no such room, and no context
    assert told["room"] == "none"
    assert "context" not in told


def test_a_probe_makes_nobody_a_moderator() -> None:
    told = part_of(probe_token(shard(), ROOM, now=NOW), 1)

    assert told["moderator"] is False
    assert told["exp"] - told["iat"] == 60
    assert "context" not in told


def test_a_forged_token_is_a_probe_with_a_wrong_proof() -> None:
    real, forged = probe_token(shard(), ROOM, now=NOW), forged_token(shard(), ROOM, now=NOW)

    assert real.rpartition(".")[0] == forged.rpartition(".")[0]
    assert is_signed(real, SECRET)
    assert not is_signed(forged, SECRET)


@pytest.mark.parametrize("room", ["*", "", "Vconf-ABC", "vconf-X"])
def test_no_token_for_every_room_or_one_whose_case_would_be_folded(room: str) -> None:
    with pytest.raises(RequestRefused):
        person_token(shard(), request(external_id=room), name="Anna")


@pytest.mark.parametrize(
    "pem", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_a_useless_key_is_refused_without_being_repeated(pem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        person_token(shard(algorithm="RS256", private_key=pem, key_id="k"), request(), name="Anna")

    assert refused.value.code == "invalid_access"
    assert refused.value.__context__ is None
    assert not pem or pem not in str(refused.value)


@given(name=st.text(max_size=80), user_id=st.text(max_size=40))
def test_any_name_arrives_as_it_is(name: str, user_id: str) -> None:
    token = person_token(shard(), request(user_id=user_id), name=name, now=NOW)

    user = part_of(token, 1)["context"]["user"]
    assert (user["name"], user["id"]) == (name, user_id)
    assert token.isascii()
    assert not set(token) & set("+/= &#")


def test_keys_and_secrets_show_in_no_repr() -> None:
    shown = repr(shard(private_key="PRIVATE", system_key="SYSTEM"))

    assert not any(secret in shown for secret in (SECRET, "PRIVATE", "SYSTEM"))


def verify_rs256(token: str, name: str) -> None:
    covered, _, proof = token.rpartition(".")
    signature = base64.urlsafe_b64decode(proof + "=" * (-len(proof) % 4))
    rsa_key(name).public_key().verify(signature, covered.encode(), padding.PKCS1v15(), hashes.SHA256())
