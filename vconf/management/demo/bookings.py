# SPDX-License-Identifier: EUPL-1.2
"""The demo's bookings: an ordinary week, made through the booking service like all others."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from vconf.authorities.models import PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.bookings.recurrence import to_local
from vconf.bookings.requests import AttendeeRequest, BookingRequest
from vconf.bookings.services import book
from vconf.errors import Refusal
from vconf.rooms.models import Room

#: (days from today, start hour, hours, room, organiser, title, invited)
WEEK = (
    (
        0,
        9.0,
        1.0,
        "Rügen",
        "clara@fm.mv.example",
        "Haushaltsaufstellung, Auftakt",
        "dirk.sommer@fm.mv.example",
    ),
    (
        0,
        10.0,
        0.5,
        "Warnow",
        "sabine.thiel@im.mv.example",
        "Jour fixe Referat 210",
        "james.walker@im.mv.example",
    ),
    (
        0,
        13.0,
        2.0,
        "Großer Saal Inneres",
        "bernd@im.mv.example",
        "Dienstberatung Abteilung 2",
        "anna@im.mv.example",
    ),
    (
        0,
        14.0,
        1.0,
        "Schaalsee",
        "henrik.paulsen@lung.mv.example",
        "Abstimmung Küstenschutz",
        "gast@example.org",
    ),
    (
        0,
        15.5,
        1.0,
        "Haushaltsrunde",
        "dirk.sommer@fm.mv.example",
        "Rückfragen Einzelplan 04",
        "clara@fm.mv.example",
    ),
    (0, 17.0, 1.5, "Müritz", "ines.wolter@schwerin.mv.example", "Vorbereitung Bürgersprechstunde", ""),
    (
        1,
        8.5,
        1.0,
        "Krisenstab",
        "anna@im.mv.example",
        "Lagebesprechung",
        "bernd@im.mv.example nele.jacobs@lpbk.mv.example",
    ),
    (
        1,
        9.0,
        3.0,
        "Ostseesaal",
        "admin@im.mv.example",
        "Fachtag Digitale Verwaltung",
        "anna@im.mv.example gast@example.org",
    ),
    (1, 10.0, 1.0, "Recknitz", "james.walker@im.mv.example", "Interview panel", "anna@im.mv.example"),
    (
        1,
        13.0,
        1.0,
        "Kassensaal",
        "clara@fm.mv.example",
        "Steuerschätzung",
        "uwe.harms@fa-schwerin.mv.example",
    ),
    (1, 14.0, 1.5, "Darß", "maren.vogt@ag-greifswald.mv.example", "Richterinnenrat", ""),
    (
        2,
        9.0,
        1.0,
        "Lagezentrum",
        "bernd@im.mv.example",
        "Einsatzplanung Hansesail",
        "ralf.stein@pp-rostock.mv.example",
    ),
    (2, 11.0, 1.0, "Warnow", "anna@im.mv.example", "Mitarbeitergespräch", "sabine.thiel@im.mv.example"),
    (
        2,
        13.0,
        2.0,
        "Rügen",
        "peter.dahl@greifswald.mv.example",
        "Ausschreibung Schulserver",
        "ines.wolter@schwerin.mv.example",
    ),
    # these two wait for approval
    (
        2,
        15.0,
        1.0,
        "Geschützter Raum Inneres",
        "anna@im.mv.example",
        "Sicherheitslage Hansesail",
        "ralf.stein@pp-rostock.mv.example",
    ),
    (
        3,
        9.0,
        1.0,
        "Geschützter Raum Inneres",
        "sabine.thiel@im.mv.example",
        "Personalauswahl Referat 210",
        "anna@im.mv.example",
    ),
    (
        3,
        10.0,
        2.0,
        "Landessaal",
        "admin@mv.example",
        "Personalversammlung",
        "anna@im.mv.example clara@fm.mv.example",
    ),
    (
        3,
        14.0,
        1.0,
        "Statistik",
        "torsten.beyer@laiv.mv.example",
        "Zensus: offene Punkte",
        "admin@laiv.mv.example",
    ),
    (
        4,
        9.0,
        1.5,
        "Großer Saal Inneres",
        "sabine.thiel@im.mv.example",
        "Anhörung Brandschutzgesetz",
        "gast@example.org",
    ),
    (4, 11.0, 1.0, "Elde", "dirk.sommer@fm.mv.example", "Vier-Augen-Prüfung", "clara@fm.mv.example"),
)


def book_week() -> int:
    """Book what of the week is still to come, once; how many were booked. What does not fit is left out."""
    if Booking.objects.exists():
        return 0
    today = to_local(timezone.now(), settings.VCONF_TIME_ZONE).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    rooms = dict(Room.objects.values_list("name", "id"))
    booked = 0
    for days, hour, hours, room, organiser, title, invited in WEEK:
        person = PersonAddress.objects.get(address=organiser).person
        try:
            book(
                BookingRequest(
                    title=title,
                    starts_local=_working_day(today, days) + timedelta(hours=hour),
                    duration=timedelta(hours=hours),
                    timezone=settings.VCONF_TIME_ZONE,
                    room_id=rooms[room],
                    attendees=tuple(AttendeeRequest(address=address) for address in invited.split()),
                    language=person.language,
                    source="demo",
                ),
                actor=Actor.load(person),
            )
            booked += 1
        except Refusal:
            continue  # that hour of today has passed
    return booked


def _working_day(today: datetime, ahead: int) -> datetime:
    """Today or the next working day, and so many working days later."""
    day = today
    while day.weekday() > 4:
        day += timedelta(days=1)
    for _ in range(ahead):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day
