# SPDX-License-Identifier: EUPL-1.2
"""`manage.py backup` and `restore`, on both databases: what was promised comes back, and nobody is invited twice."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest

from tests import factories
from tests.bookings.wishes import wish
from tests.live_server import ROOT
from tests.services import postgresql_url
from tests.smtp_sink import Received, SmtpSink, smtp_sink
from vconf.bookings.calendar_views import calendar_of_person, changed_since
from vconf.bookings.services import book
from vconf.management.commands.restore import _let_clients_begin_anew

KEY = "k3y-of-these-tests-0123456789-abcdefghijklmnopqrstuvwxyz"

#: one booking told of and one not yet when it is backed up; afterwards the second is, the first is changed, and then
#: all is lost
LIFE = """
from django.core.management import call_command
from tests import factories
from tests.bookings.wishes import wish
from tests.management.test_backup import deliver
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
call_command("migrate", verbosity=0)
world = factories.world()
anna = factories.actor(world.anna)
first = book(wish(8, room_id=world.big.id, seats=9, invite="told@fm.mv.example"), actor=anna)
deliver()
book(wish(10, room_id=world.big.id, seats=9, invite="late@fm.mv.example"), actor=anna)
call_command("backup", {backup!r})
change(first.id, ChangeRequest(title="Lagebesprechung, verlegt"), actor=anna)
deliver()
"""
RESTORED = """
from django.core.management import call_command
from tests.management.test_backup import deliver
from vconf.outbox.deliver import parked
call_command("restore", {backup!r}, send_pending={send_pending})
deliver()
call_command("audit_invariants")
print(*[one.last_error for one in parked()], sep="\\n")
"""
CHANGED = """
from django.core.management import call_command
from tests import factories
from tests.management.test_backup import deliver
from vconf.authorities.models import Person
from vconf.bookings.models import Booking
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import change
call_command("restore", {backup!r})
anna = factories.actor(Person.objects.get(email="anna@im.mv.example"))
first = Booking.objects.order_by("created_at").first()
for wanted in {changes}:
    change(first.id, wanted, actor=anna)
    deliver()
call_command("audit_invariants")
"""
SAID_AGAIN = """
from django.core.management import call_command
from django.db import transaction
from tests.management.test_backup import deliver
from vconf.bookings.events import BookingConfirmed
from vconf.bookings.models import Booking
from vconf.outbox.record import record
call_command("restore", {backup!r})
first = Booking.objects.order_by("created_at").first()
with transaction.atomic():
    record(BookingConfirmed(booking_id=str(first.id), sequence=first.sequence))
deliver()
"""
TRIED = """
from django.core.management import CommandError, call_command
for command, file in {tries!r}:
    try:
        call_command(command, file)
    except CommandError as error:
        print(error)
