# SPDX-License-Identifier: EUPL-1.2
"""Runs caldav-server-tester in the environment it is installed in, and prints what it found as JSON.

    python tests/compat/probing.py http://vconf.example:8000/dav/ Videokonferenzen < people.json

`people.json` is `[{"username": ..., "password": ...}, ...]`: the first is tested, the others are invited by them. The
tester ends at the first fixture that is refused, and vconf refuses some by design (all day, no end, tasks, past):
here such a fixture is left out, and told of; and dates beyond every horizon are brought nearer. Nothing else of the
tester is changed.
"""

from __future__ import annotations

import inspect
import json
import logging
import re
import socket
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from caldav.calendarobjectresource import Journal, Todo
from caldav.collection import Calendar
from caldav.davclient import DAVClient
from caldav.lib.error import DAVError
from caldav_server_tester import checks
from caldav_server_tester.checker import ServerQuirkChecker
from caldav_server_tester.checks_base import Check

CALDAV = "{urn:ietf:params:xml:ns:caldav}"
#: what was refused: UID of a fixture -> what vconf said
refused: dict[str, str] = {}


def mean_this_machine(host: str) -> None:
    """Some checks are left out for a server called localhost or 127.0.0.1; by another name it is the same."""
    resolve = socket.getaddrinfo

    def here(name: Any, *further: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if name in (host, host.encode()) else name, *further, **named)

    setattr(socket, "getaddrinfo", here)  # noqa: B010 - seen through by type checkers


def why(error: DAVError) -> str:
    """The preconditions that were named, or what there is of an answer."""
    named = [
        each.removeprefix(CALDAV)
        for each in getattr(error, "preconditions", None) or []
        if each.startswith(CALDAV)
    ]
    return ", ".join(named) or " ".join(str(error).split())[:200]


def leave_out_what_is_refused() -> None:
    create = checks.PrepareCalendar._create_test_events

    def without_refused(self: Any, calendar: Any, cal_id: str, name: str, add: Callable[..., Any]) -> None:
        def attempt(*what: Any, **properties: Any) -> Any:
            try:
                return add(*what, **properties)
            except DAVError as error:
                uid = properties.get("uid") or what[1].split("UID:")[1].split("\n")[0]
                refused[uid] = why(error)
                return None

        create(self, calendar, cal_id, name, attempt)

    def not_at_all(feature: str, kind: type, uid: str) -> Callable[..., bool]:
        def prepare(self: Any, cal_id: str, name: str, attempt: Callable[..., Any]) -> bool:
            day = checks.date(self.checker.fixture_base_year, 1, 7)
            stored = attempt(kind, summary="of another kind", uid=uid, dtstart=day)
            self.set_feature(
                feature,
                {"support": "full"} if stored else {"support": "unsupported", "behaviour": refused[uid]},
            )
            return stored is not None

        return prepare

    checks.PrepareCalendar._create_test_events = without_refused
    checks.PrepareCalendar._prepare_task_calendar = not_at_all("save-load.todo", Todo, "csc_simple_task1")
    checks.PrepareCalendar._prepare_journal_calendar = not_at_all(
        "save-load.journal", Journal, "csc_simple_journal1"
    )


def invite_for_times_that_can_be_booked() -> None:
    """The checks of scheduling invite for 2030 and 2099, farther ahead than anybody may book: here for next year."""
    save = Calendar.save_with_invites
    year = str(checks._base_year())

    def sooner(self: Any, ical: str, attendees: Any, **further: Any) -> Any:
        text = ical if isinstance(ical, str) else ical.to_ical().decode()
        return save(
            self,
            re.sub(r"((?:DTSTART|DTEND)[^:]*:)(?:2030|2099)", rf"\g<1>{year}", text),
            attendees,
            **further,
        )

    Calendar.save_with_invites = sooner


def main() -> None:
    url, calendar = sys.argv[1:]
    invite_for_times_that_can_be_booked()
    mean_this_machine(urlsplit(url).hostname or "")
    leave_out_what_is_refused()
    clients = [DAVClient(url=url, **person) for person in json.load(sys.stdin)]
    checker = ServerQuirkChecker(clients[0], extra_clients=clients[1:])
    checker.expected_features.set_feature("test-calendar.compatibility-tests", {"name": calendar})
    unfinished: dict[str, str] = {}
    classes: list[tuple[str, Any]] = inspect.getmembers(checks, inspect.isclass)
    for name, each in classes:
        if issubclass(each, Check) and each.__module__ == checks.__name__:
            try:
                each(checker).run_check()
            except Exception as error:
                logging.exception(name)
                unfinished[name] = f"{type(error).__name__}: {error}"
    checker.cleanup()
    found = checker.features_checked
    table = {}
    for feature in sorted(found.dotted_feature_set_list(compact=False)):
        about = found.find_feature(feature)
        table[feature] = {
            "type": about.get("type", "server-feature"),
            "result": found.is_supported(feature, str),
            "note": found.is_supported(feature, dict).get("behaviour", ""),
        }
    print(json.dumps({"features": table, "refused": refused, "unfinished": unfinished}))


if __name__ == "__main__":
    main()
