# SPDX-License-Identifier: EUPL-1.2
"""Principals: who and what can be found, and by whom (RFC 3744; reference, section 9)."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests import factories
from tests.api.caller import ABSENT
from tests.factories import World
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, condition

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> World:
    cache.clear()
    return factories.world()


@pytest.fixture
def anna(world: World) -> CalendarClient:
    return CalendarClient(world.anna)


def search(
    *clauses: tuple[str, str], props: str = "<D:displayname/>", extra: str = "", more: str = ""
) -> str:
    inner = "".join(
        f"<D:property-search><D:prop><{name}/></D:prop><D:match>{text}</D:match></D:property-search>"
        for name, text in clauses
    )
    return (
        f"<D:principal-property-search {DECLARED} {extra}>{inner}<D:prop>{props}</D:prop>{more}"
        "</D:principal-property-search>"
    )


def names(found: Responses) -> list[str]:
    return [one.text("D:displayname") for href, one in found.items() if not one.status]


def test_evolution_finds_a_colleague_by_the_bare_address(anna: CalendarClient, world: World) -> None:
    """With apply-to-principal-collection-set, at whatever address."""
    body = search(
        ("C:calendar-user-address-set", "bernd@im.mv.example"),
        props="<C:calendar-home-set/><D:displayname/>",
        more="<D:apply-to-principal-collection-set/>",
    )

    found = anna.report(f"/dav/calendars/{world.anna.id}/bookings/", body, depth="0")

    assert list(found) == [f"/dav/principals/users/{world.bernd.id}/"]
    assert found.only.href("C:calendar-home-set") == f"/dav/calendars/{world.bernd.id}/"


@pytest.mark.parametrize(
    "text", ["mailto:bernd@im.mv.example", "urn:uuid:{id}", "/dav/principals/users/{id}/", "BERND@im"]
)
def test_an_address_is_found_however_it_is_written(anna: CalendarClient, world: World, text: str) -> None:
    body = search(("C:calendar-user-address-set", text.format(id=world.bernd.id)))

    assert names(anna.report("/dav/principals/", body)) == [world.bernd.name]


def test_people_are_found_by_part_of_their_name(anna: CalendarClient, world: World) -> None:
    assert names(anna.report("/dav/principals/", search(("D:displayname", "amsel")))) == ["Anna Amsel"]


def test_properties_beside_an_empty_prop_are_meant(anna: CalendarClient, world: World) -> None:
    """As python-caldav asks."""
    beside = "<C:calendar-home-set/><D:displayname/>"

    found = anna.report("/dav/", search(("D:displayname", world.anna.name), props="", more=beside)).only

    assert found.text("D:displayname") == world.anna.name
    assert found.href("C:calendar-home-set") == f"/dav/calendars/{world.anna.id}/"


def test_who_looks_for_nothing_finds_themselves_and_the_rooms(anna: CalendarClient, world: World) -> None:
    found = names(anna.report("/dav/principals/", search()))

    assert world.anna.name in found
    assert world.small.name in found
    assert world.bernd.name not in found, "people are not listed"


def test_all_clauses_have_to_hold_unless_any_does(anna: CalendarClient, world: World) -> None:
    both = (("D:displayname", world.anna.name), ("D:displayname", world.bernd.name))

    assert names(anna.report("/dav/principals/", search(*both))) == []
    found = names(anna.report("/dav/principals/", search(*both, extra='test="anyof"')))
    assert found == [world.anna.name, world.bernd.name]


def test_fewer_than_three_letters_find_nobody(anna: CalendarClient) -> None:
    assert names(anna.report("/dav/principals/", search(("D:displayname", "an")))) == []
    kind = search(("C:calendar-user-type", "INDIVIDUAL"))
    assert names(anna.report("/dav/principals/", kind)) == []
    both = search(("C:calendar-user-type", "INDIVIDUAL"), ("D:displayname", "nn"), extra='test="anyof"')
    assert names(anna.report("/dav/principals/", both)) == []


def test_twenty_people_are_shown_and_a_word_that_there_are_more(anna: CalendarClient, world: World) -> None:
    for number in range(25):
        factories.person(f"Mustermann {number:02}", world.im)

    found = anna.report("/dav/principals/", search(("D:displayname", "mustermann")))

    assert len(names(found)) == 20
    assert found["/dav/principals/"].status == "507"
    assert found["/dav/principals/"].error == "D:number-of-matches-within-limits"


def test_harvesting_the_directory_is_slowed_down(anna: CalendarClient) -> None:
    answers = [anna.dav("REPORT", "/dav/principals/", search(("D:displayname", "amsel"))) for _ in range(61)]

    assert [one.status_code for one in answers] == [207] * 60 + [429]


def test_who_works_nowhere_finds_nobody_but_themselves(world: World) -> None:
    nobody = CalendarClient(factories.person("Nadia Nirgends"))

    assert names(nobody.report("/dav/principals/", search(("D:displayname", "amsel")))) == []
    assert nobody.dav("PROPFIND", f"/dav/principals/users/{world.anna.id}/", Depth="0").status_code == 404


def test_rooms_are_found_by_their_kind(anna: CalendarClient, world: World) -> None:
    body = search(
        ("C:calendar-user-type", "ROOM"), props="<D:displayname/><CS:capacity/><C:calendar-user-type/>"
    )

    found = anna.report("/dav/principals/", body)

    assert {one.text("D:displayname"): one.text("CS:capacity") for one in found.values()} == {
        world.small.name: "6",
        world.big.name: "100",
        world.shared.name: "30",
    }
    assert {one.text("C:calendar-user-type") for one in found.values()} == {"ROOM"}


def test_rooms_of_another_ministry_are_not_found(world: World) -> None:
    clara = CalendarClient(world.clara)

    assert names(clara.report("/dav/principals/", search(("C:calendar-user-type", "ROOM")))) == [
        world.shared.name
    ]
    body = search(("CS:email-address-set", world.big.address))
    assert names(clara.report("/dav/principals/", body)) == []
    absent = clara.dav("PROPFIND", f"/dav/principals/rooms/{ABSENT}/", Depth="0")
    foreign = clara.dav("PROPFIND", f"/dav/principals/rooms/{world.big.id}/", Depth="0")
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content) == (404, b"")


def apple(context: str, *words: str, nresults: str = "") -> str:
    tokens = "".join(f"<CS:search-token>{word}</CS:search-token>" for word in words)
    limit = f"<CS:limit><CS:nresults>{nresults}</CS:nresults></CS:limit>" if nresults else ""
    return (
        f'<CS:calendarserver-principal-search {DECLARED} context="{context}">{tokens}{limit}'
        "<D:prop><D:displayname/><C:calendar-user-address-set/></D:prop></CS:calendarserver-principal-search>"
    )


def test_apple_completes_people_and_rooms(anna: CalendarClient, world: World) -> None:
    def found(*asked: str) -> list[str]:
        return names(anna.report("/dav/principals/", apple(*asked), depth="0"))

    assert found("attendee", "ann", "ams") == ["Anna Amsel"]
    assert found("user", "anna@im") == ["Anna Amsel"]
    assert found("location", world.big.name) == [world.big.name]
    assert found("location", "Anna") == []
    assert found("resource", world.big.name) == []
    assert sorted(found("attendee", "@raum.mv.example")) == sorted(
        [world.big.name, world.small.name, world.shared.name]
    )


def test_apple_s_limit_is_kept(anna: CalendarClient) -> None:
    found = anna.report("/dav/principals/", apple("location", "raum", nresults="2"))

    assert len(names(found)) == 2
    assert found["/dav/principals/"].status == "507"


def test_apple_asks_for_deputies_by_expanding_properties(world: World) -> None:
    factories.deputy(world.bernd, world.anna)
    principal = f"/dav/principals/users/{world.bernd.id}/"
    body = (
        f"<D:expand-property {DECLARED}>"
        '<D:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/">'
        '<D:property name="displayname"/><D:property name="unheard-of"/></D:property>'
        '<D:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/">'
        '<D:property name="displayname"/></D:property></D:expand-property>'
    )

    shown = CalendarClient(world.bernd).report(principal, body, depth="0").only

    (theirs,) = shown.found["CS:calendar-proxy-write-for"]
    assert theirs.tag == "{DAV:}response"
    assert theirs.findtext("{DAV:}href") == f"/dav/principals/users/{world.anna.id}/"
    assert theirs.findtext("{DAV:}propstat/{DAV:}prop/{DAV:}displayname") == "Anna Amsel"
    assert len(shown.found["CS:calendar-proxy-read-for"]) == 0


def test_properties_within_properties_have_an_end(anna: CalendarClient, world: World) -> None:
    opened = '<D:property name="owner">' * 9
    body = f"<D:expand-property {DECLARED}>{opened}{'</D:property>' * 9}</D:expand-property>"

    assert anna.dav("REPORT", f"/dav/calendars/{world.anna.id}/", body).status_code == 403


def test_a_deputyship_is_shown_to_the_two_it_is_about_alone(world: World) -> None:
    factories.deputy(world.bernd, world.anna)
    group = f"/dav/principals/users/{world.anna.id}/calendar-proxy-write/"
    members = "D:group-member-set"

    def seen_by(client: CalendarClient) -> list[str]:
        return client.propfind(group, members).only.hrefs(members)

    bernd = f"/dav/principals/users/{world.bernd.id}/"
    assert seen_by(CalendarClient(world.anna)) == [bernd]
    assert seen_by(CalendarClient(world.bernd)) == [bernd]
    stranger = CalendarClient(world.admin)
    assert stranger.dav("PROPFIND", group, Depth="0").status_code == 404
    about = stranger.propfind(bernd, "D:group-membership", "CS:calendar-proxy-write-for").only
    assert about.hrefs("D:group-membership") == about.hrefs("CS:calendar-proxy-write-for") == []


def test_only_oneself_is_listed_among_people(anna: CalendarClient, world: World) -> None:
    listed = anna.propfind("/dav/principals/users/", "D:displayname", depth="1")

    assert list(listed) == ["/dav/principals/users/", f"/dav/principals/users/{world.anna.id}/"]


def test_principal_match_finds_oneself_and_what_is_one_s_own(anna: CalendarClient, world: World) -> None:
    me = f"<D:principal-match {DECLARED}><D:self/><D:prop><D:displayname/></D:prop></D:principal-match>"
    assert names(anna.report("/dav/principals/", me)) == ["Anna Amsel"]
    mine = (
        f"<D:principal-match {DECLARED}><D:principal-property><D:owner/></D:principal-property>"
        "<D:prop><D:resourcetype/></D:prop></D:principal-match>"
    )
    home = f"/dav/calendars/{world.anna.id}/"
    assert list(anna.report(home, mine)) == [f"{home}bookings/", f"{home}inbox/", f"{home}outbox/"]


def test_what_can_be_searched_by_is_said(anna: CalendarClient) -> None:
    answer = anna.dav("REPORT", "/dav/principals/", f"<D:principal-search-property-set {DECLARED}/>")

    assert answer.status_code == 200
    for name in (
        "D:displayname",
        "CS:email-address-set",
        "C:calendar-user-address-set",
        "C:calendar-user-type",
    ):
        assert f"<{name}/>" in answer.content.decode()


def test_a_question_nobody_knows_is_named_as_such(anna: CalendarClient) -> None:
    answer = anna.dav("REPORT", "/dav/", f"<D:version-tree {DECLARED}/>")

    assert (answer.status_code, condition(answer)) == (403, "D:supported-report")
    assert anna.dav("REPORT", "/dav/", "").status_code == 400
