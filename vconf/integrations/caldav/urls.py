# SPDX-License-Identifier: EUPL-1.2
"""Addresses of calendars. `paths.py` builds what is taken apart here."""

from django.urls import path, re_path

from vconf.integrations.caldav import boxes, calendars, folders, homes, principals
from vconf.integrations.caldav.discovery import apple_principals, well_known
from vconf.integrations.caldav.views import dav

_PERSON = "dav/principals/users/<uuid:person_id>/"
_HOME = "dav/calendars/<uuid:person_id>/"
_OF_PRINCIPAL = "dav/calendars/<uuid:deputy_id>/<uuid:person_id>/"
_ROOM_HOME = "dav/rooms/<uuid:room_id>/"

app_name = "caldav"
urlpatterns = [
    path(".well-known/caldav", well_known, name="well-known"),
    path(".well-known/caldav/", well_known, name="well-known-collection"),
    path("principals/", apple_principals, name="apple-principals"),
    path("dav/", dav, {"kind": folders.Root}, name="root"),
    path("dav/principals/", dav, {"kind": folders.Principals}, name="principals"),
    path("dav/principals/users/", dav, {"kind": folders.People}, name="people"),
    path("dav/principals/rooms/", dav, {"kind": folders.Rooms}, name="rooms"),
    path(_PERSON, dav, {"kind": principals.PersonPrincipal}, name="person"),
    path(
        _PERSON + "calendar-proxy-read/",
        dav,
        {"kind": principals.ProxyGroup, "proxy": "read"},
        name="readers",
    ),
    path(
        _PERSON + "calendar-proxy-write/",
        dav,
        {"kind": principals.ProxyGroup, "proxy": "write"},
        name="writers",
    ),
    path("dav/principals/rooms/<uuid:room_id>/", dav, {"kind": principals.RoomPrincipal}, name="room"),
    path("dav/calendars/", dav, {"kind": folders.Homes}, name="homes"),
    path(_HOME, dav, {"kind": homes.Home}, name="home"),
    path(_HOME + "bookings/", dav, {"kind": calendars.PersonCalendar}, name="calendar"),
    path(_HOME + "bookings/<str:name>", dav, {"kind": calendars.PersonObject}, name="object"),
    path(_HOME + "inbox/", dav, {"kind": boxes.Inbox}, name="inbox"),
    path(_HOME + "inbox/<str:name>", dav, {"kind": boxes.InboxMessage}, name="inbox-message"),
    path(_HOME + "outbox/", dav, {"kind": boxes.Outbox}, name="outbox"),
    path(_OF_PRINCIPAL, dav, {"kind": calendars.PersonCalendar}, name="principal-calendar"),
    path(_OF_PRINCIPAL + "<str:name>", dav, {"kind": calendars.PersonObject}, name="principal-object"),
    path("dav/rooms/", dav, {"kind": folders.RoomHomes}, name="room-homes"),
    path(_ROOM_HOME, dav, {"kind": homes.RoomHome}, name="room-home"),
    path(_ROOM_HOME + "calendar/", dav, {"kind": calendars.RoomCalendar}, name="room-calendar"),
    path(_ROOM_HOME + "calendar/<str:name>", dav, {"kind": calendars.RoomObject}, name="room-object"),
    re_path(r"^dav(?:/.*)?$", dav, name="nothing"),
]
