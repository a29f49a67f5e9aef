# SPDX-License-Identifier: EUPL-1.2
"""/me, and how a bearer token is checked"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.api.caller import Caller, problem
from tests.factories import World
from vconf.authorities.models import ApiToken, Membership, Person, Role
from vconf.authorities.rights import Actor
from vconf.authorities.services import create_api_token, revoke_api_token


def test_nobody_is_nobody(world: World, nobody: Caller) -> None:
    problem(nobody.get("me"), 401, "not_signed_in")


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "bearer \x00", "Basic YW5uYTp4", "Token abc", "Bearer a b", "Bearer ä"],
)
def test_what_is_no_token_is_refused(world: World, nobody: Caller, header: str) -> None:
    response = nobody.get("me", HTTP_AUTHORIZATION=header)

    problem(response, 401, "not_signed_in")
    assert response["WWW-Authenticate"] == 'Bearer realm="vconf"'


def test_a_token_in_the_query_is_no_token(world: World, nobody: Caller) -> None:
    problem(nobody.get(f"me?token={factories.token(world.anna)}"), 401, "not_signed_in")


def test_a_revoked_token_is_refused(world: World, anna: Caller) -> None:
    revoke_api_token(ApiToken.objects.get(person=world.anna).id, actor=Actor.load(world.anna))

    problem(anna.get("me"), 401, "not_signed_in")


def test_an_expired_token_is_refused(world: World, nobody: Caller) -> None:
    _row, token = create_api_token(
        world.anna, expires_at=timezone.now() + timedelta(hours=1), actor=Actor.system()
    )
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    problem(nobody.get("me", HTTP_AUTHORIZATION=f"Bearer {token}"), 401, "not_signed_in")


def test_disabling_a_person_ends_their_tokens(world: World, anna: Caller) -> None:
    Person.objects.filter(id=world.anna.id).update(is_active=False)

    problem(anna.get("me"), 401, "not_signed_in")


def test_the_use_of_a_token_is_noted(world: World, anna: Caller) -> None:
    anna.get("me")

    used_at = ApiToken.objects.get(person=world.anna).last_used_at
    assert used_at is not None
    assert timezone.now() - used_at < timedelta(minutes=1)


def test_names_authority_roles_and_permissions(world: World, anna: Caller) -> None:
    Membership.objects.create(person=world.anna, authority=world.fm, role=Role.AUTHORITY_ADMIN)

    response = anna.get("me")

    im = {"id": str(world.im.id), "name": "Ministerium für Inneres", "short_name": "IM"}
    fm = {"id": str(world.fm.id), "name": "Finanzministerium", "short_name": "FM"}
    body = response.json()
    assert body.pop("csrf_token")
    assert body == {
        "id": str(world.anna.id),
        "name": "Anna Amsel",
        "email": "anna@im.mv.example",
        "language": "de",
        "authority": im,
        "memberships": [
            {"authority": im, "roles": ["staff"]},
            {"authority": fm, "roles": ["authority_admin"]},
        ],
        "roles": ["authority_admin", "staff"],
        "permissions": {"operate": False, "administer": True, "audit": False, "approve": False},
        "approvals_waiting": 0,
    }
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("who", "permissions"),
    [
        ("anna", (False, False, False, False)),
        ("admin", (False, True, False, False)),
        ("chief", (False, True, False, True)),
        ("operator", (True, False, False, False)),
        ("auditor", (False, False, True, False)),
    ],
)
def test_permissions(who: str, permissions: tuple[bool, ...], request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    assert tuple(caller.get("me").json()["permissions"].values()) == permissions


def test_the_language_can_be_chosen_and_nothing_else(world: World, anna: Caller) -> None:
    changed = anna.patch("me", {"language": "en"})
    refused = anna.patch("me", {"language": "en", "email": "minister@im.mv.example", "roles": ["operator"]})

    assert (changed.status_code, changed.json()["language"]) == (200, "en")
    assert sorted(problem(refused, 400, "invalid")["fields"]) == ["email", "roles"]
    world.anna.refresh_from_db()
    assert (world.anna.language, world.anna.email) == ("en", "anna@im.mv.example")


@pytest.mark.parametrize("language", ["fr", "", None, 1, ["de"]])
def test_a_language_we_do_not_speak_is_refused(anna: Caller, language: object) -> None:
    assert list(problem(anna.patch("me", {"language": language}), 400, "invalid")["fields"]) == ["language"]
