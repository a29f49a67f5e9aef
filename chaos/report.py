# SPDX-License-Identifier: EUPL-1.2
"""The numbers of a run, as a table."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from chaos.checker import MailCount, Violation
from chaos.faults import Strike
from chaos.history import Mail, Promise, Standing
from chaos.journal import Journal

_HOWS = ("kill", "restart", "freeze", "flush")


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
    yield f"{'process':14} {'kills':>6} {'restarts':>9} {'freezes':>8} {'flushes':>8}   back at work after (p50 / max)"
    times = recovery_times(journal, strikes, mails, doors)
    done = Counter((strike.process, strike.how) for strike in strikes)
    for name in dict.fromkeys(strike.process for strike in sorted(strikes, key=lambda one: one.process)):
        counts = [done[name, how] for how in _HOWS]
        took = times.get(name, [])
        back = f"{median(took):.1f} s / {max(took):.1f} s" if took else "-"
        yield f"{name:14} {counts[0]:6} {counts[1]:9} {counts[2]:8} {counts[3]:8}   {back}"
    sums = [sum(done[name, how] for name in {one.process for one in strikes}) for how in _HOWS]
    yield f"{'all':14} {sums[0]:6} {sums[1]:9} {sums[2]:8} {sums[3]:8}"
    yield f"crash points reached: {len(crashed)}"
    yield ""
    yield f"operations: {journal.operations.total()} in {seconds:.0f} s" + _listed(journal.operations)
    yield f"asked more than once: {journal.retried}; tries without an answer" + _listed(journal.unanswered)
    yield (
        f"bookings acknowledged: {_standing(promises, Standing.BOOKED)} standing,"
        f" {_standing(promises, Standing.CANCELLED)} cancelled; refused{_listed(journal.refusals)};"
        f" never answered: {_standing(promises, Standing.UNANSWERED)}"
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
    Clock, swift worker: news on the board. What asks for it may come a moment later, so these are upper bounds.
    """
    answers = sorted(journal.answered, key=lambda one: one.sent_at)
    changes = sorted(one.sent_at for one in answers if one.changed_something)
    ends = {one.sent_at: one.at for one in answers}
    mailed = sorted(mail.arrived_at for mail in mails)
    boards = sorted(journal.board_news_at)
    times: dict[str, list[float]] = defaultdict(list)
    for strike in strikes:
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
            times[strike.process].append(ends.get(sent[first], sent[first]) - strike.over_at)
    return times


def _standing(promises: Sequence[Promise], standing: Standing) -> int:
    return sum(promise.standing is standing for promise in promises)


def _listed(counts: Counter[str]) -> str:
    return (
        ": " + ", ".join(f"{name} {number}" for name, number in counts.most_common()) if counts else ": none"
    )
