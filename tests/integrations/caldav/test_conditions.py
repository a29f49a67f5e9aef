# SPDX-License-Identifier: EUPL-1.2
"""If-Match, If-None-Match and If-Schedule-Tag-Match as clients send them."""

import pytest

from vconf.integrations.caldav.conditions import Conditions, Tags
from vconf.integrations.caldav.unacceptable import Unacceptable

NOW = Tags(change=57, version=3, revision=2)


def test_an_etag_tells_what_was_read():
    assert Tags.read(NOW.etag) == NOW
    assert Tags.read("57-3-2") == NOW
    assert Tags.read('"something of somebody else"') is None
    assert Tags.read('"1-2"') is None
    assert Tags.read(f'"{"9" * 400}-1-1"') is None


def test_the_schedule_tag_stays_when_only_answers_moved():
    assert NOW.schedule_tag == Tags(58, 3, 2).schedule_tag
    assert NOW.schedule_tag != Tags(58, 4, 2).schedule_tag
    assert NOW.schedule_tag != Tags(58, 3, 3).schedule_tag


@pytest.mark.parametrize(
    ("headers", "holds"),
    [
        ({}, True),
        ({"If-Match": '"57-3-2"'}, True),
        ({"If-Match": '"1-1-1", "57-3-2"'}, True),
        ({"If-Match": 'W/"57-3-2"'}, True),
        ({"If-Match": "57-3-2"}, True),
        ({"If-Match": "*"}, True),
        ({"If-Match": '"56-3-2"'}, False),
        ({"If-Match": '"'}, False),
        ({"If-None-Match": '"56-3-2"'}, True),
        ({"If-Schedule-Tag-Match": '"3-2"'}, True),
        ({"If-Schedule-Tag-Match": '"2-2"'}, False),
        ({"If-Schedule-Tag-Match": '"3-2"', "If-Match": '"56-3-2"'}, True),
        ({"If-Schedule-Tag-Match": '"2-2"', "If-Match": '"57-3-2"'}, False),
    ],
)
def test_whether_a_client_has_read_what_is_there(headers, holds):
    assert Conditions.of(headers).hold_for(NOW) is holds


@pytest.mark.parametrize("value", ["*", '"57-3-2"', '"1-1-1", "57-3-2"'])
def test_if_none_match_keeps_what_is_there(value):
    with pytest.raises(Unacceptable) as refused:
        Conditions.of({"If-None-Match": value}).hold_for(NOW)
    assert refused.value.status == 412


@pytest.mark.parametrize("name", ["If-Match", "If-Schedule-Tag-Match"])
def test_nothing_matches_what_is_not_there(name):
    with pytest.raises(Unacceptable) as refused:
        Conditions.of({name: "*"}).check_absent()
    assert refused.value.status == 412


def test_if_none_match_holds_for_what_is_not_there():
    Conditions.of({"If-None-Match": "*"}).check_absent()
    Conditions.of({}).check_absent()
