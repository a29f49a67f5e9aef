# SPDX-License-Identifier: EUPL-1.2
"""Invitations by mail, with and without hostile ones among them: `python -m bench mail`.

`python -m bench.mail FILE MAILS HOSTILE` writes the rows: a fresh database with the demo's people and rooms, a process
of `manage.py mail_intake`, to which several conversations hand mails over by LMTP, then the job that handles them, and
the one that sends what rooms answer to a mail server in here. There answers are counted: one for each good invitation.
Every hostile one is to be refused at the door, put away, or answered once.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import smtplib
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.rows import Row
from tests.smtp_sink import SmtpSink, smtp_sink, unused_port

NAME = "mail"
MAILS, HOSTILE = 2_000, 100
#: mails a second that one worker handles: a state's invitations of a busy hour in two minutes
GOAL = 15.0
#: of that rate, what is left of it with hostile mails among the others
RATIO = 0.5
#: seconds for one mail, whatever is in it: what its reader is given
SLOWEST = 10.0
#: of memory, for each of the processes
MOST_MEGABYTES = 600
_CONNECTIONS = 4
_ROOMS = ("mueritz", "schaalsee", "darss", "ruegen", "warnow", "recknitz", "peene")
_DOMAIN = "raum.mv.example"
_HOURS = range(7, 19)
#: what DTSTART names takes place, whatever the rule says of other dates (RFC 5545, 3.8.5.3)
_TAKES_PLACE = frozenset({"calendar: a rule that never matches"})
_LINE_END = re.compile(rb"\r?\n")
#: one person writes all of it, and their administration pays: in life the caps would keep answers back
_CAPS = ("VCONF_MAILS_TO_ADDRESS", "VCONF_MAILS_OF_ORGANISER", "VCONF_MAILS_OF_AUTHORITY")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail on its way, made when it is handed over.

    kind: of a hostile one, "" of an invitation like any other. sender: of the envelope, each hostile mail has its own.
    """

    kind: str
    uid: str
    sender: str
    recipient: str
    make: Callable[[], bytes]

    @property
    def is_good(self) -> bool:
        return not self.kind


