# SPDX-License-Identifier: EUPL-1.2
"""PROPPATCH: how a person has a calendar shown to themselves; all or nothing (RFC 4918, 9.2)."""

from __future__ import annotations

import pytest
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import World
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.looks import MOST

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def anna(world: World) -> CalendarClient:
    return CalendarClient(world.anna)


@pytest.fixture
def calendar(world: World) -> str:
    return f"/dav/calendars/{world.anna.id}/bookings/"


def update(inside: str, remove: str = "") -> str:
    removed = f"<D:remove><D:prop>{remove}</D:prop></D:remove>" if remove else ""
    set_ = f"<D:set><D:prop>{inside}</D:prop></D:set>" if inside else ""
    return f"<D:propertyupdate {DECLARED}>{set_}{removed}</D:propertyupdate>"


def patch(client: CalendarClient, path: str, inside: str, remove: str = "") -> Responses:
    return Responses.read(client.dav("PROPPATCH", path, update(inside, remove)))


ZONE = "&#13;\n".join(
    ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VTIMEZONE", "TZID:X", "END:VTIMEZONE", "END:VCALENDAR", ""]
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("D:displayname", "Meine Runden &amp; mehr"),
        ("A:calendar-color", "#FF8800FF"),
        ("A:calendar-color", "#ff8800"),
        ("A:calendar-order", "3"),
        ("C:calendar-description", "Zwei\nZeilen"),
        ("C:calendar-timezone-id", "Europe/Berlin"),
        ("C:calendar-timezone", ZONE),
    ],
)
def test_what_clients_set_comes_back(anna: CalendarClient, calendar: str, name: str, value: str) -> None:
    assert patch(anna, calendar, f"<{name}>{value}</{name}>").only.found.keys() == {name}

    got = anna.propfind(calendar, name).only.text(name)
    wanted = xml.read(f"<x>{value}</x>".encode()).text
    assert got.split() == wanted.split()


def test_apple_s_name_of_a_colour_is_let_go(anna: CalendarClient, calendar: str) -> None:
    patch(anna, calendar, '<A:calendar-color symbolic-color="orange">#FF9500FF</A:calendar-color>')

    assert anna.propfind(calendar, "A:calendar-color").only.text("A:calendar-color") == "#FF9500FF"


def test_the_name_of_a_colour_is_kept_as_the_colour(anna: CalendarClient, calendar: str) -> None:
    patch(anna, calendar, "<A:calendar-color>Green</A:calendar-color>")

    assert anna.propfind(calendar, "A:calendar-color").only.text("A:calendar-color") == "#008000"


def test_one_refused_property_fails_all_others(anna: CalendarClient, calendar: str) -> None:
    answered = patch(
        anna, calendar, "<D:displayname>Neu</D:displayname><D:getetag>1</D:getetag><D:owner/>"
    ).only

    assert answered.refused == {"D:getetag": "403", "D:owner": "403", "D:displayname": "424"}
    assert anna.propfind(calendar, "D:displayname").only.text("D:displayname") == "Videokonferenzen"


@pytest.mark.parametrize(
    "inside",
    [
        "<A:calendar-color>puce</A:calendar-color>",
        "<A:calendar-order>first</A:calendar-order>",
        "<D:displayname>" + "x" * 201 + "</D:displayname>",
        "<D:displayname><D:href>x</D:href></D:displayname>",
        "<C:calendar-timezone>Berlin</C:calendar-timezone>",
        "<C:calendar-timezone-id>Atlantis/Poseidonis</C:calendar-timezone-id>",
        "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>",
        "<C:calendar-user-address-set><D:href>mailto:x@y.example</D:href></C:calendar-user-address-set>",
        '<x xmlns="urn:x">' + "x" * 4_001 + "</x>",
    ],
)
def test_what_makes_no_sense_is_refused(anna: CalendarClient, calendar: str, inside: str) -> None:
    answered = patch(anna, calendar, inside).only
    # a name that is no property of calendars is kept like any other, and means nothing
    if "user-address" in inside:
        principal = f"/dav/principals/users/{anna.person.id}/"  # type: ignore[union-attr]
        answered = patch(anna, principal, inside).only
    assert set(answered.refused.values()) == {"403"}


def test_nobody_changes_their_addresses(anna: CalendarClient, world: World) -> None:
    """Whoever could set them could receive and answer for others."""
    principal = f"/dav/principals/users/{world.anna.id}/"
    before = anna.propfind(principal, "C:calendar-user-address-set").only
    inside = "<C:calendar-user-address-set><D:href>mailto:admin@im.mv.example</D:href></C:calendar-user-address-set>"

    assert patch(anna, principal, inside).only.refused == {"C:calendar-user-address-set": "403"}
    assert patch(anna, principal, "", "<C:calendar-user-address-set/>").only.refused != {}

    after = anna.propfind(principal, "C:calendar-user-address-set").only
    assert after.hrefs("C:calendar-user-address-set") == before.hrefs("C:calendar-user-address-set")


