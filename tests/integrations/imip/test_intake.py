# SPDX-License-Identifier: EUPL-1.2
"""From the octets to what a mail asks for: each has one effect, whoever dies, and none keeps others from theirs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import structlog
from django.conf import settings as django_settings
from django.db import DataError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tests.integrations.imip.mails import EVENT, alternative, mail, winmail
from tests.live_server import ROOT
from tests.threads import at_once
from vconf.integrations.imip import inbound, intake
from vconf.integrations.imip.limits import TooMuch
from vconf.integrations.imip.models import IncomingMail, MailState
from vconf.integrations.imip.shapes import Outcome, ReadMail, Trust
from vconf.outbox.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]

Handled = list[tuple[ReadMail, Trust]]


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Handled:
    """What was handled, in place of doing it."""
    seen: Handled = []

    def handle(mail: IncomingMail, read: ReadMail, trust: Trust, *, now: datetime) -> Outcome:
        seen.append((read, trust))
        return Outcome("done")

    monkeypatch.setattr(inbound, "handle", handle)
    return seen


def doing(monkeypatch: pytest.MonkeyPatch, what: Callable[[IncomingMail], Outcome]) -> None:
    monkeypatch.setattr(inbound, "handle", lambda mail, read, trust, *, now: what(mail))


def take(octets: bytes, *, to: str = "saal@raum.mv.example", sender: str = "anna@im.mv.example") -> None:
    intake.take_in(octets, sender=sender, recipients=[to], channel="lmtp")


def numbered(number: int) -> bytes:
    return alternative(EVENT.replace("lage-1", f"lage-{number}"), message_id=f"<{number}@im.mv.example>")


def test_a_mail_is_handled_once_and_its_content_is_gone_afterwards(handled: Handled) -> None:
    take(numbered(1))
    kept = IncomingMail.objects.get()
    assert kept.octets == numbered(1)

    assert intake.take_mails(limit=10) == 1
    assert intake.take_mails(limit=10) == 0

    assert [(read.uid, trust.address) for read, trust in handled] == [
        ("lage-1@im.mv.example", "anna@im.mv.example")
    ]
    done = IncomingMail.objects.get()
    assert (done.state, done.octets, done.code) == (MailState.DONE, None, "")
    assert done.uid_hash and "lage" not in done.uid_hash


def test_content_is_encrypted_at_rest(handled: Handled) -> None:
    take(numbered(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT octets FROM imip_incomingmail")
        (stored,) = cursor.fetchone()

    assert b"VCALENDAR" not in bytes(stored)


def test_the_same_mail_twice_is_kept_once_and_for_another_room_again(handled: Handled) -> None:
    take(numbered(1))
    take(numbered(1))
    intake.take_mails(limit=10)
    take(numbered(1))
    take(numbered(1), to="other@raum.mv.example")
    intake.take_mails(limit=10)

    assert len(handled) == 2


def test_oldest_first(handled: Handled) -> None:
    for number in range(5):
        take(numbered(number))

    assert intake.take_mails(limit=3) == 3
    assert intake.take_mails(limit=3) == 2
    assert [read.uid[5] for read, _ in handled] == ["0", "1", "2", "3", "4"]


def test_more_than_is_looked_at_is_not_kept(settings: Settings) -> None:
    settings.VCONF_MAIL_MAX_BYTES = 1_000
    with pytest.raises(TooMuch):
        take(mail("x" * 1_000))
    assert not IncomingMail.objects.exists()


def test_when_too_many_wait_no_more_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 2)
    take(numbered(1))
    take(numbered(2))

    with pytest.raises(intake.Full):
        take(numbered(3))


def test_nor_when_those_that_wait_are_large(handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING_OCTETS", 2 * len(numbered(1)))
    take(numbered(1))
    take(numbered(2))
    with pytest.raises(intake.Full):
        take(numbered(3))

    intake.take_mails(limit=1)  # content that is erased counts no more

    take(numbered(3))


def test_how_much_waits_is_known_without_reading_it() -> None:
    """For each mail that comes in it is added up, and the rows hold whole mails."""
    take(numbered(1))
    with CaptureQueriesContext(connection) as asked:
        take(numbered(2))
    (question,) = [one["sql"] for one in asked if "SUM(" in one["sql"]]

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # few rows are read faster without an index
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{question}")
        plan = str(cursor.fetchall())

    assert "incoming_mail_waiting" in plan
    assert "COVERING" in plan or "Only" in plan


@pytest.mark.postgresql
def test_a_mail_found_too_early_while_its_meeting_is_booked_is_handled_thereafter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By two processes at the same moment, which SQLite has no room for."""
    found_early, is_booked = threading.Event(), threading.Event()

    def outcome(mail: IncomingMail, read: ReadMail, now: datetime) -> Outcome:
        if mail.sender == "anna@im.mv.example" or IncomingMail.objects.filter(state=MailState.DONE).exists():
            return Outcome("done")
        found_early.set()
        is_booked.wait(2)  # whoever does not wait for this one has come to an end by then
        return Outcome("early")

    monkeypatch.setattr(intake, "_outcome", outcome)
    take(alternative(EVENT))
    take(alternative(EVENT), sender="calls-off@im.mv.example", to="halle@raum.mv.example")
    ids = {mail.sender[:4]: mail.id for mail in IncomingMail.objects.all()}

    def handle(number: int) -> None:
        if number == 0:
            intake._handle(ids["call"], ReadMail(uid="lage-1@im.mv.example"), None, timezone.now())
        else:
            assert found_early.wait(20)
            intake._handle(ids["anna"], ReadMail(uid="lage-1@im.mv.example"), None, timezone.now())
            is_booked.set()

    at_once(2, handle)
    assert intake.take_mails(limit=10) == 1
    assert {mail.state for mail in IncomingMail.objects.all()} == {MailState.DONE}