@dataclass(slots=True)
class Watched:
    """What is seen of the processes while mails are handled. memory: megabytes at most, by process."""

    slowest: float = 0.0
    memory: Counter[str] = field(default_factory=Counter)
    readers: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. Rates are per second, of mails. processor: seconds of ours for each.

    not_answered: UIDs of good mails that did not get exactly one answer. ends: what became of hostile mails.
    """

    good: int
    hostile: int
    taken_in: float
    handled: float
    processor: float
    answered: float
    answers: Mapping[str, int]
    not_answered: Sequence[str]
    ends: Mapping[str, int]
    replaced: int
    watched: Watched

    @property
    def mails(self) -> int:
        return self.good + self.hostile


def as_rows(url: str, folder: Path, environment: Mapping[str, str]) -> list[Row]:
    """The rows, made by a process of its own."""
    file = folder / "mail.json"
    subprocess.run(
        [sys.executable, "-m", "bench.mail", str(file), str(MAILS), str(HOSTILE)],
        env={**environment, "VCONF_DATABASE_URL": url, "VCONF_DATA_DIR": str(folder / "mail")},
        check=True,
    )
    return [Row(**row) for row in json.loads(file.read_text())]


def main() -> None:
    with smtp_sink() as sink:
        os.environ["VCONF_EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
        os.environ["VCONF_MAIL_INTAKE"] = f"lmtp://127.0.0.1:{unused_port()}"
        os.environ.update(dict.fromkeys(_CAPS, "1000000"))
        import django  # noqa: PLC0415  the settings are read from the environment

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        logging.disable(logging.WARNING)
        call_command("migrate", verbosity=0)
        call_command("load_demo", verbosity=0)
        file, mails, hostile = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
        plain = run(sink, good=mails // 4, hostile=0, first=0)
        mixed = run(sink, good=mails - hostile, hostile=hostile, first=mails // 4)
    file.write_text(json.dumps([asdict(row) for row in rows(plain, mixed)]))


def rows(plain: Outcome, mixed: Outcome) -> list[Row]:
    found = []
    for one in (plain, mixed):
        share = f"{one.hostile} of {one.mails} hostile"
        beside = f"{one.processor * 1000:.0f} ms of our processor each; slowest {one.watched.slowest:.2f} s"
        said = ", ".join(f"{count} {partstat}" for partstat, count in sorted(one.answers.items()))
        lacking = len(one.not_answered)
        found += [
            Row(NAME, f"mails taken in, {share}", one.mails, f"{one.taken_in:.0f}/s", one.taken_in),
            Row(
                NAME,
                f"mails handled, {share}",
                one.mails,
                f"{one.handled:.1f}/s",
                one.handled,
                beside=beside,
                at_least=GOAL,
            ),
            Row(NAME, f"answers sent, {share}", one.good, f"{one.answered:.1f}/s", one.answered),
            Row(
                NAME,
                f"invitations not answered exactly once, {share}",
                one.good,
                f"{lacking} of {one.good}",
                lacking,
                beside=said,
                at_most=0,
            ),
        ]
    bad = sum(count for end, count in mixed.ends.items() if end.startswith("!"))
    ratio = mixed.handled / plain.handled
    memory = plain.watched.memory | mixed.watched.memory
    slowest = max(plain.watched.slowest, mixed.watched.slowest)
    replaced = plain.replaced + mixed.replaced
    return [
        *found,
        Row(
            NAME,
            "mails handled with hostile ones, of those without",
            mixed.mails,
            f"{ratio:.2f}",
            ratio,
            at_least=RATIO,
        ),
        Row(
            NAME,
            "hostile mails that came through",
            mixed.hostile,
            f"{bad} of {mixed.hostile}",
            bad,
            beside=", ".join(f"{count} {end}" for end, count in sorted(mixed.ends.items())),
            at_most=0,
        ),
        Row(NAME, "slowest mail", mixed.mails, f"{slowest:.2f} s", slowest, at_most=SLOWEST),
        Row(NAME, "readers that had to be replaced", mixed.mails, str(replaced), replaced, at_most=0),
        Row(
            NAME,
            "memory at most, MB",
            mixed.mails,
            ", ".join(f"{megabytes} {process}" for process, megabytes in sorted(memory.items())),
            max(memory.values()),
            at_most=MOST_MEGABYTES,
        ),
    ]


def run(sink: SmtpSink, *, good: int, hostile: int, first: int) -> Outcome:
    """Hand over, handle, answer. first: where the numbers of the mails begin, so that each run has times of its own."""
    from vconf.integrations.imip import reader  # noqa: PLC0415
    from vconf.integrations.imip.models import IncomingMail  # noqa: PLC0415

    mails = list(_mixed(good, hostile, first))
    before, watched = IncomingMail.objects.count(), Watched()
    with _listening(watched) as port:
        begun = time.monotonic()
        refused = _hand_over(mails, port)
        taken_in = len(mails) / (time.monotonic() - begun)
    count = IncomingMail.objects.count() - before
    begun, processor = time.monotonic(), time.process_time()
    _handle(watched)
    handled, processor = time.monotonic() - begun, time.process_time() - processor
    reader.end()
    begun = time.monotonic()
    _send_answers()
    answered = good / (time.monotonic() - begun)
    answers = _answers(sink)
    wanted = {mail.uid for mail in mails if mail.is_good}
    return Outcome(
        good=good,
        hostile=hostile,
        taken_in=taken_in,
        handled=count / handled,
        processor=processor / count,
        answered=answered,
        answers=Counter(partstat for uid in wanted for partstat in answers.get(uid, ())),
        not_answered=sorted(uid for uid in wanted if len(answers.get(uid, ())) != 1),
        ends=_ends([mail for mail in mails if not mail.is_good], refused, answers),
        replaced=len(watched.readers) - -(-count // reader.MAILS_PER_CHILD),
        watched=watched,
    )


# --- mails -----------------------------------------------------------------------------------------------


def _mixed(good: int, hostile: int, first: int) -> Iterator[Sent]:
    """Hostile ones evenly among the others, all kinds in turn."""
    from tests.integrations.imip.hostile import HOSTILE as KINDS  # noqa: PLC0415

    kinds = [(kind, make) for kind, (make, _) in KINDS.items()]
    sent = 0
    for number in range(good):
        yield _invitation(first + number)
        while sent < (number + 1) * hostile // good:
            yield _bomb(first + sent, *kinds[sent % len(kinds)])
            sent += 1


def _bomb(number: int, kind: str, make: Callable[[], bytes]) -> Sent:
    """Each is another mail with a UID of its own, or it would be taken in, and looked into, only once."""
    uid = f"bomb-{number}@im.mv.example"

    def made() -> bytes:
        return f"X-Number: {number}\n".encode() + make().replace(b"lage-1@im.mv.example", uid.encode())

    return Sent(kind, uid, f"bomb-{number}@mail.example", f"{_ROOMS[0]}@{_DOMAIN}", made)


def _invitation(number: int) -> Sent:
    from tests.integrations.imip.mails import EVENT, alternative  # noqa: PLC0415

    slot, place = divmod(number, len(_ROOMS))
    day, hour = divmod(slot, len(_HOURS))
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight + timedelta(days=day + 2, hours=_HOURS[hour])
    uid, room = f"good-{number}@im.mv.example", f"{_ROOMS[place]}@{_DOMAIN}"
    event = (
        EVENT.replace("lage-1@im.mv.example", uid)
        .replace("20270105T090000Z", f"{begin:%Y%m%dT%H%M%SZ}")
        .replace("20270105T100000Z", f"{begin + timedelta(minutes=30):%Y%m%dT%H%M%SZ}")
        .replace(f"saal@{_DOMAIN}", room)
    )
    return Sent(
        "",
        uid,
        "anna@im.mv.example",
        room,
        lambda: alternative(event, to=room, message_id=f"<{number}@im.mv.example>"),
    )


# --- taking in, handling, answering ----------------------------------------------------------------------


@contextmanager
def _listening(watched: Watched) -> Iterator[int]:
    """`manage.py mail_intake` in a process of its own; the port where it takes mails."""
    port = int(os.environ["VCONF_MAIL_INTAKE"].rpartition(":")[2])
    intake = subprocess.Popen([sys.executable, "manage.py", "mail_intake"], stdout=subprocess.PIPE)
    try:
        assert intake.stdout is not None
        assert intake.stdout.readline().startswith(b"Listening")
        yield port
        watched.memory["intake"] = _megabytes(intake.pid)
    finally:
        intake.terminate()
        intake.communicate(timeout=30)


def _hand_over(mails: Sequence[Sent], port: int) -> set[str]:
    """By several conversations at once; senders of the mails that were refused for good."""

    def talk(part: Sequence[Sent]) -> set[str]:
        refused = set()
        with smtplib.LMTP("127.0.0.1", port, timeout=60) as server:
            for mail in part:
                try:
                    octets = _LINE_END.sub(b"\r\n", mail.make())  # as whatever mail server it came through
                    server.sendmail(mail.sender, [mail.recipient], octets)
                except smtplib.SMTPResponseException as error:
                    if mail.is_good or error.smtp_code < 500:
                        raise
                    refused.add(mail.sender)
        return refused

    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        parts = threads.map(talk, [mails[number::_CONNECTIONS] for number in range(_CONNECTIONS)])
        return set[str]().union(*parts)


def _handle(watched: Watched) -> None:
    """What the worker's job does, one mail at a time to be able to look in between."""
    from vconf.integrations.imip import intake  # noqa: PLC0415

    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the most from now on (proc(5)): bombs were made in here
    while True:
        begun = time.monotonic()
        if not intake.take_mails(limit=1) and not _made_due():
            break
        watched.slowest = max(watched.slowest, time.monotonic() - begun)
        for pid in _readers():
            watched.readers.add(pid)
            watched.memory["reader"] = max(watched.memory["reader"], _megabytes(pid))
    watched.memory["worker"] = _megabytes(os.getpid())


