# SPDX-License-Identifier: EUPL-1.2
"""What operators may say about a server beyond its address and secret."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings

from tests.rsa_keys import pem_of, rsa_key
from vconf.errors import Invalid
from vconf.integrations.conferencing.jitsi.shard import shard_of
from vconf.integrations.conferencing.port import ServerAccess
from vconf.rooms.server_options import OPTIONS, check_together, checked_keys, checked_options


@pytest.mark.parametrize(
    ("name", "entered", "kept"),
    [
        ("app_id", " vconf ", "vconf"),
        ("audience", "jitsi", "jitsi"),
        ("domain", "Meet.Example", "meet.example"),
        ("muc_domain", "muc.meet.jitsi", "muc.meet.jitsi"),
        ("algorithm", "RS256", "RS256"),
        ("key_id", "vconf/2026-11", "vconf/2026-11"),
        ("token_minutes", 15, 15),
        ("token_in_fragment", True, True),
        (
            "census_url",
            "https://prosody.Example:5281/room-census/",
            "https://prosody.example:5281/room-census",
        ),
        ("bridge_urls", "https://a.example/x/, https://b.example", "https://a.example/x,https://b.example"),
        ("reservations", False, False),
    ],
)
@override_settings(VCONF_DEMO=False)
def test_options_in_one_spelling(name: str, entered: object, kept: object) -> None:
    assert checked_options("jitsi", {name: entered}) == {name: kept}
    assert checked_options("jitsi", {name: kept}) == {name: kept}


@pytest.mark.parametrize("empty", ["", None])
def test_empty_options_are_left_out(empty: object) -> None:
    assert checked_options("jitsi", {"app_id": empty, "domain": "meet.example"}) == {"domain": "meet.example"}


@pytest.mark.parametrize(
    ("name", "entered"),
    [
        ("unknown", "x"),
        ("app_id", "*"),
        ("app_id", "a\nb"),
        ("app_id", 7),
        ("domain", "-meet"),
        ("domain", "meet example"),
        ("domain", ["meet.example"]),
        ("algorithm", "none"),
        ("algorithm", "hs256"),
        ("algorithm", ["HS256"]),
        ("token_minutes", 0),
        ("token_minutes", 1441),
        ("token_minutes", "15"),
        ("token_minutes", True),
        ("token_in_fragment", "yes"),
        ("roles", 1),
        ("census_url", "http://10.0.0.5:5280/room-census"),
        ("census_url", "https://user:geheim@prosody.example/room-census"),
        ("census_url", "https://prosody.example/room-census?token=x"),
        ("census_url", "https://127.0.0.1/room-census"),
        ("census_url", "file:///etc/passwd"),
        ("census_url", "https://prosody.example/" + "x" * 500),
        ("jicofo_url", 5),
        ("bridge_urls", ","),
        ("bridge_urls", "https://a.example,ftp://b.example"),
        ("bridge_urls", ",".join(f"https://jvb-{number}.example" for number in range(21))),
        ("bridge_urls", {}),
    ],
)
@override_settings(VCONF_DEMO=False)
def test_refused_options_are_named_and_not_repeated(name: str, entered: object) -> None:
    with pytest.raises(Invalid) as refused:
        checked_options("jitsi", {name: entered, "audience": "jitsi"})

    assert list(refused.value.fields) == [f"options.{name}"]
    assert "geheim" not in str(refused.value.fields[f"options.{name}"][0])


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        checked_options("jitsi", {"app_id": "*", "domain": "!", "audience": "fine"})

    assert sorted(refused.value.fields) == ["options.app_id", "options.domain"]


def test_other_kinds_have_other_options() -> None:
    with pytest.raises(Invalid):
        checked_options("bigbluebutton", {"app_id": "vconf"})
    with pytest.raises(Invalid):
        checked_keys("bigbluebutton", {"system_key": pem_of(rsa_key("system"))})


def test_what_is_taken_here_is_understood_by_the_adapter() -> None:
    """Every option that can be entered reaches the part that speaks to the server."""
    examples: dict[str, Any] = {
        "name": "x",
        "domain": "x.example",
        "address": "https://x.example/x",
        "addresses": "https://x.example",
        "number": 7,
        "flag": True,
    }

    for option in OPTIONS["jitsi"]:
        entered = option.choices[0] if option.choices else examples[option.form]
        kept = checked_options("jitsi", {option.name: entered})
        shard = shard_of(
            ServerAccess(kind="jitsi", base_url="https://meet.example/", secret="s" * 40, options=kept)
        )
        read = getattr(shard, option.name)
        assert read in (entered, f"{entered}/", (f"{entered}/",)), option.name


# Keys


def test_keys_as_they_are_used() -> None:
    pem = pem_of(rsa_key("people"))

    kept = checked_keys("jitsi", {"private_key": f"\n{pem}\n\n", "reservation_token": " 0123456789abcdef "})

    assert kept == {"private_key": pem, "reservation_token": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("unknown", "x" * 20),
        ("reservation_token", "too short"),
        ("reservation_token", "0123456789abcdef with spaces"),
        ("reservation_token", "0123456789abcdef\r\nX-Header: 1"),
        ("reservation_token", 7),
        ("system_key", ""),
        ("system_key", "nonsense"),
        ("system_key", "ü" * 20),
        ("system_key", "x" * 10_001),
        ("system_key", None),
    ],
)
def test_refused_keys_are_named_and_not_repeated(name: str, key: object) -> None:
    with pytest.raises(Invalid) as refused:
        checked_keys("jitsi", {name: key})

    assert list(refused.value.fields) == [f"keys.{name}"]
    assert not key or str(key) not in str(refused.value.fields[f"keys.{name}"][0])
    assert refused.value.__cause__ is None


def test_keys_must_be_rsa_long_enough_and_open() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    locked = rsa_key("people").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )
    short = pem_of(rsa_key("short", bits=2048))

    for pem in (curve.decode(), locked.decode(), short):
        with pytest.raises(Invalid):
            checked_keys("jitsi", {"private_key": pem})


@pytest.mark.parametrize(
    ("options", "keys", "missing"),
    [
        ({}, {}, set()),
        ({"algorithm": "HS256"}, {}, set()),
        ({"algorithm": "RS256"}, {}, {"keys.private_key", "options.key_id"}),
        ({"algorithm": "RS256", "key_id": "k"}, {"private_key": "p"}, set()),
        ({"end_url": "u"}, {}, {"options.end_url"}),
        ({"kick_url": "u", "system_key_id": "s"}, {}, {"options.kick_url"}),
        ({"end_url": "u"}, {"system_key": "k"}, {"options.end_url"}),
        ({"end_url": "u", "kick_url": "v", "system_key_id": "s"}, {"system_key": "k"}, set()),
    ],
)
def test_what_must_come_together(options: dict[str, Any], keys: dict[str, str], missing: set[str]) -> None:
    if not missing:
        check_together("jitsi", options=options, keys=keys)
        return
    with pytest.raises(Invalid) as refused:
        check_together("jitsi", options=options, keys=keys)

    assert set(refused.value.fields) == missing
