# SPDX-License-Identifier: EUPL-1.2
"""The first authority and account of an installation."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor

pytestmark = pytest.mark.django_db


def test_the_first_account_operates_and_administers(capsys):
    call_command("set_up", "Land", "Chefin@mv.example", "Carla Chefin")
    password = capsys.readouterr().out.split()[-1]
    person = authenticate(RequestFactory().post("/"), username="chefin@mv.example", password=password)
    assert isinstance(person, Person)
    actor = Actor.load(person)
    assert actor.is_operator
    assert actor.admin_ids == {Authority.objects.get().id}


def test_it_is_made_once():
    call_command("set_up", "Land", "chefin@mv.example", "Carla Chefin")
    with pytest.raises(CommandError):
        call_command("set_up", "Noch eins", "b@mv.example", "B")
    assert Authority.objects.count() == 1