def test_properties_that_only_the_client_knows_are_kept(anna: CalendarClient, calendar: str) -> None:
    inside = '<x:y xmlns:x="urn:x" a="1">Text &lt;<x:z b="&quot;2"/></x:y>'
    patch(anna, calendar, inside)

    answer = anna.propfind(calendar, "D:displayname").answer
    assert answer is not None
    body = f'<D:propfind {DECLARED}><D:prop><y xmlns="urn:x"/></D:prop></D:propfind>'
    got = Responses.read(anna.dav("PROPFIND", calendar, body, Depth="0")).only
    kept = got.found["{urn:x}y"]
    assert (kept.text, kept[0].tag, kept[0].attrib) == ("Text <", "{urn:x}z", {"b": '"2'})
    everything = Responses.read(anna.dav("PROPFIND", calendar, "", Depth="0")).only
    assert "{urn:x}y" in everything.found


def test_there_is_an_end_to_what_is_kept(anna: CalendarClient, calendar: str) -> None:
    many = "".join(f'<p{number} xmlns="urn:x">1</p{number}>' for number in range(MOST))
    patch(anna, calendar, many)

    answer = anna.dav("PROPPATCH", calendar, update('<one-more xmlns="urn:x">1</one-more>'))

    assert answer.status_code == 507
    patch(anna, calendar, "", '<p0 xmlns="urn:x"/>')
    assert patch(anna, calendar, '<one-more xmlns="urn:x">1</one-more>').only.refused == {}


def test_what_is_removed_is_as_it_was(anna: CalendarClient, calendar: str) -> None:
    patch(anna, calendar, "<D:displayname>Neu</D:displayname>")

    assert patch(anna, calendar, "", "<D:displayname/>").only.found.keys() == {"D:displayname"}

    assert anna.propfind(calendar, "D:displayname").only.text("D:displayname") == "Videokonferenzen"


def test_everybody_sees_their_own_look(anna: CalendarClient, calendar: str, world: World) -> None:
    factories.deputy(world.bernd, world.anna)
    theirs = f"/dav/calendars/{world.bernd.id}/{world.anna.id}/"
    bernd = CalendarClient(world.bernd)
    patch(anna, calendar, "<D:displayname>Privates</D:displayname>")
    patch(bernd, theirs, "<D:displayname>Die Chefin</D:displayname>")

    assert anna.propfind(calendar, "D:displayname").only.text("D:displayname") == "Privates"
    assert bernd.propfind(theirs, "D:displayname").only.text("D:displayname") == "Die Chefin"


def test_the_calendar_of_a_room_has_a_colour_for_who_looks(world: World) -> None:
    clara, anna = CalendarClient(world.clara), CalendarClient(world.anna)
    room = f"/dav/rooms/{world.shared.id}/calendar/"

    patch(clara, room, "<A:calendar-color>#112233</A:calendar-color>")

    assert clara.propfind(room, "A:calendar-color").only.text("A:calendar-color") == "#112233"
    assert anna.propfind(room, "A:calendar-color").only.missing == {"A:calendar-color"}


def test_new_meetings_come_into_the_one_calendar_there_is(
    anna: CalendarClient, calendar: str, world: World
) -> None:
    inbox = f"/dav/calendars/{world.anna.id}/inbox/"
    name = "C:schedule-default-calendar-URL"

    assert patch(anna, inbox, f"<{name}><D:href>{calendar}</D:href></{name}>").only.found.keys() == {name}
    assert patch(anna, inbox, f"<{name}><D:href>/dav/</D:href></{name}>").only.refused == {name: "403"}


def test_a_client_that_wants_little_gets_little(anna: CalendarClient, calendar: str) -> None:
    body = update("<A:calendar-order>1</A:calendar-order>")

    answer = anna.dav("PROPPATCH", calendar, body, Prefer="return=minimal")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Preference-Applied"] == "return=minimal"


@pytest.mark.parametrize("body", ["", "<D:propertyupdate xmlns:D='DAV:'/>", "<D:propfind xmlns:D='DAV:'/>"])
def test_what_changes_nothing_is_a_bad_request(anna: CalendarClient, calendar: str, body: str) -> None:
    assert anna.dav("PROPPATCH", calendar, body).status_code == 400


_ATOM = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
_NAMES = st.sampled_from(["D:a", "{urn:x}b", '{urn:y&"<}c', "A:d"])
_TREES = st.recursive(
    st.builds(xml.Element, _NAMES, st.dictionaries(st.sampled_from("ab"), _ATOM), st.just([]), _ATOM),
    lambda inner: st.builds(
        xml.Element, _NAMES, st.dictionaries(st.sampled_from("ab"), _ATOM), st.lists(inner, max_size=3), _ATOM
    ),
    max_leaves=8,
)


@given(_TREES)
def test_whatever_is_kept_is_read_back_as_it_was(tree: xml.Element) -> None:
    def plain(one: xml.Element) -> object:
        return (one.name, one.attributes, one.text.strip(), [plain(child) for child in one.children])

    written = xml.document("D:x", xml.inside(xml.Element("D:x", {}, [tree])))

    assert plain(xml.read(written).children[0]) == plain(tree)


@override_settings(VCONF_HORIZON_DAYS=10)
def test_limits_are_told_as_properties(anna: CalendarClient, calendar: str) -> None:
    names = ("C:max-resource-size", "C:max-instances", "C:max-attendees-per-instance", "C:max-date-time")
    shown = anna.propfind(calendar, *names).only

    assert shown.text("C:max-resource-size") == "1000000"
    assert shown.text("C:max-instances") == "750"
    assert shown.text("C:max-attendees-per-instance") == "500"
    assert shown.text("C:max-date-time").endswith("Z")
