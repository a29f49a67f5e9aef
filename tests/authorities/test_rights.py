# SPDX-License-Identifier: EUPL-1.2
"""What memberships allow."""

import pytest
from django.test.utils import CaptureQueriesContext
from django.db import connection

from tests import factories
from vconf.authorities.models import Membership, Role
from vconf.authorities.rights import Actor

pytestmark = pytest.mark.django_db


def test_nobody_has_no_rights() -> None:
    assert Actor.nobody() == Actor()
    assert not Actor.nobody().operates
    assert not Actor.nobody().administers(None)
