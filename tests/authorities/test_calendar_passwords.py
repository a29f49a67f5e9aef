# SPDX-License-Identifier: EUPL-1.2
"""Passwords for calendar clients: made by us, shown once, ended at once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import factories
from tests.factories import World
from vconf.audit.models import AuditEntry
from vconf.authorities.calendar_passwords import (
    MOST,
    calendar_passwords_of,
    create_calendar_password,
    person_for_calendar_password,
    revoke_calendar_password,
)
from vconf.authorities.models import CalendarPassword, PersonAddress
from vconf.authorities.rights import Actor
from vconf.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def test_it_is_random_and_kept_nowhere(world: World) -> None:
    made = [create_calendar_password(world.anna, actor=factories.actor(world.anna)) for _ in range(20)]

    clear = {password for _, password in made}
    assert len(clear) == 20
    for password in clear:
        # 32 letters to choose from: five bits each
        letters = password.replace("-", "")
        assert re.fullmatch(r"[a-km-z2-79]{26}", letters)
        assert len(letters) * 5 >= 128
    stored = str(list(CalendarPassword.objects.values()))
    assert not any(password in stored or password.replace("-", "") in stored for password in clear)
    audit = str(list(AuditEntry.objects.values()))
    assert not any(password in audit for password in clear)
    assert AuditEntry.objects.filter(action="calendar_password.create", outcome="done").count() == 20


def test_only_the_person_makes_one_for_themselves(world: World) -> None:
    for other in (world.bernd, world.admin, world.operator):
        with pytest.raises(NotFound):
            create_calendar_password(world.anna, actor=factories.actor(other))
    create_calendar_password(world.anna, actor=Actor.system("command"))


def test_a_name_and_its_password_belong_together(world: World) -> None:
    PersonAddress.objects.create(person=world.anna, address="amsel@im.mv.example")
    _, password = create_calendar_password(world.anna, actor=Actor.system())

    for name in (world.anna.email, " ANNA@im.mv.example ", "amsel@im.mv.example", str(world.anna.id)):
        assert person_for_calendar_password(name, password) == world.anna
    for name in (world.bernd.email, str(world.bernd.id), "", "anna", "anna\0@im.mv.example", "%"):
        assert person_for_calendar_password(name, password) is None
    assert person_for_calendar_password(world.anna.email, password[:-1]) is None
    assert person_for_calendar_password(world.anna.email, "") is None


def test_the_use_is_noted_to_the_nearest_ten_minutes(world: World) -> None:
    row, password = create_calendar_password(world.anna, actor=Actor.system())
    now = timezone.now()

    def noted(minutes: int) -> timedelta:
        person_for_calendar_password(world.anna.email, password, now=now + timedelta(minutes=minutes))
        row.refresh_from_db()
        assert row.last_used_at is not None
        return row.last_used_at - now

    assert [noted(minutes) for minutes in (0, 5, 9, 11, 15)] == [
        timedelta(minutes=minutes) for minutes in (0, 0, 0, 11, 11)
    ]


def test_revoking_ends_it_and_is_the_person_s_own(world: World) -> None:
    row, password = create_calendar_password(world.anna, "Telefon", actor=Actor.system())
    for other in (world.bernd, world.admin):
        with pytest.raises(NotFound):
            revoke_calendar_password(row.id, actor=factories.actor(other))
    with pytest.raises(NotFound):
        revoke_calendar_password(uuid4(), actor=factories.actor(world.anna))
    assert [one.label for one in calendar_passwords_of(factories.actor(world.anna))] == ["Telefon"]

    for _twice in range(2):
        revoke_calendar_password(row.id, actor=factories.actor(world.anna))

    assert person_for_calendar_password(world.anna.email, password) is None
    assert not calendar_passwords_of(factories.actor(world.anna)).exists()
    assert AuditEntry.objects.filter(action="calendar_password.revoke").count() == 1


def test_there_is_an_end_to_their_number(world: World) -> None:
    anna = factories.actor(world.anna)
    rows = [create_calendar_password(world.anna, actor=anna)[0] for _ in range(MOST)]
    with pytest.raises(Invalid):
        create_calendar_password(world.anna, actor=anna)

    revoke_calendar_password(rows[0].id, actor=anna)

    create_calendar_password(world.anna, actor=anna)


@pytest.mark.parametrize("label", ["x" * 101, "Tele\x00fon"])
def test_a_label_is_one_line(world: World, label: str) -> None:
    with pytest.raises(Invalid):
        create_calendar_password(world.anna, label, actor=factories.actor(world.anna))


def test_the_command_prints_one(world: World) -> None:
    printed = StringIO()

    call_command("create_calendar_password", "Anna@im.mv.example", stdout=printed)

    assert person_for_calendar_password(world.anna.email, printed.getvalue().strip()) == world.anna
    with pytest.raises(CommandError):
        call_command("create_calendar_password", "nobody@im.mv.example")
