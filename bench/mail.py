# SPDX-License-Identifier: EUPL-1.2
"""Invitations by mail, with and without hostile ones among them: `python -m bench mail`.

`python -m bench.mail FILE MAILS` writes the rows: a fresh database with the demo's people and rooms, a listener in this
process, mails handed over by LMTP as a mail server does, then the job that handles them. Every good one is handled once
and its room answers once; every hostile one is refused, set aside or ignored; memory has a bound.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from bench.rows import Row

NAME = "mail"
MAILS = 2_000
#: of a hundred
HOSTILE_SHARE = 5
#: mails a second that are handled, hostile ones among them: a state's invitations of a busy hour in two minutes
GOAL = 15.0
#: of memory, for us and for what reads
MOST_MEGABYTES = 600.0
_CONNECTIONS = 4
#: through the list of hostile mails, so that a few of them are of all kinds
_STEP = 7
_ROOMS = ("mueritz", "schaalsee", "darss", "ruegen", "warnow", "recknitz", "peene")
_HOURS = range(7, 19)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail on its way. is_good: an invitation like any other."""

    octets: bytes
    recipient: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. seconds: of handing over, and of handling."""

    good: int
    hostile: int
    handed_over: float
    handled: float
    answered_once: int
    states: Mapping[str, int]
    refused: int

    @property
    def mails(self) -> int:
        return self.good + self.hostile


def as_rows(url: str, folder: Path, environment: Mapping[str, str]) -> list[Row]:
    """The rows, made by a process of its own."""
    file = folder / "mail.json"
    subprocess.run(
        [sys.executable, "-m", "bench.mail", str(file), str(MAILS)],
        env={**environment, "VCONF_DATABASE_URL": url, "VCONF_DATA_DIR": str(folder / "mail")},
        check=True,
    )
    return [Row(**row) for row in json.loads(file.read_text())]


def main() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    file, mails = Path(sys.argv[1]), int(sys.argv[2])
    plain = run(good=mails // 2, hostile=0, first=0)
    mixed = run(
        good=mails - mails * HOSTILE_SHARE // 100, hostile=mails * HOSTILE_SHARE // 100, first=mails // 2
    )
    file.write_text(json.dumps([asdict(row) for row in rows(plain, mixed)]))


def rows(plain: Outcome, mixed: Outcome) -> list[Row]:
    found = []
    for outcome in (plain, mixed):
        share = f"{outcome.hostile} of {outcome.mails} hostile"
        handing, handling = outcome.mails / outcome.handed_over, outcome.mails / outcome.handled
        found += [
            Row(NAME, f"mails taken in, {share}", outcome.mails, f"{handing:.0f}/s", handing),
            Row(NAME, f"mails handled, {share}", outcome.mails, f"{handling:.1f}/s", handling, at_least=GOAL),
            Row(
                NAME,
                "invitations not answered exactly once",
                outcome.good,
                f"{outcome.good - outcome.answered_once} of {outcome.good}",
                outcome.good - outcome.answered_once,
                beside=", ".join(f"{count} {state}" for state, count in sorted(outcome.states.items())),
                at_most=0,
            ),
        ]
    ours, readers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    memory = max(ours, readers)
    found.append(
        Row(
            NAME,
            "memory at most, MB",
            mixed.mails,
            f"{ours:.0f} and {readers:.0f} of the reader",
            memory,
            at_most=MOST_MEGABYTES,
        )
    )
    return found


def run(*, good: int, hostile: int, first: int) -> Outcome:
    """Hand over and handle. first: where the numbers of the mails begin, so that each run has rooms of its own."""
    from vconf.integrations.imip import intake, reader  # noqa: PLC0415
    from vconf.integrations.imip.models import IncomingMail, Invitation  # noqa: PLC0415

    before = set(IncomingMail.objects.values_list("id", flat=True))
    mails = list(_mixed(good, hostile, first))
    with _listening() as port:
        begun = time.monotonic()
        refused = _hand_over(mails, port)
        handed_over = time.monotonic() - begun
    begun = time.monotonic()
    while intake.take_mails(limit=100) or _left(before):
        pass
    handled = time.monotonic() - begun
    reader.end()
    answers = _answers([f"bench-{number}@im.mv.example" for number in range(first, first + good)])
    assert Invitation.objects.exists()
    return Outcome(
        good=good,
        hostile=hostile,
        handed_over=handed_over,
        handled=handled,
        answered_once=sum(count == 1 for count in answers.values()),
        states=Counter(IncomingMail.objects.exclude(id__in=before).values_list("state", flat=True)),
        refused=refused,
    )


def _left(before: set[UUID]) -> bool:
    """Whether something is left that waits for its second try; it is due at once then."""
    from django.utils import timezone  # noqa: PLC0415

    from vconf.integrations.imip.models import IncomingMail  # noqa: PLC0415

    waiting = IncomingMail.objects.exclude(id__in=before).filter(state="waiting")
    return waiting.update(due_at=timezone.now()) > 0


def _answers(uids: Sequence[str]) -> Mapping[str, int]:
    """UID -> answers that its room gives: what is sent is worked out from them, once each."""
    from vconf.integrations.imip.models import Invitation  # noqa: PLC0415
    from vconf.outbox.models import Message  # noqa: PLC0415

    invitations = {str(row.id): row.uid for row in Invitation.objects.filter(uid__in=uids)}
    asked = Message.objects.filter(fact="InvitationAnswerable").values_list("payload", flat=True)
    found = Counter(invitations[one["invitation_id"]] for one in asked if one["invitation_id"] in invitations)
    return {uid: found[uid] for uid in uids}


def _mixed(good: int, hostile: int, first: int) -> Iterator[Sent]:
    """Hostile ones evenly among the others."""
    from tests.integrations.imip.hostile import HOSTILE  # noqa: PLC0415

    bombs = [make for make, _ in HOSTILE.values()]
    sent = 0
    for number in range(good):
        yield _invitation(first + number)
        while sent < (number + 1) * hostile // good:
            # each is another mail, or it would be taken in once
            octets = f"X-Number: {first + sent}\n".encode() + bombs[sent * _STEP % len(bombs)]()
            yield Sent(octets, f"{_ROOMS[0]}@raum.mv.example", is_good=False)
            sent += 1


def _invitation(number: int) -> Sent:
    from tests.integrations.imip.mails import EVENT, alternative  # noqa: PLC0415

    slot, place = divmod(number, len(_ROOMS))
    day, hour = divmod(slot, len(_HOURS))
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0, hour=_HOURS[hour]) + timedelta(
        days=day + 2
    )
    room = f"{_ROOMS[place]}@raum.mv.example"
    event = (
        EVENT.replace("lage-1@", f"bench-{number}@")
        .replace("20270105T090000Z", f"{begin:%Y%m%dT%H%M%SZ}")
        .replace("20270105T100000Z", f"{begin + timedelta(minutes=30):%Y%m%dT%H%M%SZ}")
        .replace("saal@raum.mv.example", room)
    )
    return Sent(alternative(event, to=room, message_id=f"<{number}@im.mv.example>"), room, is_good=True)


def _hand_over(mails: Sequence[Sent], port: int) -> int:
    """By several conversations at once; how many were refused for good."""
    refused: list[int] = []

    def talk(part: Sequence[Sent]) -> None:
        with smtplib.LMTP("127.0.0.1", port, timeout=60) as server:
            for mail in part:
                try:
                    server.sendmail("anna@im.mv.example", [mail.recipient], mail.octets)
                except smtplib.SMTPResponseException as error:
                    if mail.is_good or error.smtp_code < 500:
                        raise
                    refused.append(error.smtp_code)

    talkers = [
        threading.Thread(target=talk, args=(mails[number::_CONNECTIONS],)) for number in range(_CONNECTIONS)
    ]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    return len(refused)


@contextmanager
def _listening() -> Iterator[int]:
    from vconf.integrations.imip.listener import Listener  # noqa: PLC0415

    loop = asyncio.new_event_loop()
    listener = Listener("lmtp://127.0.0.1:0")
    loop.run_until_complete(listener.open())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listener.port
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


if __name__ == "__main__":
    main()
