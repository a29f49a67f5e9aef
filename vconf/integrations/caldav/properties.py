# SPDX-License-Identifier: EUPL-1.2
"""Properties that are worked out when asked for: one function each, with where it is defined and who has it.

A function answers the XML inside of the property, or None where there is none. All are protected; what a person may
set is in `proppatch.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.http import http_date
from icalendar import Calendar

from vconf.integrations.caldav import acl, paths, xml
from vconf.integrations.caldav.boxes import Inbox, InboxMessage, Outbox
from vconf.integrations.caldav.calendars import CalendarCollection, CalendarObject
from vconf.integrations.caldav.collations import COLLATIONS
from vconf.integrations.caldav.get import CONTENT_TYPE
from vconf.integrations.caldav.homes import Home
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.principals import PersonPrincipal, Principal, ProxyGroup, RoomPrincipal
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.ical.objects import PRODID
from vconf.integrations.ical.timezones import vtimezone

Read = Callable[[Any, Call], str | None]


class Property(NamedTuple):
    """listed: part of an allprop (RFC 4918, 9.1): cheap, and of RFC 4918."""

    read: Read
    listed: bool


_OWN: dict[type, dict[str, Property]] = {}
_ALL: dict[type[Resource], Mapping[str, Property]] = {}


def live(name: str, *kinds: type[Resource], listed: bool = False) -> Callable[[Read], Read]:
    """This function is the property `name` of resources of these kinds."""

    def keep(read: Read) -> Read:
        for kind in kinds:
            _OWN.setdefault(kind, {})[name] = Property(read, listed)
        return read

    return keep


def properties_of(kind: type[Resource]) -> Mapping[str, Property]:
    """Name -> property, with those of the kinds it is derived from."""
    if kind not in _ALL:
        found: dict[str, Property] = {}
        for base in reversed(kind.__mro__):
            found |= _OWN.get(base, {})
        _ALL[kind] = found
    return _ALL[kind]


# RFC 4918, 15


@live("D:resourcetype", Resource, listed=True)
def resourcetype(one: Resource, call: Call) -> str:
    return "".join(f"<{name}/>" for name in one.types)


@live("D:displayname", Principal, CalendarCollection, listed=True)
def displayname(one: Principal | CalendarCollection, call: Call) -> str:
    return xml.text(one.name)


@live("D:displayname", Home, listed=True)
def displayname_of_home(one: Home, call: Call) -> str:
    return xml.text(one.person.name)


@live("D:getetag", CalendarObject, listed=True)
def getetag(one: CalendarObject, call: Call) -> str | None:
    # digits, dashes and quotes: nothing that would have to be escaped
    return None if one.tags is None else one.tags.etag


@live("D:getetag", InboxMessage, listed=True)
def getetag_of_message(one: InboxMessage, call: Call) -> str:
    return xml.text(one.message.etag)


@live("D:getcontenttype", CalendarObject, InboxMessage, listed=True)
def getcontenttype(one: CalendarObject | InboxMessage, call: Call) -> str:
    return CONTENT_TYPE


@live("D:getlastmodified", CalendarObject, listed=True)
def getlastmodified(one: CalendarObject, call: Call) -> str | None:
    return None if one.entry is None else http_date(one.entry.changed_at.timestamp())


# RFC 5397


@live("D:current-user-principal", Resource)
def current_user_principal(one: Resource, call: Call) -> str:
    return xml.href(paths.person(call.person_id))


# RFC 3744, 4 and 5


@live("D:principal-URL", Principal)
def principal_url(one: Principal, call: Call) -> str:
    return xml.href(one.href)


@live("D:principal-collection-set", Resource)
def principal_collection_set(one: Resource, call: Call) -> str:
    return xml.href(paths.PRINCIPALS)


@live("D:alternate-URI-set", Principal)
def alternate_uri_set(one: Principal, call: Call) -> str:
    return ""


@live("D:group-membership", PersonPrincipal)
def group_membership(one: PersonPrincipal, call: Call) -> str:
    return "".join(xml.href(paths.proxies(principal, "write")) for principal in one.principals)


@live("D:group-membership", RoomPrincipal, ProxyGroup)
def group_membership_of_others(one: Principal, call: Call) -> str:
    return ""


@live("D:group-member-set", ProxyGroup)
def group_member_set(one: ProxyGroup, call: Call) -> str:
    return "".join(xml.href(paths.person(person)) for person in one.people)


@live("D:group-member-set", PersonPrincipal, RoomPrincipal)
def group_member_set_of_others(one: Principal, call: Call) -> str:
    return ""


@live("D:owner", Resource)
def owner(one: Resource, call: Call) -> str:
    return xml.href(one.owner) if one.owner else ""


@live("D:current-user-privilege-set", Resource)
def current_user_privilege_set(one: Resource, call: Call) -> str:
    return acl.privilege_set(one.privileges)


@live("D:supported-privilege-set", Resource)
def supported_privilege_set(one: Resource, call: Call) -> str:
    return acl.SUPPORTED


@live("D:acl", Resource)
def access_list(one: Resource, call: Call) -> str:
    return acl.access_list(paths.person(call.person_id), one.privileges)


@live("D:acl-restrictions", Resource)
def acl_restrictions(one: Resource, call: Call) -> str:
    return "<D:grant-only/><D:no-invert/>"


@live("D:inherited-acl-set", Resource)
def inherited_acl_set(one: Resource, call: Call) -> str:
    return ""


# RFC 3253, 3.1.5


@live("D:supported-report-set", Resource)
def supported_report_set(one: Resource, call: Call) -> str:
    return "".join(
        f"<D:supported-report><D:report><{name}/></D:report></D:supported-report>" for name in one.reports
    )


# RFC 4791, 5.2 and 6.2


@live("C:calendar-home-set", Principal)
def calendar_home_set(one: Principal, call: Call) -> str | None:
    return xml.href(one.home) if one.home else None


@live("C:supported-calendar-component-set", CalendarCollection, Inbox, Outbox)
def supported_calendar_component_set(one: Resource, call: Call) -> str:
    return '<C:comp name="VEVENT"/>' + (
        "" if isinstance(one, CalendarCollection) else '<C:comp name="VFREEBUSY"/>'
    )


@live("C:supported-calendar-component-sets", Home)
def supported_calendar_component_sets(one: Home, call: Call) -> str:
    """What calendars could be made of (RFC 7809 and Apple's calendar-extensions); none are made here."""
    return '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'


@live("C:supported-calendar-data", CalendarCollection, Inbox)
def supported_calendar_data(one: Resource, call: Call) -> str:
    return '<C:calendar-data content-type="text/calendar" version="2.0"/>'


@live("C:supported-collation-set", CalendarCollection, Inbox)
def supported_collation_set(one: Resource, call: Call) -> str:
    return "".join(f"<C:supported-collation>{name}</C:supported-collation>" for name in COLLATIONS)


@live("C:max-resource-size", CalendarCollection)
def max_resource_size(one: CalendarCollection, call: Call) -> str:
    return str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


@live("C:max-instances", CalendarCollection)
def max_instances(one: CalendarCollection, call: Call) -> str:
    return str(settings.VCONF_HORIZON_DATES)


@live("C:max-attendees-per-instance", CalendarCollection)
def max_attendees(one: CalendarCollection, call: Call) -> str:
    return "500"


@live("C:calendar-data", CalendarObject)
def calendar_data(one: CalendarObject, call: Call) -> str | None:
    """In reports only, which have put the text there (RFC 4791, 9.6)."""
    return one.text


@live("C:calendar-data", InboxMessage)
def calendar_data_of_message(one: InboxMessage, call: Call) -> str:
    return one.text


@live("C:max-date-time", CalendarCollection)
def max_date_time(one: CalendarCollection, call: Call) -> str:
    return _utc(timezone.now() + timedelta(days=settings.VCONF_HORIZON_DAYS))


@live("C:calendar-timezone", CalendarCollection)
def calendar_timezone(one: CalendarCollection, call: Call) -> str:
    year = timezone.now().year
    return xml.octets_as_text(_zone(settings.VCONF_TIME_ZONE, year, year + 2))


@live("C:calendar-timezone-id", CalendarCollection)
def calendar_timezone_id(one: CalendarCollection, call: Call) -> str:
    return xml.text(settings.VCONF_TIME_ZONE)


def _utc(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%SZ}"


@functools.lru_cache(maxsize=8)
def _zone(name: str, first_year: int, last_year: int) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add_component(vtimezone(name, first_year, last_year))
    octets: bytes = calendar.to_ical(sorted=False)
    return octets


# RFC 6578, 4, and what was there before it


@live("D:sync-token", CalendarCollection, Inbox)
def sync_token(one: CalendarCollection | Inbox, call: Call) -> str:
    return one.token


@live("CS:getctag", CalendarCollection, Inbox)
def getctag(one: CalendarCollection | Inbox, call: Call) -> str:
    return one.token


@live("D:getetag", CalendarCollection)
def getetag_of_calendar(one: CalendarCollection, call: Call) -> str:
    """Evolution looks for it in lists of calendars."""
    return f'"{one.view.change}"'


# RFC 6638, 2, 3.2.10 and 9


@live("C:schedule-calendar-transp", CalendarCollection)
def schedule_calendar_transp(one: CalendarCollection, call: Call) -> str:
    return "<C:opaque/>"


@live("C:schedule-tag", CalendarObject)
def schedule_tag(one: CalendarObject, call: Call) -> str | None:
    if one.tags is None or not one.collection.may_write:
        return None
    return xml.text(one.tags.schedule_tag)


@live("C:calendar-user-address-set", Principal)
def calendar_user_address_set(one: Principal, call: Call) -> str:
    mails = (f"mailto:{address}" for address in one.addresses)
    return "".join(map(xml.href, (*mails, one.href, f"urn:uuid:{one.id}")))


@live("C:calendar-user-address-set", ProxyGroup)
def calendar_user_address_set_of_group(one: ProxyGroup, call: Call) -> str:
    return ""


@live("C:calendar-user-type", Principal)
def calendar_user_type(one: Principal, call: Call) -> str:
    return one.user_type


@live("C:schedule-inbox-URL", PersonPrincipal)
def schedule_inbox_url(one: PersonPrincipal, call: Call) -> str | None:
    return xml.href(paths.inbox(one.id)) if one.is_self else None


@live("C:schedule-outbox-URL", PersonPrincipal)
def schedule_outbox_url(one: PersonPrincipal, call: Call) -> str | None:
    return xml.href(paths.outbox(one.id)) if one.is_self else None


@live("C:schedule-default-calendar-URL", Inbox)
def schedule_default_calendar_url(one: Inbox, call: Call) -> str:
    return xml.href(paths.bookings(one.person.id))


@live("C:calendar-free-busy-set", Inbox)
def calendar_free_busy_set(one: Inbox, call: Call) -> str:
    return xml.href(paths.bookings(one.person.id))


# calendarserver.org: ctag, proxies, principals


@live("CS:email-address-set", Principal)
def email_address_set(one: Principal, call: Call) -> str:
    return "".join(f"<CS:email-address>{xml.text(address)}</CS:email-address>" for address in one.addresses)


@live("CS:calendar-proxy-write-for", PersonPrincipal)
def calendar_proxy_write_for(one: PersonPrincipal, call: Call) -> str:
    return "".join(xml.href(paths.person(principal)) for principal in one.principals)


@live("CS:calendar-proxy-read-for", PersonPrincipal)
def calendar_proxy_read_for(one: PersonPrincipal, call: Call) -> str:
    return ""


@live("CS:first-name", PersonPrincipal)
def first_name(one: PersonPrincipal, call: Call) -> str:
    return xml.text(one.name.rpartition(" ")[0])


@live("CS:last-name", PersonPrincipal)
def last_name(one: PersonPrincipal, call: Call) -> str:
    return xml.text(one.name.rpartition(" ")[2])


@live("CS:capacity", RoomPrincipal)
def capacity(one: RoomPrincipal, call: Call) -> str:
    return str(one.room.seats)