"""


def deliver() -> None:
    """What the workers do, until nothing is left. Called in the process of an installation."""
    from vconf.outbox.deliver import deliver_due
    from vconf.reactions import REACTIONS

    deliver_due(REACTIONS, limit=1000)


class Installation:
    """A vconf with a database of its own, whose commands are run as an operator would."""

    def __init__(self, folder: Path, database: str, sink: SmtpSink, **options: str) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("VCONF_")
        } | {
            "DJANGO_SETTINGS_MODULE": "vconf.settings",
            "VCONF_DEMO": "1",
            "VCONF_DATA_DIR": str(folder),
            "VCONF_DATABASE_URL": database,
            "VCONF_SECRET_KEY": KEY,
            "VCONF_EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "VCONF_LOG_LEVEL": "WARNING",
            **options,
        }

    def run(self, code: str, **values: object) -> str:
        """What a piece of code prints that runs in this installation."""
        done = subprocess.run(
            [sys.executable, "-c", _IN_DJANGO + code.format(**values)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


#: as manage.py does it
_IN_DJANGO = "import gc, django\ngc.disable()\ndjango.setup()\n"


def new_database(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite://{folder / 'vconf.sqlite3'}"
    server = (
        postgresql_url()
        if "VCONF_TEST_DATABASE_URL" not in os.environ
        else os.environ["VCONF_TEST_DATABASE_URL"]
    )
    os.environ["VCONF_TEST_DATABASE_URL"] = server  # one cluster is enough
    name = f"backup_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    before, _, query = server.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


class Lost(NamedTuple):
    """What is left of an installation: its backup, and the mails that people have."""

    kind: str
    backup: Path
    sink: SmtpSink
    sent: frozenset[str]

    def another(self, folder: Path, **options: str) -> Installation:
        return Installation(folder, new_database(self.kind, folder), self.sink, **options)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lost(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    folder = tmp_path_factory.mktemp(request.param)
    with smtp_sink() as sink:
        backup = folder / "backup.tar"
        Installation(folder, new_database(request.param, folder), sink).run(LIFE, backup=str(backup))
        assert sorted(one.recipient for one in sink.received) == [
            "anna@im.mv.example",
            "anna@im.mv.example",
            "anna@im.mv.example",
            "late@fm.mv.example",
            "told@fm.mv.example",
            "told@fm.mv.example",
        ]
        yield Lost(request.param, backup, sink, frozenset(sink.message_ids()))


def test_after_a_restore_no_invitation_goes_out_again(lost: Lost, tmp_path: Path) -> None:
    before = len(lost.sink.received)

    printed = lost.another(tmp_path).run(RESTORED, backup=str(lost.backup), send_pending=False)

    assert len(lost.sink.received) == before
    assert "2 mails were pending then and may have gone out since; they are parked." in printed
    assert "2 dates audited: 0 violations" in printed
    assert printed.splitlines()[-2:] == [f"restored: pending at {_made_at(lost.backup)}"] * 2


def test_what_is_sent_after_all_has_the_message_id_it_had(lost: Lost, tmp_path: Path) -> None:
    """So that a receiver knows it again."""
    before = len(lost.sink.received)

    printed = lost.another(tmp_path).run(RESTORED, backup=str(lost.backup), send_pending=True)

    again = lost.sink.message_ids()[before:]
    assert "are parked" not in printed
    assert len(again) == len(set(again)) == 2
    assert set(again) < lost.sent
    assert len(lost.sent) == 6


def test_a_change_after_a_restore_is_news_to_those_who_were_told_of_a_lost_one(
    lost: Lost, tmp_path: Path
) -> None:
    """The lost change had SEQUENCE 1; calendars would pass over another one with it."""
    before = len(lost.sink.received)

    lost.another(tmp_path).run(
        CHANGED, backup=str(lost.backup), changes='[ChangeRequest(title="Neuer Titel")]'
    )

    new = lost.sink.received[before:]
    assert sorted(one.recipient for one in new) == ["anna@im.mv.example", "told@fm.mv.example"]
    assert not {one.message["Message-ID"] for one in new} & lost.sent
    assert [_sequence(one) for one in new] == [1001, 1001]


@pytest.mark.django_db
def test_after_a_restore_calendar_clients_read_everything_anew() -> None:
    """Their tokens may be of changes that were lost; another change must not be taken for one of these."""
    world = factories.world()
    anna = factories.actor(world.anna)
    booking = book(wish(room_id=world.big.id), actor=anna)
    before = calendar_of_person(anna, world.anna.id)
    assert before is not None

    _let_clients_begin_anew()

    after = calendar_of_person(anna, world.anna.id)
    assert after is not None
    assert not any(after.knows(before.change + more) for more in (0, 1, 500))
    assert after.knows(after.change)
    assert [one.booking_id for one in changed_since(after, 0).entries] == [booking.id]


def test_after_a_restore_only_new_people_are_invited(lost: Lost, tmp_path: Path) -> None:
    before = len(lost.sink.received)
    people = "[AttendeeRequest(address=one) for one in ('told@fm.mv.example', 'new@fm.mv.example')]"

    lost.another(tmp_path).run(
        CHANGED, backup=str(lost.backup), changes=f"[ChangeRequest(attendees={people})]"
    )

    assert [one.recipient for one in lost.sink.received[before:]] == ["new@fm.mv.example"]


def test_who_was_told_before_the_backup_is_not_told_again_when_it_is_said_once_more(
    lost: Lost, tmp_path: Path
) -> None:
    """What was told is raised together with what a change takes: else everybody would look uninformed."""
    before = len(lost.sink.received)

    lost.another(tmp_path).run(SAID_AGAIN, backup=str(lost.backup))

    assert "told@fm.mv.example" not in [one.recipient for one in lost.sink.received[before:]]


def test_what_does_not_fit_or_would_overwrite_is_refused(lost: Lost, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    octets = bytearray(lost.backup.read_bytes())
    octets[len(octets) // 2] ^= 1
    damaged.write_bytes(octets)
    newer = _changed(lost.backup, tmp_path / "newer.tar", migrations=["bookings.9999_of_tomorrow"])
    notes = tmp_path / "notes.txt"
    notes.write_text("Guten Tag")
    tries = [
        ("restore", str(damaged)),
        ("restore", str(newer)),
        ("restore", str(notes)),
        ("restore", str(tmp_path / "absent.tar")),
        ("backup", str(notes)),
        ("restore", str(lost.backup)),  # after all that was refused, the database is still empty
        ("restore", str(lost.backup)),
    ]

    lines = lost.another(tmp_path).run(TRIED, tries=tries).splitlines()

    said = [line for line in lines if line.startswith(str(tmp_path)) or "not empty" in line]
    assert said[0] == f"{damaged} is damaged: its checksum is wrong."
    assert said[1].startswith(f"{newer} was made by a newer vconf: it has bookings.9999_of_tomorrow")
    assert said[2].startswith(f"{notes} is no backup that can be read")
    assert said[3].startswith(f"{tmp_path / 'absent.tar'} is no backup that can be read")
    assert said[4] == f"{notes} is there already; backups are not overwritten."
    assert said[5].endswith("is not empty; a backup is only brought back into an empty one.")
    assert notes.read_text() == "Guten Tag"
    assert lost.backup.stat().st_mode & 0o077 == 0


def test_a_backup_needs_its_keys(lost: Lost, tmp_path: Path) -> None:
    other = lost.another(tmp_path, VCONF_SECRET_KEY=KEY[::-1])

    assert "another VCONF_SECRET_KEY" in other.run(TRIED, tries=[("restore", str(lost.backup))])


def test_a_backup_that_somebody_has_changed_is_refused(lost: Lost, tmp_path: Path) -> None:
    """Whoever can write where backups lie makes nobody an operator: a checksum alone they could make anew."""
    evil = b"SELECT 'anything'"
    theirs = _changed(
        lost.backup, tmp_path / "theirs.tar", database=evil, sha256=hashlib.sha256(evil).hexdigest()
    )
    renamed = _changed(lost.backup, tmp_path / "renamed.tar", made_at="2020-01-01T00:00:00+00:00")
    tries = [("restore", str(theirs)), ("restore", str(renamed))]

    said = lost.another(tmp_path).run(TRIED, tries=tries).splitlines()

    assert said == [f"{file} is not what was made: somebody has changed it." for file in (theirs, renamed)]


def test_what_only_looks_like_a_backup_is_refused_in_one_line(lost: Lost, tmp_path: Path) -> None:
    files: list[Path] = []
    for description in (
        b"[" * 100_000,
        b"[]",
        b'{"format": 1}',
        b'{"format": 1, "keys": [1, 2], "migrations": 5}',
        b"\xff",
    ):
        files.append(tmp_path / f"strange-{len(files)}.tar")
        with tarfile.open(files[-1], "w") as archive:
            for name, content in (("backup.json", description), ("database", b"SQLite format 3")):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, BytesIO(content))

    said = lost.another(tmp_path).run(TRIED, tries=[("restore", str(file)) for file in files]).splitlines()

    for file, line in zip(files, said, strict=True):
        assert line.startswith(f"{file} is no backup")


def test_a_database_that_lies_elsewhere_is_refused(lost: Lost, tmp_path: Path) -> None:
    file = tmp_path / "strange.tar"
    with tarfile.open(file, "w") as archive:
        link = tarfile.TarInfo("database")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    [said] = lost.another(tmp_path).run(TRIED, tries=[("restore", str(file))]).splitlines()

    assert said.startswith(f"{file} is no backup that can be read")


def _changed(source: Path, target: Path, *, database: bytes | None = None, **changes: object) -> Path:
    with tarfile.open(source) as before, tarfile.open(target, "w") as after:
        before.extractall(target.parent / "parts", filter="data")
        text = target.parent / "parts" / "backup.json"
        text.write_text(json.dumps(json.loads(text.read_text()) | changes))
        if database is not None:
            (target.parent / "parts" / "database").write_bytes(database)
        for name in ("backup.json", "database"):
            after.add(target.parent / "parts" / name, name)
    return target


def _sequence(mail: Received) -> int:
    [part] = [one for one in mail.message.walk() if one.get_content_type() == "text/calendar"]
    return int(part.get_content().partition("\nSEQUENCE:")[2].split()[0])


def _made_at(backup: Path) -> str:
    with tarfile.open(backup) as archive:
        member = archive.extractfile("backup.json")
        assert member is not None
        return str(json.load(member)["made_at"])
