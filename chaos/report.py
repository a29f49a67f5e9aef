# SPDX-License-Identifier: EUPL-1.2
"""The numbers of a run, as a table."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from chaos.checker import MailCount
from chaos.faults import Strike
from chaos.history import Mail, Promise, Standing, Violation
from chaos.journal import Journal

_HOWS = ("kill", "restart", "freeze", "stall", "lose", "flush")
#: process -> those without which it cannot show that it is back
_NEEDS = {
    "web-1": {"postgresql"},
    "web-2": {"postgresql"},
    "postgresql": set[str](),
    "redis": {"postgresql"},
    "worker-mail": {"mail-server", "beat", "redis", "postgresql"},
    "mail-server": {"worker-mail", "beat", "redis", "postgresql"},
    "worker-swift": {"beat", "redis", "postgresql"},
    "beat": {"worker-swift", "redis", "postgresql"},
}


def lines(
    journal: Journal,
    strikes: Sequence[Strike],
    mails: Sequence[Mail],
    count: MailCount,
    *,
    doors: Sequence[str],
    crashed: Sequence[str],
    drained_after: float,
    seconds: float,
) -> Iterator[str]:
    promises = list(journal.promises.values())
    heads = "".join(f"{how:>9}" for how in _HOWS)
    yield f"{'process':14}{heads}   back at work after (p50 / max, measured)"
    times = recovery_times(journal, strikes, mails, doors)
    done = Counter((strike.process, strike.how) for strike in strikes)
    for name in dict.fromkeys(strike.process for strike in sorted(strikes, key=lambda one: one.process)):
        counts = [done[name, how] for how in _HOWS]
        took = times.get(name, [])
        back = f"{median(took):.1f} s / {max(took):.1f} s, {len(took)}" if took else "-"
        yield f"{name:14}{''.join(f'{count:9}' for count in counts)}   {back}"
    sums = [sum(done[name, how] for name in {one.process for one in strikes}) for how in _HOWS]
    yield f"{'all':14}{''.join(f'{count:9}' for count in sums)}"
    yield f"crash points at which a process died: {len(crashed)}"
    yield ""
    yield f"operations: {journal.operations.total()} in {seconds:.0f} s" + _listed(journal.operations)
    yield f"asked more than once: {journal.retried}; tries without an answer" + _listed(journal.unanswered)
    yield (
        f"bookings acknowledged: {_standing(promises, Standing.BOOKED)} standing,"
        f" {_standing(promises, Standing.CANCELLED)} cancelled; refused{_listed(journal.refusals)};"
        f" never answered: {_standing(promises, Standing.UNANSWERED)}"
    )
    yield (
        f"events in calendars: {_events(journal, Standing.BOOKED)} standing,"
        f" {_events(journal, Standing.CANCELLED)} deleted; never answered: {_events(journal, Standing.UNANSWERED)};"
        f" answers kept: {sum(bool(one.partstat) for one in journal.answers.values())}"
    )
    invited = Counter(one.standing for one in journal.invitations)
    yield (
        f"meetings asked for by mail: {invited[Standing.BOOKED]} standing, {invited[Standing.CANCELLED]} cancelled;"
        f" never taken: {invited[Standing.UNANSWERED]}; answers of rooms"
        f" {len({mail.message_id for mail in mails if mail.method == 'REPLY'})}"
    )
    yield (
        f"mails taken: {count.taken}, by Message-ID {count.distinct}, repeated {count.repeated};"
        f" SEQUENCEs superseded before they were told: {count.superseded}"
    )
    yield f"time to drain: {drained_after:.1f} s"


def verdict(violations: Sequence[Violation]) -> Iterator[str]:
    kinds = Counter(violation.kind for violation in violations)
    for violation in violations[:50]:
        yield f"VIOLATION  {violation}"
    if len(violations) > 50:
        yield f"... and {len(violations) - 50} more"
    yield f"violations: {len(violations)}" + (_listed(kinds) if kinds else "")


def recovery_times(
    journal: Journal, strikes: Sequence[Strike], mails: Sequence[Mail], doors: Sequence[str]
) -> dict[str, list[float]]:
    """Process -> seconds from its start (or thaw) to the first thing done that needs it, for each strike.

    A web process: a request answered. Databases: something changed. Mail worker and mail server: a mail taken.
    Clock, swift worker: news on the board. What asks for it may come a moment later, so these are upper bounds. Left
    out is what cannot be told apart: when it, or what it needs, was struck again meanwhile.
    """
    answers = sorted(journal.answered, key=lambda one: one.sent_at)
    changes = sorted(one.sent_at for one in answers if one.changed_something)
    ends = {one.sent_at: one.at for one in answers}
    mailed = sorted(mail.arrived_at for mail in mails)
    boards = sorted(journal.board_news_at)
    times: dict[str, list[float]] = defaultdict(list)
    for strike in strikes:
        if strike.how == "stall":
            continue  # its other child goes on
        match strike.process:
            case "web-1" | "web-2":
                door = doors[int(strike.process[-1]) - 1]
                sent = [one.sent_at for one in answers if one.door == door]
            case "postgresql" | "redis":
                sent = changes
            case "worker-mail" | "mail-server":
                sent = mailed
            case "worker-swift" | "beat":
                sent = boards
            case _:
                continue
        first = bisect_left(sent, strike.over_at)
        if first < len(sent):
            back_at = ends.get(sent[first], sent[first])
            if not _disturbed(strike, back_at, strikes):
                times[strike.process].append(back_at - strike.over_at)
    return times


def _disturbed(strike: Strike, back_at: float, strikes: Sequence[Strike]) -> bool:
    needed = _NEEDS[strike.process] | {strike.process}
    return any(
        other is not strike
        and other.process in needed
        and other.at < back_at
        and other.over_at > strike.over_at - 5.0
        for other in strikes
    )


def _standing(promises: Sequence[Promise], standing: Standing) -> int:
    return sum(promise.standing is standing for promise in promises)


def _events(journal: Journal, standing: Standing) -> int:
    return sum(event.standing is standing for event in journal.events)


def _listed(counts: Counter[str]) -> str:
    return (
        ": " + ", ".join(f"{name} {number}" for name, number in counts.most_common()) if counts else ": none"
    )
