# SPDX-License-Identifier: EUPL-1.2
"""Rooms as contacts of other directories, so that people find them where they invite: Exchange's address book (a
script for its PowerShell), vCard (RFC 6350) and LDIF (RFC 2849). Plain text out of plain values.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from vconf.integrations.ical.lines import folded
from vconf.integrations.ical.text import one_line

#: PowerShell ends a quoted text at each of these, also at the typographic ones; doubled, they mean themselves
_QUOTES = "'\u2018\u2019\u201a\u201b"


@dataclass(frozen=True, slots=True)
class RoomContact:
    """`authority`: whose room it is. `url`: the room's page."""

    id: UUID
    name: str
    address: str
    seats: int
    authority: str
    url: str

    @property
    def note(self) -> str:
        return f"Videoraum, {self.seats} Plätze, {one_line(self.authority)}. {self.url}"


def exchange_script(rooms: Iterable[RoomContact]) -> str:
    """A script for the Exchange Management Shell, which may be run again: it adds and updates mail contacts, and takes
    none away.
    """
    lines = [
        "# Videoräume als Kontakte im Adressbuch. In der Exchange Management Shell ausführen; erneut ausführen",
        "# aktualisiert. Als UTF-8 mit BOM gespeichert lassen, damit Umlaute erhalten bleiben.",
        "$ErrorActionPreference = 'Stop'",
        "function Set-VideoRoom($Alias, $Name, $Address, $Company, $Note) {",
        "    $contact = Get-MailContact -Identity $Alias -ErrorAction SilentlyContinue",
        "    if ($contact) {",
        "        Set-MailContact -Identity $Alias -DisplayName $Name -ExternalEmailAddress $Address",
        "    } else {",
        "        New-MailContact -Name $Alias -Alias $Alias -DisplayName $Name -ExternalEmailAddress $Address",
        "    }",
        "    Set-Contact -Identity $Alias -Company $Company -Notes $Note",
        "}",
    ]
    for room in rooms:
        values = (_alias(room), room.name, f"SMTP:{room.address}", room.authority, room.note)
        lines.append(f"Set-VideoRoom {' '.join(map(_powershell, values))}")
    return "\r\n".join(lines) + "\r\n"


def vcards(rooms: Iterable[RoomContact]) -> str:
    """One vCard 4.0 for each room: `KIND:location`, with the address that takes its invitations (CALADRURI)."""
    lines: list[str] = []
    for room in rooms:
        lines += [
            "BEGIN:VCARD",
            "VERSION:4.0",
            "KIND:location",
            f"UID:urn:uuid:{room.id}",
            f"FN:{_vcard(room.name)}",
            f"ORG:{_vcard(room.authority)}",
            f"EMAIL:{_vcard(room.address)}",
            f"CALADRURI:mailto:{one_line(room.address)}",
            f"URL:{one_line(room.url)}",
            f"NOTE:{_vcard(room.note)}",
            "END:VCARD",
        ]
    return folded(lines).decode()


def ldif(rooms: Iterable[RoomContact], *, base_dn: str) -> str:
    """Entries to add below `base_dn` (`ldapadd -f`): inetOrgPerson (RFC 2798), which all address books show."""
    entries = ["version: 1"]
    for room in rooms:
        attributes = [
            ("dn", f"uid={_alias(room)},{one_line(base_dn)}"),
            *(("objectClass", name) for name in ("top", "person", "organizationalPerson", "inetOrgPerson")),
            ("uid", _alias(room)),
            ("cn", one_line(room.name)),
            ("sn", one_line(room.name)),
            ("displayName", one_line(room.name)),
            ("mail", one_line(room.address)),
            ("o", one_line(room.authority)),
            ("description", room.note),
            ("labeledURI", f"{one_line(room.url)} Videoraum"),
        ]
        entries.append("\n".join(_ldif(name, value) for name, value in attributes))
    return "\n\n".join(entries) + "\n"


def _alias(room: RoomContact) -> str:
    """A name that stays when the room is renamed."""
    return f"videoraum-{room.id.hex}"


def _powershell(text: str) -> str:
    doubled = "".join(letter * 2 if letter in _QUOTES else letter for letter in one_line(text))
    return f"'{doubled}'"


def _vcard(text: str) -> str:
    escaped = one_line(text)
    for letter in "\\,;":
        escaped = escaped.replace(letter, f"\\{letter}")
    return escaped


def _ldif(name: str, value: str) -> str:
    """One attribute, folded at 76; base64 for what is no SAFE-STRING (RFC 2849)."""
    plain = value.isascii() and value.isprintable() and not value.startswith((" ", ":", "<"))
    line = f"{name}: {value}" if plain and not value.endswith(" ") else f"{name}:: {_base64(value)}"
    return "\n ".join(_pieces(line))


def _base64(value: str) -> str:
    return b64encode(value.encode()).decode()


def _pieces(line: str) -> Sequence[str]:
    first, rest = line[:76], line[76:]
    return [first, *(rest[start : start + 75] for start in range(0, len(rest), 75))]