# --- what does not come to an end ------------------------------------------------------------------------------


def test_what_fails_is_tried_again_then_set_aside_once_and_the_next_is_handled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[str] = []

    def handle(mail: IncomingMail) -> Outcome:
        tries.append(str(mail.id))
        if mail.size > 10_000:
            raise RecursionError("told by the mail: secret")
        return Outcome("done")

    doing(monkeypatch, handle)
    take(alternative(EVENT.replace("Lage", "x" * 10_000)))
    take(numbered(2))
    now = timezone.now()

    with structlog.testing.capture_logs() as logs:
        intake.take_mails(limit=10, now=now)
        assert IncomingMail.objects.get(state=MailState.DONE).size < 10_000
        assert intake.take_mails(limit=10, now=now + timedelta(seconds=1)) == 0
        assert intake.take_mails(limit=10, now=now + intake.PAUSE) == 1
        assert intake.take_mails(limit=10, now=now + timedelta(hours=1)) == 0

    aside = IncomingMail.objects.get(state=MailState.SET_ASIDE)
    assert (aside.code, aside.tries, aside.octets is not None) == ("failed", 2, True)
    assert len(tries) == 3
    assert "secret" not in str(logs)
    assert [entry["error"] for entry in logs if entry["event"] == "mail.failed"] == ["RecursionError"] * 2


def test_what_the_database_refuses_to_keep_is_the_mails_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(mail: IncomingMail) -> Outcome:
        raise DataError("value too long")

    doing(monkeypatch, handle)
    take(numbered(1))
    now = timezone.now()
    intake.take_mails(limit=10, now=now)
    intake.take_mails(limit=10, now=now + intake.PAUSE)

    assert IncomingMail.objects.get().state == MailState.SET_ASIDE


def test_a_database_that_is_away_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(mail: IncomingMail) -> Outcome:
        raise OperationalError("gone away")

    doing(monkeypatch, handle)
    take(numbered(1))
    now = timezone.now()
    for number in range(3):
        with pytest.raises(OperationalError):
            intake.take_mails(limit=10, now=now + number * intake.PAUSE)

    assert IncomingMail.objects.get().state == MailState.WAITING


def test_nothing_of_a_failure_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(mail: IncomingMail) -> Outcome:
        IncomingMail.objects.create(channel="lmtp", size=1, digest="half done", state=MailState.DONE)
        raise ValueError

    doing(monkeypatch, handle)
    take(numbered(1))
    intake.take_mails(limit=10)

    assert not IncomingMail.objects.filter(digest="half done").exists()


