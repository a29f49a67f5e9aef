# SPDX-License-Identifier: EUPL-1.2
"""Finding people and rooms (RFC 3744, 9; calendarserver-principal-search).

Rooms are few and seen anyway. People are looked up as in the API: by who works here, with three letters at least, a few
at a time and not too often (R1.8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse

from vconf.authorities import directory
from vconf.authorities.directory import How
from vconf.integrations.caldav import paths, xml
from vconf.integrations.caldav.folders import People, Rooms
from vconf.integrations.caldav.http import Call, Refused, multistatus, status_response
from vconf.integrations.caldav.principals import (
    PersonPrincipal,
    Principal,
    RoomPrincipal,
    rooms_seen,
)
from vconf.integrations.caldav.propfind import Wish
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.xml import Element
from vconf.web.limits import PeopleSearches

#: clauses of one search
MOST_CLAUSES = 20

#: what else stands in the body of a search
_NO_PROPERTIES = {
    "D:prop",
    "D:property-search",
    "D:apply-to-principal-collection-set",
    "CS:search-token",
    "CS:limit",
}
TOO_MANY = "D:number-of-matches-within-limits"
#: what can be searched by, and how it is called (RFC 3744, 9.5)
SEARCHABLE = {
    "D:displayname": "name",
    "CS:email-address-set": "mail address",
    "C:calendar-user-address-set": "calendar address",
    "C:calendar-user-type": "kind: INDIVIDUAL or ROOM",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One of these properties has this text in it."""

    names: frozenset[str]
    text: str
    how: How

    def holds(self, value: str) -> bool:
        value, text = value.casefold(), self.text.casefold()
        match self.how:
            case "starts-with":
                return value.startswith(text)
            case "ends-with":
                return value.endswith(text)
            case "equals":
                return value == text
        return text in value

    @property
    def of_people(self) -> directory.Clause:
        """The same for the directory. What kind somebody is, is not asked there."""
        mail = self.text.strip().lower().removeprefix("mailto:")
        by_address = bool(self.names & {"CS:email-address-set", "C:calendar-user-address-set"})
        return directory.Clause(
            name=self.text if "D:displayname" in self.names else "",
            address=mail if by_address else "",
            how=self.how,
            id=_id_in(self.text, paths.PEOPLE) if "C:calendar-user-address-set" in self.names else None,
        )


