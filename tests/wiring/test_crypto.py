# SPDX-License-Identifier: EUPL-1.2
"""Secrets at rest."""

import pytest
from pytest_django import Settings

from vconf.crypto import DecryptionFailed, decrypt, decrypt_octets, encrypt, encrypt_octets, keyed_hash

KEY_OF_LAST_YEAR = "mRw1v0u8cJq3ZtY5pKx7nB2dF4hL6sAeGiOoUyTrEwQ9zXcVbN"
KEY_OF_THIS_YEAR = "Q9zXcVbNmRw1v0u8cJq3ZtY5pKx7nB2dF4hL6sAeGiOoUyTrEw"


def test_encrypt_hides_the_text_and_decrypt_shows_it() -> None:
    stored = encrypt("Geheimnis mit Ümläuten")

    assert "Geheimnis" not in stored
    assert stored.isascii()
    assert decrypt(stored) == "Geheimnis mit Ümläuten"


def test_encrypting_twice_gives_two_texts() -> None:
    assert encrypt("same") != encrypt("same")


def test_a_new_key_in_front_still_decrypts_what_the_old_one_encrypted(settings: Settings) -> None:
    settings.VCONF_ENCRYPTION_KEYS = [KEY_OF_LAST_YEAR]
    stored = encrypt("token")

    settings.VCONF_ENCRYPTION_KEYS = [KEY_OF_THIS_YEAR, KEY_OF_LAST_YEAR]

    assert decrypt(stored) == "token"


def test_the_first_key_encrypts(settings: Settings) -> None:
    settings.VCONF_ENCRYPTION_KEYS = [KEY_OF_THIS_YEAR, KEY_OF_LAST_YEAR]
    stored = encrypt("token")

    settings.VCONF_ENCRYPTION_KEYS = [KEY_OF_LAST_YEAR]

    with pytest.raises(DecryptionFailed, match="VCONF_ENCRYPTION_KEYS"):
        decrypt(stored)


def test_a_changed_text_is_refused() -> None:
    stored = encrypt("token")

    with pytest.raises(DecryptionFailed):
        decrypt(stored[:-4] + ("AAA=" if not stored.endswith("AAA=") else "BBB="))


def test_keyed_hash_is_stable_and_differs_by_text_purpose_and_key(settings: Settings) -> None:
    settings.SECRET_KEY = KEY_OF_LAST_YEAR
    first = keyed_hash("pin", "123456789")

    assert len(first) == 64
    assert keyed_hash("pin", "123456789") == first
    assert keyed_hash("pin", "123456780") != first
    assert keyed_hash("moderator-pin", "123456789") != first
    settings.SECRET_KEY = KEY_OF_THIS_YEAR
    assert keyed_hash("pin", "123456789") != first


def test_octets_are_hidden_as_texts_are_and_a_third_shorter(settings: Settings) -> None:
    plain = bytes(range(256)) * 100
    stored = encrypt_octets(plain)

    assert plain[:64] not in stored
    assert len(stored) < len(plain) * 1.01 + 100
    assert decrypt_octets(stored) == plain
    with pytest.raises(DecryptionFailed, match="VCONF_ENCRYPTION_KEYS"):
        decrypt_octets(stored[:-1] + bytes([stored[-1] ^ 1]))