def _made_due() -> int:
    """How many wait for their second try; they get it at once."""
    from django.utils import timezone  # noqa: PLC0415

    from vconf.integrations.imip.models import IncomingMail  # noqa: PLC0415

    return IncomingMail.objects.filter(state="waiting").update(due_at=timezone.now())


def _send_answers() -> None:
    from vconf.outbox import deliver  # noqa: PLC0415
    from vconf.reactions import REACTIONS  # noqa: PLC0415

    while deliver.deliver_due(REACTIONS, limit=1_000, only={"room_answers"}):
        pass


def _readers() -> Iterator[int]:
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        if b"imip.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
            yield int(pid)


def _megabytes(pid: int) -> int:
    """The most memory that a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


# --- what became of them ---------------------------------------------------------------------------------


def _answers(sink: SmtpSink) -> Mapping[str, list[str]]:
    """UID -> PARTSTAT of each answer that came to the mail server, the same Message-ID counted once or not."""
    import icalendar  # noqa: PLC0415

    found = defaultdict(list)
    for received in sink.received:
        for part in received.message.walk():
            if part.get_content_type() != "text/calendar" or part.get_param("method") != "REPLY":
                continue
            octets = part.get_payload(decode=True)
            assert isinstance(octets, bytes)
            calendar = icalendar.Calendar.from_ical(octets)
            for event in calendar.walk("VEVENT"):
                found[str(event["UID"])].append(event["ATTENDEE"].params["PARTSTAT"])
    return found


def _ends(mails: Sequence[Sent], refused: set[str], answers: Mapping[str, list[str]]) -> Mapping[str, int]:
    """What became of each hostile mail, and of how many; `!` before what must not be."""
    from vconf.integrations.imip.models import IncomingMail  # noqa: PLC0415

    stored = IncomingMail.objects.filter(sender__in=[mail.sender for mail in mails])
    states = {sender: (state, code) for sender, state, code in stored.values_list("sender", "state", "code")}
    ends = Counter[str]()
    for mail in mails:
        state, code = states.get(mail.sender, ("", ""))
        if not state:
            end = "refused at the door" if mail.sender in refused else "!lost"
        elif state == "done":
            said = answers.get(mail.uid, [])
            is_fine = said == ["DECLINED"] or (mail.kind in _TAKES_PLACE and said == ["ACCEPTED"])
            end = said[0].lower() if is_fine else f"!done, {' and '.join(said) or 'no answer'}"
        elif state in ("set_aside", "ignored") and code != "failed":
            end = f"{state.replace('_', ' ')} ({code})"
        else:
            end = f"!{state} ({code})"
        ends[f"{end}: {mail.kind}" if end.startswith("!") else end] += 1
    return ends


if __name__ == "__main__":
    main()
