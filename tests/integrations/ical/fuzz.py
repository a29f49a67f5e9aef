# SPDX-License-Identifier: EUPL-1.2
"""Random and mutated calendar objects against the reader: `python -m tests.integrations.ical.fuzz --seconds 60`.

Whatever comes in, a calendar object or InvalidCalendar comes out, within bounded time and memory; and what was taken
can be written and read again. What breaks the promise is written to `build/fuzz/` and ends the run with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.conf import settings

from tests.integrations.ical import programs
from tests.integrations.ical.events import event

Mutation = Callable[[random.Random, bytes], bytes]

#: seconds that one object of at most a megabyte may take, on a busy machine
LONGEST = 5.0
_PIECES = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\n ",
        b"\n\t",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\x85",
    ),
    *(b":", b";", b",", b'"', b"=", b"\\", b"^", b"^n", b"\\n", b"~" * 12, b"%", b"<", b"&"),
    *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VALARM\r\n", b"END:VCALENDAR\r\n", b"BEGIN:X\r\n"),
    *(b"RRULE:FREQ=SECONDLY\r\n", b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n", b"EXRULE:FREQ=DAILY\r\n"),
    *(b"DTSTART:00000000T999999Z\r\n", b"DTSTART;VALUE=DATE:20261201\r\n", b"DURATION:P999999999D\r\n"),
    *(
        b"RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T100000Z\r\n",
        b"RDATE;VALUE=PERIOD:20261201T100000Z/PT1H\r\n",
    ),
    *(b"ATTENDEE:mailto:%00@x\r\n", b'ATTENDEE;CN="a:MAILTO: b@c.de\r\n', b"TZID:Europe/Berlin\r\n"),
    *(
        b"SEQUENCE:99999999999\r\n",
        b"TZOFFSETFROM:+9999\r\n",
        b"TZOFFSETTO:-0000\r\n",
        b"DTSTART:90001231T235959\r\n",
    ),
)


def _cut(chance: random.Random, text: bytes) -> bytes:
    begin, end = sorted(chance.choices(range(len(text) + 1), k=2))
    return text[:begin] + text[end:]


def _insert(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_PIECES) * chance.choice((1, 1, 1, 2, 50)) + text[at:]


def _flip(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]


def _swap_lines(chance: random.Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randrange(1, 6)):
        if lines:
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return b"".join(lines)


def _repeat(chance: random.Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], lines[at] * chance.choice((2, 10, 600)), *lines[at:]])


def _swell(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_PIECES) * chance.choice((1_000, 100_000)) + text[at:]


def _join(chance: random.Random, text: bytes) -> bytes:
    other = programs.octets(chance.choice(programs.ALL)).splitlines(keepends=True)
    lines = text.splitlines(keepends=True)
    return b"".join(lines[: chance.randrange(len(lines) + 1)] + other[chance.randrange(len(other)) :])


MUTATIONS: tuple[Mutation, ...] = (_cut, _insert, _insert, _flip, _flip, _swap_lines, _repeat, _swell, _join)


def objects(chance: random.Random) -> Iterator[bytes]:
    """Without end."""
    while True:
        text = programs.octets(chance.choice(programs.ALL))
        if chance.random() < 0.02:
            text = b"".join(chance.choice(_PIECES) for _ in range(chance.randrange(2_000)))
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            text = chance.choice(MUTATIONS)(chance, text)
            if len(text) > 2_000_000:
                break
        yield text


def check(octets: bytes, longest: float | None) -> str:
    """What became of it: "taken", or the precondition that refused it. Raises whatever must not happen."""
    from vconf.integrations.ical.dressing import Dressing
    from vconf.integrations.ical.objects import render_object
    from vconf.integrations.ical.parse import InvalidCalendar, read_message, read_object

    begun = time.perf_counter()
    outcome = "taken"
    try:
        found = read_object(octets)
        assert Dressing.from_json(found.dressing.as_json()) == found.dressing
        again = read_object(
            render_object(event(join_url=f"{settings.VCONF_PUBLIC_URL}/j/abc"), found.dressing)
        )
        assert again.dressing.master.lines == found.dressing.master.lines
        assert again.dressing.master.parts == found.dressing.master.parts
        for one in found.events:
            assert one.duration.total_seconds() >= 0
            "".join([found.uid, one.summary, one.description, one.location, one.comment]).encode()
    except InvalidCalendar as refused:
        outcome = refused.precondition
    with contextlib.suppress(InvalidCalendar):
        read_message(octets)
    took = time.perf_counter() - begun
    if longest is not None and took > longest:
        raise AssertionError(f"took {took:.1f} s")
    return outcome


def run(
    *, seed: int, seconds: float = 600, most: int | None = None, longest: float | None = None
) -> Counter[str]:
    """Outcomes by name. Raises what an object made the reader raise, its octets kept in `build/fuzz/`."""
    chance, outcomes = random.Random(seed), Counter[str]()
    end = time.monotonic() + seconds
    for octets in objects(chance):
        if time.monotonic() > end or (most is not None and outcomes.total() >= most):
            break
        try:
            outcomes[check(octets, longest)] += 1
        except Exception:
            kept = Path("build/fuzz") / f"{seed}-{outcomes.total()}.ics"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(octets)
            print(f"{kept}: {len(octets)} octets", file=sys.stderr)
            raise
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, which is printed")
    given = parser.parse_args()
    seed = random.randrange(10**9) if given.seed is None else given.seed
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    print(f"seed {seed}")
    outcomes = run(seconds=given.seconds, seed=seed, longest=LONGEST)
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{outcomes.total()} objects, process of {largest:.0f} MiB at most")
    for outcome, count in outcomes.most_common():
        print(f"{count:8} {outcome}")


if __name__ == "__main__":
    main()
