# SPDX-License-Identifier: EUPL-1.2
"""Who is let in by a token, and as what."""

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.rsa_keys import rsa_key
from tests.simulator_fixture import JitsiShard, signed_token

KEY = rsa_key("people", bits=2_048)
OTHER_KEY = rsa_key("somebody else", bits=2_048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def rs256(claims: dict[str, object], *, key: rsa.RSAPrivateKey = KEY, **header: object) -> str:
    head = {"typ": "JWT", "alg": "RS256", "kid": "k1", **header}
    head = {name: value for name, value in head.items() if value is not None}
    signed = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    whole = {
        "iss": "vconf",
        "aud": "jitsi",
        "sub": "127.0.0.1",
        "room": "r1",
        "nbf": now - 60,
        "exp": now + 7_200,
    }
    return {**whole, **changes}


def test_moderators_and_members(jitsi_shard: JitsiShard) -> None:
    moderator = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1", moderator=True, name="Mia"))
    member = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1", name="Zoë"))

    assert (moderator["name"], moderator["moderator"]) == ("Mia", True)
    assert (member["name"], member["moderator"]) == ("Zoë", False)
    assert jitsi_shard.rooms()["r1"]["moderators"] == 1


@pytest.mark.parametrize(
    ("user", "moderates"),
    [
        ({"affiliation": "owner"}, True),
        ({"affiliation": "teacher"}, True),
        ({"affiliation": "member"}, False),
        ({"moderator": "true"}, True),
        ({"moderator": "false"}, False),
        ({"moderator": 1}, False),
        ({}, False),
    ],
)
def test_what_makes_a_moderator(jitsi_shard: JitsiShard, user: dict[str, object], moderates: bool) -> None:
    seen = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1", context={"user": user}))

    assert seen["moderator"] is moderates


def test_the_claim_on_top_is_not_looked_at(jitsi_shard: JitsiShard) -> None:
    token = signed_token({**claims(), "moderator": True}, jitsi_shard.secret)

    assert jitsi_shard.enter("r1", jwt=token)["moderator"] is False


def test_without_the_module_every_bearer_moderates(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.configure(token_affiliation=False)

    assert jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1"))["moderator"] is True


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"room": "r2"}, "Room and token mismatched"),
        ({"room": None}, "'room' claim is missing"),
        ({"sub": "meet.example"}, "Room and token mismatched"),
        ({"iss": "somebody"}, "Invalid issuer ('iss' claim)"),
        ({"iss": None}, "'iss' claim is missing"),
        ({"aud": "other"}, "Invalid audience ('aud' claim)"),
        ({"aud": ["jitsi"]}, "Invalid audience ('aud' claim)"),
        ({"aud": None}, "'aud' claim is missing"),
        ({"exp": int(time.time()) - 1}, "Invalid token by expiration time"),
        ({"exp": str(int(time.time()) + 86_400)}, "exp must be number"),
        ({"nbf": int(time.time()) + 86_400}, "Token acceptable later"),
    ],
)
def test_claims_that_do_not_fit(jitsi_shard: JitsiShard, changes: dict[str, Any], text: str) -> None:
    seen = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1", **changes))

    assert (seen["entered"], seen["error"], seen["text"]) == (False, "not-allowed", text)


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"room": "R1"}, {}),
        ({"room": "*"}, {}),
        ({"sub": "*"}, {}),
        ({"sub": "anything"}, {"enable_domain_verification": False}),
        ({"iss": "somebody"}, {"accepted_issuers": ["somebody"]}),
        ({"aud": "other"}, {"accepted_audiences": ["*"]}),
    ],
)
def test_claims_that_will_do(
    jitsi_shard: JitsiShard, changes: dict[str, Any], settings: dict[str, object]
) -> None:
    jitsi_shard.configure(**settings)

    assert jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1", **changes))["entered"] is True


def test_tenants_are_the_subject(jitsi_shard: JitsiShard) -> None:
    mine = jitsi_shard.enter("[land]r1", jwt=jitsi_shard.token("r1", sub="land"))
    foreign = jitsi_shard.enter("[land]r1", jwt=jitsi_shard.token("r1", sub="stadt"))

    assert (mine["entered"], foreign["entered"]) == (True, False)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b",
        "a.b.c",
        "é.é.é",
        "." * 9_000,
        "e30.e30.",
        "W10.e30.x",
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.",
    ],
)
def test_what_is_no_token(jitsi_shard: JitsiShard, token: str) -> None:
    assert jitsi_shard.enter("r1", jwt=token)["error"] == "not-allowed"


def test_no_token(jitsi_shard: JitsiShard) -> None:
    refused = jitsi_shard.enter("r1")
    jitsi_shard.configure(allow_empty_token=True)
    guest = jitsi_shard.enter("r1")

    assert refused["text"] == "token required"
    assert (guest["entered"], guest["moderator"]) == (True, False)


def test_wrong_secret(jitsi_shard: JitsiShard) -> None:
    seen = jitsi_shard.enter("r1", jwt=signed_token(claims(), "another secret"))

    assert seen["text"] == "Invalid signature"


def test_a_wrong_clock_takes_tokens_for_early_or_late(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.skew_clock(-120_000)
    early = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1"))
    jitsi_shard.skew_clock(7_200_000)
    late = jitsi_shard.enter("r1", jwt=jitsi_shard.token("r1"))

    assert early["text"] == "Token acceptable later"
    assert late["text"] == "Invalid token by expiration time"


def test_without_tokens_the_first_moderates(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.configure(tokens="off")

    first, second = jitsi_shard.enter("r1", name="Anna"), jitsi_shard.enter("r1", jwt="nonsense")

    assert (first["name"], first["moderator"], second["moderator"]) == ("Anna", True, False)


def test_public_keys(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.configure(algorithm="RS256", public_keys={"k1": pem(KEY)})

    seen = jitsi_shard.enter("r1", jwt=rs256(claims()))

    assert seen["entered"] is True


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (rs256(claims(), key=OTHER_KEY), "Invalid signature"),
        (rs256(claims(), kid=None), "'kid' claim is missing"),
        (rs256(claims(), kid="k2"), "could not obtain public key"),
        (rs256(claims(), kid="broken"), "could not obtain public key"),
        (rs256(claims(), typ=None), "Invalid typ"),
        # The public key as a secret: the oldest trick with tokens.
        (signed_token(claims(), pem(KEY)), "Invalid or incorrect alg"),
        (rs256(claims())[:-8], "Invalid signature"),
    ],
)
def test_public_keys_refuse(jitsi_shard: JitsiShard, token: str, text: str) -> None:
    jitsi_shard.configure(
        algorithm="RS256", public_keys={"k1": pem(KEY), "broken": "-----BEGIN PUBLIC KEY-----"}
    )

    assert jitsi_shard.enter("r1", jwt=token)["text"] == text
