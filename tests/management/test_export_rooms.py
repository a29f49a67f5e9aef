# SPDX-License-Identifier: EUPL-1.2
"""Rooms in the address books that people invite from."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from tests.factories import room, world
from vconf.management.room_contacts import RoomContact, exchange_script, ldif, vcards

ROOM = RoomContact(
    id=UUID("00000000-0000-4000-8000-000000000001"),
    name="Großer Saal, Süd",
    address="saal@raum.mv.example",
    seats=40,
    authority="Ministerium für Inneres",
    url="https://vconf.mv.example/r/saal",
)


def named(name: str) -> RoomContact:
    return RoomContact(ROOM.id, name, ROOM.address, ROOM.seats, ROOM.authority, ROOM.url)


def test_exchange_gets_a_call_for_each_room():
    last = exchange_script([ROOM]).splitlines()[-1]
    assert last == (
        "Set-VideoRoom 'videoraum-00000000000040008000000000000001' 'Großer Saal, Süd' 'SMTP:saal@raum.mv.example'"
        " 'Ministerium für Inneres'"
        " 'Videoraum, 40 Plätze, Ministerium für Inneres. https://vconf.mv.example/r/saal'"
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("'; Remove-Mailbox *; '", "'''; Remove-Mailbox *; '''"),
        ("\u2019; Remove-Mailbox *", "'\u2019\u2019; Remove-Mailbox *'"),
        ("Saal\r\nRemove-Mailbox *", "'Saal Remove-Mailbox *'"),
        ("$(Remove-Mailbox *)", "'$(Remove-Mailbox *)'"),
    ],
)
def test_the_name_of_a_room_is_no_command(name, written):
    lines = exchange_script([named(name)]).splitlines()
    assert len(lines) == len(exchange_script([ROOM]).splitlines())
    assert f" {written} 'SMTP:" in lines[-1]


def test_a_vcard_tells_where_to_invite():
    assert vcards([ROOM]) == (
        "BEGIN:VCARD\r\n"
        "VERSION:4.0\r\n"
        "KIND:location\r\n"
        "UID:urn:uuid:00000000-0000-4000-8000-000000000001\r\n"
        "FN:Großer Saal\\, Süd\r\n"
        "ORG:Ministerium für Inneres\r\n"
        "EMAIL:saal@raum.mv.example\r\n"
        "CALADRURI:mailto:saal@raum.mv.example\r\n"
        "URL:https://vconf.mv.example/r/saal\r\n"
        "NOTE:Videoraum\\, 40 Plätze\\, Ministerium für Inneres. https://vconf.mv.ex\r\n"
        " ample/r/saal\r\n"
        "END:VCARD\r\n"
    )


def test_a_vcard_is_not_ended_by_a_name():
    text = vcards([named("Saal\nEND:VCARD\nBEGIN:VCARD")])
    assert text.count("END:VCARD\r\n") == 1
    assert "FN:Saal END:VCARD BEGIN:VCARD\r\n" in text


def test_ldif_can_be_added_below_an_entry():
    text = ldif([ROOM], base_dn="ou=Räume,dc=mv")
    attributes = [line.partition(":")[::2] for line in text.replace("\n ", "").splitlines() if line]
    assert [name for name, _ in attributes] == [
        "version",
        "dn",
        *["objectClass"] * 4,
        *("uid", "cn", "sn", "displayName", "mail", "o", "description", "labeledURI"),
    ]
    values = {
        name: b64decode(value[2:]).decode() if value[0] == ":" else value[1:] for name, value in attributes
    }
    assert values["dn"] == "uid=videoraum-00000000000040008000000000000001,ou=Räume,dc=mv"
    assert values["cn"] == "Großer Saal, Süd"
    assert values["mail"] == "saal@raum.mv.example"
    assert all(len(line) <= 76 for line in text.splitlines())


def test_ldif_values_that_could_be_taken_for_others_are_encoded():
    for name in (" Saal", ":Saal", "<file:///etc/passwd", "Saal "):
        [line] = [
            line for line in ldif([named(name)], base_dn="dc=mv").splitlines() if line.startswith("cn:")
        ]
        assert line == "cn: Saal" if name.strip() == "Saal" else line.startswith("cn:: ")


@pytest.mark.django_db
def test_the_command_knows_all_rooms_in_use(capsys):
    here = world()
    room("Saal", 10, here.im, here.pool, here.standard)
    away = room("Geschlossen", 10, here.im, here.pool, here.standard)
    away.is_active = False
    away.save()
    call_command("export_rooms", "vcard")
    text = capsys.readouterr().out
    assert "FN:Saal\r\n" in text
    assert "Geschlossen" not in text


@pytest.mark.django_db
def test_an_entry_for_ldif_has_to_be_named():
    world()
    with pytest.raises(CommandError, match="--base-dn"):
        call_command("export_rooms", "ldif")