def principal_property_search(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """RFC 3744, 9.4. What is searched are all principals that the caller sees, wherever it is asked.

    Without anything to look for, who asks and the rooms are found: people are not listed.
    """
    clauses = [_clause(one) for one in document.all("D:property-search")]
    if len(clauses) > MOST_CLAUSES:
        raise Refused(400)
    if not clauses:
        me = PersonPrincipal(call.person, call.actor)
        rooms = [RoomPrincipal(room) for room in rooms_seen(call.actor)]
        return _answer(call, resource, document, [me, *rooms], cut=False)
    any_of = document.attributes.get("test", "allof") == "anyof"
    kind = document.attributes.get("type", "").lower()
    found: list[Principal] = []
    cut = False
    if kind in ("", "user", "individual") and not isinstance(resource, Rooms):
        people, cut = _people(call, clauses, any_of)
        found += people
    if kind in ("", "room", "location") and not isinstance(resource, People):
        found += _rooms(call, clauses, any_of)
    return _answer(call, resource, document, found, cut)


def principal_search(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """CS:calendarserver-principal-search: every word is in the name or an address."""
    words = [text for one in document.all("CS:search-token") if (text := one.text.strip())]
    if not words or len(words) > MOST_CLAUSES:
        raise Refused(400)
    anywhere = frozenset({"D:displayname", "CS:email-address-set"})
    clauses = [Clause(anywhere, word, "contains") for word in words]
    context = document.attributes.get("context", "")
    found: list[Principal] = []
    cut = False
    if context in ("", "user", "attendee"):
        people, cut = _people(call, clauses, any_of=False)
        found += people
    if context in ("", "location", "attendee"):
        found += _rooms(call, clauses, any_of=False)
    limit = document.child("CS:limit")
    most = limit.text_of("CS:nresults") if limit is not None else ""
    if most.isascii() and most.isdigit() and len(found) > int(most[:6]):
        found, cut = found[: int(most[:6])], True
    return _answer(call, resource, document, found, cut)


def principal_search_property_set(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """RFC 3744, 9.5."""
    inner = "".join(
        f"<D:principal-search-property><D:prop><{name}/></D:prop>"
        f'<D:description xml:lang="en">{words}</D:description></D:principal-search-property>'
        for name, words in SEARCHABLE.items()
    )
    body = xml.document("D:principal-search-property-set", inner)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


def principal_match(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """RFC 3744, 9.3: what of a collection is the caller, or is theirs by a property."""
    wish = Wish.of_report(document)
    mine = paths.person(call.person_id)
    if document.child("D:principal-property") is not None:
        found: Sequence[Resource] = [one for one in resource.members(call) if one.owner == mine]
    elif document.child("D:self") is not None:
        me = PersonPrincipal(call.person, call.actor)
        found = [me] if me.href.startswith(resource.href) else []
    else:
        raise Refused(400)
    return multistatus(call, [wish.response(call, one) for one in found])


def acl_principal_prop_set(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """RFC 3744, 9.2: of the principals in D:acl, which is the caller alone."""
    wish = Wish.of_report(document)
    return multistatus(call, [wish.response(call, PersonPrincipal(call.person, call.actor))])


def _clause(one: Element) -> Clause:
    prop, wanted = one.child("D:prop"), one.child("D:match")
    if prop is None or wanted is None:
        raise Refused(400)
    how: How = "contains"
    match wanted.attributes.get("match-type"):
        case "starts-with" | "ends-with" | "equals" as named:
            how = named
    return Clause(frozenset(name.name for name in prop.children), wanted.text.strip(), how)


def _answer(
    call: Call, resource: Resource, document: Element, found: Sequence[Principal], cut: bool
) -> HttpResponse:
    wish = _wish(document)
    parts = [wish.response(call, one) for one in found]
    if cut:
        parts.append(status_response(resource.href, "HTTP/1.1 507 Insufficient Storage", TOO_MANY))
    return multistatus(call, parts)


def _wish(document: Element) -> Wish:
    """Some clients (python-caldav) put what they ask for beside an empty D:prop instead of into it."""
    prop = document.child("D:prop")
    if prop is not None and not prop.children:
        return Wish([one.name for one in document.children if one.name not in _NO_PROPERTIES])
    return Wish.of_report(document)


def _rooms(call: Call, clauses: Sequence[Clause], any_of: bool) -> list[Principal]:
    together: Callable[..., bool] = any if any_of else all
    rooms = (RoomPrincipal(room) for room in rooms_seen(call.actor))
    return [one for one in rooms if together(_holds_for_room(clause, one) for clause in clauses)]


def _holds_for_room(clause: Clause, room: RoomPrincipal) -> bool:
    values: list[str] = []
    if "D:displayname" in clause.names:
        values.append(room.name)
    if "CS:email-address-set" in clause.names:
        values += room.addresses
    if "C:calendar-user-address-set" in clause.names:
        if clause.holds(f"mailto:{room.room.address}") or _id_in(clause.text, paths.ROOMS) == room.id:
            return True
        values += room.addresses
    if "C:calendar-user-type" in clause.names and clause.text.strip().upper() == room.user_type:
        return True
    return any(clause.holds(value) for value in values)


def _people(call: Call, clauses: Sequence[Clause], any_of: bool) -> tuple[list[Principal], bool]:
    """Those who are found, by name, and whether there are more. Raises Refused for who searches all the time."""
    kinds = [one for one in clauses if one.names == {"C:calendar-user-type"}]
    others = [one.of_people for one in clauses if one not in kinds]
    if not any_of and any(one.text.strip().upper() != "INDIVIDUAL" for one in kinds):
        return [], False
    if not any(one.is_long_enough for one in others):
        return [], False
    if not PeopleSearches().allow_request(call.request, None):
        raise Refused(429)
    people, more = directory.find_people(call.actor, others, any_of=any_of)
    addresses = directory.addresses_of(people)
    return [PersonPrincipal(one, call.actor, addresses=addresses[one.id]) for one in people], more


def _id_in(text: str, where: str) -> UUID | None:
    """Of a calendar user address that is a URN or a path of ours."""
    text = text.strip()
    for start in ("urn:uuid:", where):
        if text.lower().startswith(start):
            try:
                return UUID(text[len(start) :].strip("/"))
            except ValueError:
                return None
    return None
