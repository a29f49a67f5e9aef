# SPDX-License-Identifier: EUPL-1.2
"""Signing in to local accounts, by Django's own way through all backends (axes included)."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import get_hasher
from django.test import RequestFactory

from tests import factories
from vconf.authorities.backends import MAX_PASSWORD, LocalAccountBackend
from vconf.authorities.models import Person, PersonAddress
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Person:
    return factories.person("Anna", factories.authority("IM"), email="anna@im.mv.example")


def sign_in(address: str, password: str = factories.PASSWORD, ip: str = "192.0.2.1") -> Person | None:
    request = RequestFactory().post("/", REMOTE_ADDR=ip)
    found = authenticate(request, username=address, password=password)
    assert found is None or isinstance(found, Person)
    return found


def test_who_is_refused(anna: Person) -> None:
    factories.person("Gone", email="gone@im.mv.example", is_active=False)
    elsewhere = factories.person("Elsa", email="elsa@im.mv.example")
    Person.objects.filter(id=elsewhere.id).update(issuer="https://login.mv.example")
    unused = factories.person("Ute", email="ute@im.mv.example")
    unused.set_unusable_password()
    unused.save()

    assert sign_in("anna@im.mv.example", "wrong") is None
    assert sign_in("anna@im.mv.example", "") is None
    assert sign_in(anna.subject) is None
    assert sign_in("nobody@im.mv.example") is None
    assert sign_in("gone@im.mv.example") is None
    assert sign_in("elsa@im.mv.example") is None
    assert sign_in("ute@im.mv.example") is None


def test_every_verified_address_signs_in_however_it_is_spelt(anna: Person) -> None:
    PersonAddress.objects.create(person=anna, address="a.amsel@im.mv.example")

    assert sign_in("anna@im.mv.example") == anna
    assert sign_in(" Anna@IM.mv.example ") == anna
    assert sign_in("a.amsel@im.mv.example") == anna


def test_an_address_that_is_only_written_down_does_not_sign_in(anna: Person) -> None:
    Person.objects.filter(id=anna.id).update(email="boss@im.mv.example")

    assert sign_in("boss@im.mv.example") is None


def test_every_attempt_hashes_once(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time an answer takes does not tell whether somebody has an account."""
    hashed = []
    kind = type(get_hasher())
    encode = kind.encode

    def counting(self: object, password: str, *args: object, **kwargs: object) -> str:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(kind, "encode", counting)
    factories.person("Gone", email="gone@im.mv.example", is_active=False)
    unused = factories.person("Ute", email="ute@im.mv.example")
    unused.set_unusable_password()
    unused.save()
    efforts = {}

    for address in ("anna@im", "nobody@im", "gone@im", "ute@im"):
        hashed.clear()
        sign_in(f"{address}.mv.example", "wrong")
        efforts[address] = len(hashed)

    assert efforts == dict.fromkeys(efforts, 1)


def test_a_huge_password_is_not_hashed(anna: Person) -> None:
    anna.set_password("x" * (MAX_PASSWORD + 1))
    anna.save()

    assert sign_in("anna@im.mv.example", "x" * (MAX_PASSWORD + 1)) is None


def test_ten_wrong_passwords_lock_the_account_for_that_address_however_it_is_spelt(anna: Person) -> None:
    for attempt in range(10):
        assert sign_in("anna@im.mv.example" if attempt % 2 else "ANNA@im.mv.example ", "wrong") is None

    assert sign_in("Anna@im.mv.example") is None
    assert sign_in("anna@im.mv.example", ip="192.0.2.2") == anna


def test_a_session_ends_when_its_person_is_disabled_or_gone(anna: Person) -> None:
    backend = LocalAccountBackend()
    assert backend.get_user(anna.id) == anna
    assert backend.get_user(uuid7()) is None
    assert backend.get_user("no id") is None

    Person.objects.filter(id=anna.id).update(is_active=False)

    assert backend.get_user(anna.id) is None