def test_a_mail_that_takes_its_process_with_it_is_set_aside_in_the_end(handled: Handled) -> None:
    take(numbered(1))
    IncomingMail.objects.update(tries=intake.MOST_TRIES)

    intake.take_mails(limit=10)

    assert IncomingMail.objects.get().code == "failed"
    assert handled == []


DYING = """
import gc, sys, django
gc.disable()  # as manage.py does
django.setup()
from vconf.integrations.imip import inbound, intake
from vconf.integrations.imip.models import IncomingMail
from vconf.integrations.imip.shapes import Outcome
def handle(mail, read, trust, *, now):
    IncomingMail.objects.create(channel="lmtp", size=1, digest=f"effect of {read.uid}", state="done")
    return Outcome("done")
inbound.handle = handle
octets = sys.stdin.buffer.read()
if octets:
    intake.take_in(octets, sender="anna@im.mv.example", recipients=["saal@raum.mv.example"], channel="lmtp")
intake.take_mails(limit=10)
"""


@pytest.mark.parametrize(
    "point",
    [
        "imip.before_taken_commit",
        "imip.after_taken_commit",
        "imip.after_reading",
        "imip.before_handled_commit",
        "imip.after_handled_commit",
    ],
)
def test_whoever_dies_wherever_one_effect_comes_of_a_mail(point: str, tmp_path: object) -> None:
    """The sender who got no answer sends it again, as mail servers do."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "vconf.settings",
        "VCONF_DEMO": "1",
        "VCONF_DATA_DIR": str(tmp_path),
        "VCONF_DATABASE_URL": database_url(),
    }

    def run(octets: bytes, **more: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", DYING],
            input=octets,
            cwd=ROOT,
            env=environment | more,
            capture_output=True,
            check=False,
            timeout=120,
        ).returncode

    connection.close()
    assert run(numbered(1), VCONF_CRASH_POINTS=f"{point}=once") == -9
    IncomingMail.objects.update(due_at=timezone.now())
    connection.close()
    assert run(numbered(1)) == 0

    assert IncomingMail.objects.filter(digest="effect of lage-1@im.mv.example").count() == 1
    assert IncomingMail.objects.get(channel="lmtp", size__gt=1).state == MailState.DONE


def database_url() -> str:
    options = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{options['NAME']}"
    host = options["HOST"]
    return f"postgresql://{options['USER']}:{options['PASSWORD']}@/{options['NAME']}?host={host}&port={options['PORT']}"


# --- what comes early ----------------------------------------------------------------------------------------


def test_what_comes_early_is_tried_again_when_its_meeting_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []

    def handle(mail: IncomingMail) -> Outcome:
        assert mail.uid_hash
        if mail.size > 1_500:
            return Outcome("done") if known else Outcome("early", "no_such_meeting")
        known.append(mail.uid_hash)
        return Outcome("done")

    doing(monkeypatch, handle)
    take(alternative(EVENT.replace("Lage", "x" * 1_500)))
    now = timezone.now()
    assert intake.take_mails(limit=10, now=now) == 1
    assert IncomingMail.objects.get().state == MailState.EARLY
    take(numbered(2))  # another meeting
    now = timezone.now()
    intake.take_mails(limit=10, now=now + timedelta(seconds=1))
    known.clear()
    assert IncomingMail.objects.filter(state=MailState.EARLY).count() == 1

    take(numbered(1))
    intake.take_mails(limit=10, now=timezone.now())
    intake.take_mails(limit=10, now=timezone.now())

    assert set(IncomingMail.objects.values_list("state", flat=True)) == {MailState.DONE}


def test_what_comes_early_is_kept_for_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    doing(monkeypatch, lambda mail: Outcome("early", "no_such_meeting"))
    take(numbered(1))
    now = timezone.now()
    for hour in range(0, 7 * 24, 6):
        assert intake.take_mails(limit=10, now=now + timedelta(hours=hour)) == 1
        assert IncomingMail.objects.get().state == MailState.EARLY

    intake.take_mails(limit=10, now=now + intake.EARLY_FOR + timedelta(hours=1))

    gone = IncomingMail.objects.get()
    assert (gone.state, gone.code, gone.octets) == (MailState.IGNORED, "early", None)


def test_only_so_many_mails_of_one_sender_wait_for_what_they_are_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "MOST_EARLY", 2)
    doing(monkeypatch, lambda mail: Outcome("early"))
    for number in range(3):
        take(numbered(number))
    take(numbered(3), sender="bernd@im.mv.example")
    now = timezone.now()
    intake.take_mails(limit=10, now=now)

    rows = IncomingMail.objects.order_by("received_at").values_list("sender", "state", "code")
    assert list(rows) == [
        ("anna@im.mv.example", MailState.EARLY, ""),
        ("anna@im.mv.example", MailState.EARLY, ""),
        ("anna@im.mv.example", MailState.SET_ASIDE, "too_many_early"),
        ("bernd@im.mv.example", MailState.EARLY, ""),
    ]

    # those that wait go on waiting, and may do what they ask for when its time comes
    intake.take_mails(limit=10, now=now + intake.EARLY_PAUSE)
    assert IncomingMail.objects.filter(state=MailState.EARLY).count() == 3


def test_nor_may_they_be_large_whoever_sent_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_EARLY_OCTETS", 2 * len(numbered(1)))
    doing(monkeypatch, lambda mail: Outcome("early"))
    for number in range(3):
        take(numbered(number), sender=f"person-{number}@im.mv.example")
    intake.take_mails(limit=10)

    assert IncomingMail.objects.get(state=MailState.SET_ASIDE).code == "too_many_early"


# --- what is not handed on -------------------------------------------------------------------------------------


def test_our_own_mails_that_come_back_are_left_alone(handled: Handled) -> None:
    take(alternative(EVENT, more="X-Vconf-Sent: notice\n"))
    intake.take_mails(limit=10)

    assert IncomingMail.objects.get().code == "loop"
    assert handled == []


def test_a_method_that_is_one_outside_and_another_inside_is_set_aside(handled: Handled) -> None:
    take(alternative(EVENT, "CANCEL"))
    intake.take_mails(limit=10)

    assert IncomingMail.objects.get().code == "method_mismatch"
    assert handled == []


def test_a_believed_sender_of_winmail_dat_is_told_once_what_to_switch_off(handled: Handled) -> None:
    for number in range(3):
        take(winmail(message_id=f"<{number}@im.mv.example>"))
    intake.take_mails(limit=10)

    assert set(IncomingMail.objects.values_list("state", "code")) == {("set_aside", "winmail")}
    (fact,) = Message.objects.filter(fact="MailUnreadable")
    fact.full_clean()  # lengths, which SQLite does not mind
    assert fact.payload["address"] == "anna@im.mv.example"


def test_nobody_is_told_by_whom_no_answer_is_wanted(handled: Handled) -> None:
    """Reports and the like come with an empty sender (RFC 5321, 4.5.5)."""
    take(winmail(), sender="")
    intake.take_mails(limit=10)

    assert IncomingMail.objects.get().code == "winmail"
    assert not Message.objects.filter(fact="MailUnreadable").exists()


@pytest.mark.parametrize(
    "more", ["Precedence: bulk\n", "List-Id: <all@im.mv.example>\n", "Auto-Submitted: auto-replied\n", None]
)
def test_nobody_else_is(handled: Handled, more: str | None, settings: Settings) -> None:
    if more is None:
        settings.VCONF_MAIL_AUTHSERV_ID = "mx.mv.example"
    take(winmail(more=more or ""))
    intake.take_mails(limit=10)

    assert IncomingMail.objects.get().code == "winmail"
    assert not Message.objects.filter(fact="MailUnreadable").exists()


def test_in_earnest_only_the_gateway_is_believed(handled: Handled, settings: Settings) -> None:
    settings.VCONF_MAIL_AUTHSERV_ID = "mx.mv.example"
    vouched = "Authentication-Results: mx.mv.example; dmarc=pass header.from=im.mv.example\n"
    take(alternative(EVENT, more=vouched))
    take(alternative(EVENT, more=vouched.replace("mx.", "mx.not-")))
    intake.take_mails(limit=10)

    assert [trust.believed for _, trust in handled] == [True, False]
    assert django_settings.VCONF_DEMO


def test_what_lies_waiting_is_noticed() -> None:
    now = timezone.now()
    assert intake.waiting_age(now) == timedelta(0)
    take(numbered(1))

    assert intake.waiting_age(now + timedelta(minutes=10)) >= timedelta(minutes=9)
