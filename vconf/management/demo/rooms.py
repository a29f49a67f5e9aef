# SPDX-License-Identifier: EUPL-1.2
"""The demo's room classes, rooms and quotas."""

from __future__ import annotations

POOL, JITSI_POOL = "Rechenzentrum Schwerin", "Jitsi"
SEATS_PER_SERVER = 300

STANDARD, BRIEFING, EVENT, CONFIDENTIAL = "Standard", "Lagebesprechung", "Großveranstaltung", "Vertraulich"

#: name -> settings; they belong to the Land, so every authority may use them, unless somebody else is named below
ROOM_CLASSES: dict[str, dict[str, dict[str, bool | int | str]]] = {
    STANDARD: {},
    BRIEFING: {
        "lobby": {"value": True, "enforced": True},
        "open_minutes_before": {"value": 10, "enforced": False},
        "buffer_before_minutes": {"value": 5, "enforced": False},
        "buffer_after_minutes": {"value": 5, "enforced": False},
        "max_length_minutes": {"value": 480, "enforced": True},
        "mail_outside": {"value": False, "enforced": True},
    },
    EVENT: {
        "muted_on_start": {"value": True, "enforced": True},
        "open_minutes_before": {"value": 30, "enforced": False},
        "buffer_before_minutes": {"value": 30, "enforced": False},
        "buffer_after_minutes": {"value": 15, "enforced": False},
        "default_seats": {"value": 100, "enforced": False},
    },
    CONFIDENTIAL: {
        "lobby": {"value": True, "enforced": True},
        "ask_pin": {"value": True, "enforced": True},
        "mail_outside": {"value": False, "enforced": True},
        "bookable_from": {"value": "07:00", "enforced": True},
        "bookable_until": {"value": "20:00", "enforced": True},
        "bookable_days": {"value": "MO,TU,WE,TH,FR", "enforced": True},
        "closed_on_holidays": {"value": True, "enforced": True},
        "partial_share_percent": {"value": 50, "enforced": True},
        "approval": {"value": "always", "enforced": True},
        "approval_hours": {"value": 72, "enforced": True},
    },
}
#: class -> short name of its owner, whose admins decide about requests
CLASS_OWNERS = {CONFIDENTIAL: "IM"}
#: (class, address): who decides besides the admins
APPROVERS = ((CONFIDENTIAL, "bernd@im.mv.example"),)

#: (name, seats, short name of the owner, class, open to all)
ROOMS = (
    ("Müritz", 6, "MV", STANDARD, True),
    ("Schaalsee", 12, "MV", STANDARD, True),
    ("Darß", 20, "MV", STANDARD, True),
    ("Rügen", 50, "MV", STANDARD, True),
    ("Ostseesaal", 150, "MV", EVENT, True),
    ("Landessaal", 300, "MV", EVENT, True),
    ("Warnow", 8, "IM", STANDARD, False),
    ("Recknitz", 12, "IM", STANDARD, False),
    ("Peene", 25, "IM", STANDARD, False),
    ("Lagezentrum", 30, "IM", BRIEFING, False),
    ("Krisenstab", 40, "IM", BRIEFING, False),
    ("Geschützter Raum Inneres", 16, "IM", CONFIDENTIAL, False),
    ("Großer Saal Inneres", 100, "IM", STANDARD, False),
    ("Statistik", 10, "LAiV", STANDARD, False),
    ("Einsatzbesprechung", 20, "PP Rostock", BRIEFING, False),
    ("Elde", 8, "FM", STANDARD, False),
    ("Kassensaal", 25, "FM", STANDARD, False),
    ("Haushaltsrunde", 40, "FM", STANDARD, False),
    ("Demmlersaal", 30, "Schwerin", STANDARD, False),
)
#: the same, on Jitsi
JITSI_ROOMS = (("Videoraum Schwerin (Jitsi)", 20, "MV", STANDARD, True),)

#: room stock of the Land: what meetings without a named room get
STOCK_NAME = "Videoraum"
STOCK_SEATS = (10, 50, 300)

ADDRESS_DOMAIN = "raum.mv.example"

#: short name of the authority -> limits
QUOTAS: dict[str, dict[str, int]] = {
    "MV": {"concurrent_seats": 600},
    "IM": {"concurrent_seats": 300, "concurrent_meetings": 40},
    "FM": {"concurrent_seats": 200},
    "LAiV": {"concurrent_seats": 40, "concurrent_meetings": 5, "seat_hours_per_month": 2000},
}
