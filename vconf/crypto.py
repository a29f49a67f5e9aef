# SPDX-License-Identifier: EUPL-1.2
"""Secrets at rest: encrypted so that they can be shown again, hashed with a key so that they can be looked up."""

import base64
import functools
import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signals import setting_changed
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class DecryptionFailed(Exception):
    """The stored text was not encrypted with any of the keys in VCONF_ENCRYPTION_KEYS."""


def encrypt(plain: str) -> str:
    """Encrypt and authenticate a text with the first key (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(plain.encode()).decode("ascii")


def decrypt(stored: str) -> str:
    """The text behind `encrypt`, whichever of the configured keys it was encrypted with."""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise DecryptionFailed("No key in VCONF_ENCRYPTION_KEYS fits this secret.") from error


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA256 of a text as 64 hex digits, to look a secret up by.

    The purpose separates uses: the same PIN gives another hash as guest's and as moderator's. The key is derived from
    the secret key and not rotated with the encryption keys, since hashes cannot be computed again without the text.
    """
    return hmac.new(
        _derive(settings.SECRET_KEY, f"hash:{purpose}"), text.encode(), hashlib.sha256
    ).hexdigest()


def encrypt_octets(plain: bytes) -> bytes:
    """As `encrypt`, for what is no text. Without base64: a third shorter."""
    return base64.urlsafe_b64decode(_fernet().encrypt(plain))


def decrypt_octets(stored: bytes) -> bytes:
    """The octets behind `encrypt_octets`. Raises DecryptionFailed."""
    try:
        return _fernet().decrypt(base64.urlsafe_b64encode(stored))
    except InvalidToken as error:
        raise DecryptionFailed("No key in VCONF_ENCRYPTION_KEYS fits these octets.") from error


class EncryptedOctetsField(models.BinaryField):  # type: ignore[type-arg]  # takes none when run
    """Octets that only ever stand encrypted in the database."""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return super().get_db_prep_value(
            None if value is None else encrypt_octets(value), connection, prepared
        )

    def from_db_value(
        self, value: bytes | memoryview | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> bytes | None:
        return None if value is None else decrypt_octets(bytes(value))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # takes none when run
    """A text that only ever stands encrypted in the database. Cannot be filtered by; keep a `keyed_hash` beside it."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


@functools.cache
def _fernet() -> MultiFernet:
    keys = settings.VCONF_ENCRYPTION_KEYS or [settings.SECRET_KEY]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, "encryption"))) for key in keys])


@functools.cache
def _derive(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"vconf:{purpose}".encode()).derive(
        key.encode()
    )


def _forget_keys(*, setting: str, **_: object) -> None:
    if setting in ("SECRET_KEY", "VCONF_ENCRYPTION_KEYS"):
        _fernet.cache_clear()
        _derive.cache_clear()


setting_changed.connect(_forget_keys)
