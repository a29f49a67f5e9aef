# SPDX-License-Identifier: EUPL-1.2
"""What can be seen of a BigBlueButton's settings from outside, and what of it is unsafe or missing.

docs/bigbluebutton.md says of each code what it means and what to do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from vconf.integrations.conferencing.bigbluebutton.client import BigBlueButtonClient
from vconf.integrations.conferencing.port import (
    BackendError,
    NotSupported,
    ServerAccess,
    WrongSecret,
)

#: Every code that a check's findings may hold.
FINDINGS = (
    "plain_http",
    "open_api",
    "old_version",
    "short_secret",
    "sha1_only",
    "sha1_chosen",
    "no_webhooks",
    "url_only_webhooks",
    "no_recording",
    "clock_skew",
    "algorithm_refused",
)
#: The oldest version that still gets security updates.
OLDEST = (2, 7)
#: Nothing of ours depends on a clock being exact to less (R4.4).
MOST_SKEW_MS = 60_000
SHORTEST_SECRET = 24
#: What every version can do.
_ALWAYS = frozenset({"end", "lobby", "moderators", "limit"})


@dataclass(frozen=True, slots=True)
class Inspection:
    """`webhooks` None: could not be found out."""

    webhooks: bool | None
    abilities: frozenset[str]
    findings: tuple[str, ...]


def inspect(access: ServerAccess, *, version: str, clock_skew_ms: int | None) -> Inspection:
    """Ask what the healthy server can do and whom it lets in. Takes about one call's deadline more than its last call.

    Raises nothing; what cannot be found out in time is left out.
    """
    client = BigBlueButtonClient(access)
    until = time.monotonic() + access.deadline

    def asked(question: Callable[[], bool | None]) -> bool | None:
        return question() if time.monotonic() < until else None

    webhooks = asked(lambda: answers(client, "hooks/list"))
    recording = asked(lambda: answers(client, "getRecordings", meetingID="vconf-check"))
    is_open = asked(lambda: _is_open(client))
    sha256 = access.checksum_algorithm != "sha1" or asked(lambda: accepts(access, "sha256"))
    abilities = set(_ALWAYS)
    abilities |= {"webhooks"} if webhooks else set()
    # Every version can; what did not answer this once is not a reason to place recorded meetings elsewhere.
    abilities |= {"recording"} if recording is not False else set()
    holds = {
        "plain_http": access.base_url.strip().lower().startswith("http:"),
        "open_api": is_open,
        "old_version": is_old(version),
        "short_secret": len(access.secret) < SHORTEST_SECRET,
        "sha1_only": sha256 is False,
        "sha1_chosen": access.checksum_algorithm == "sha1" and sha256,
        "no_webhooks": webhooks is False,
        "url_only_webhooks": webhooks and access.hook_signature == "url-only",
        "no_recording": recording is False,
        "clock_skew": clock_skew_ms is not None and abs(clock_skew_ms) > MOST_SKEW_MS,
    }
    return Inspection(webhooks, frozenset(abilities), tuple(code for code in FINDINGS if holds.get(code)))


def accepted_algorithms(access: ServerAccess) -> Iterator[str]:
    """Which others the server accepts that refuses the one that is set: a refused one looks like a wrong secret."""
    for algorithm in ("sha512", "sha384", "sha256", "sha1"):
        if algorithm != access.checksum_algorithm and accepts(access, algorithm):
            yield algorithm


def accepts(access: ServerAccess, algorithm: str) -> bool | None:
    return answers(BigBlueButtonClient(replace(access, checksum_algorithm=algorithm)), "getMeetings")


def answers(client: BigBlueButtonClient, call: str, **parameters: str) -> bool | None:
    """Whether the server has that call and does it for us; None if it did not say."""
    try:
        client.call(call, list(parameters.items()))
    except (NotSupported, WrongSecret):
        return False
    except BackendError as error:
        return False if error.code == "no_such_path" else None
    return True


def is_old(version: str) -> bool:
    """Servers that hide their version call themselves 2.0, that of their API: nothing is known of them then."""
    numbers = re.match(r"([0-9]{1,3})\.([0-9]{1,3})\.", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) < OLDEST


def _is_open(client: BigBlueButtonClient) -> bool | None:
    try:
        return client.takes_wrong_checksums()
    except BackendError:
        return None
