# SPDX-License-Identifier: EUPL-1.2
"""After the load: wait until nothing is left to do, then look at everything. To be imported as `found` is."""

from __future__ import annotations

import time

from chaos import found
from chaos.board import Listener
from chaos.calendar_user import CalendarUser
from chaos.checker import meeting_violations
from chaos.history import Found
from chaos.house import ChaosHouse
from chaos.sink import mails_in
from scripts.install import Stop


def drain(seconds: float) -> float:
    """How long it took until nothing was left to do."""
    begun = time.monotonic()
    shown = 0.0
    quiet = 0
    while time.monotonic() - begun < seconds:
        new, pending, _ = found.outbox_left()
        quiet = quiet + 1 if not new and not pending else 0
        if quiet == 2:
            break
        if time.monotonic() - shown > 20:
            shown = time.monotonic()
            print(f"  {new} facts and {pending} deliveries left", flush=True)
            for line in found.why_pending()[:3]:
                print(f"    {line}", flush=True)
        time.sleep(1)
    return time.monotonic() - begun


def look(house: ChaosHouse, listeners: list[Listener], clients: list[CalendarUser]) -> Found:
    """Everything that can be seen, now that nothing is under way any more."""
    boards = {listener.name: listener.differences() for listener in listeners}
    for listener in listeners:
        listener.ended.set()
    findings = []
    for command in ("audit_invariants", "audit_verify"):
        try:
            print(house.stack.manage(command, VCONF_CRASH_POINTS="").strip(), flush=True)
        except Stop as stop:
            findings.append(str(stop))
    for _ in range(15):  # the clock goes on: a meeting may be ending just now
        meetings, on_servers = found.stored_meetings(), found.meetings_on_servers()
        if not meeting_violations(meetings, on_servers):
            break
        time.sleep(2)
    new, pending, parked = found.outbox_left()
    return Found(
        bookings=found.stored_bookings(),
        mails=tuple(mails_in(house.mails)),
        meetings=meetings,
        on_servers=on_servers,
        not_fanned_out=new,
        pending=pending,
        parked=parked,
        findings=tuple(findings),
        boards=boards,
        not_done=found.mails_not_done(),
        calendars={client.account.address: client.look() for client in clients},
    )
