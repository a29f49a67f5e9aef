# SPDX-License-Identifier: EUPL-1.2
"""Signing in to local accounts: address and password. The state directory's people sign in there (identity/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from vconf.authorities.models import Person

#: longer ones are no passwords but attempts to keep the hasher busy
MAX_PASSWORD = 1024


class LocalAccountBackend(BaseBackend):
    """Finds a local, active person by one of their verified addresses and checks the password.

    An attempt costs the same whether the person is unknown, signs in elsewhere, is disabled, has no password or
    mistypes it; the answer is the same, too: None.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> Person | None:
        if username is None or password is None or len(password) > MAX_PASSWORD:
            return None
        person = Person.objects.filter(issuer=Person.LOCAL, addresses__address=normalise(username)).first()
        if person is None:
            # As much work as a comparison: how long it takes must not tell who has an account.
            Person().set_password(password)
            return None
        if person.check_password(password) and person.is_active:
            return person
        return None

    def get_user(self, user_id: UUID | str) -> Person | None:
        """The person of a session; None ends the sessions of somebody who was disabled (R1.10)."""
        try:
            return Person.objects.filter(pk=user_id, is_active=True).first()
        except (ValueError, ValidationError):
            return None


def normalise(address: str) -> str:
    return address.strip().lower()


def locked_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """What failed attempts are counted under (AXES_USERNAME_CALLABLE): one name however it is spelt."""
    return normalise(str((credentials or {}).get("username") or ""))[:254]
