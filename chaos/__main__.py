# SPDX-License-Identifier: EUPL-1.2
"""`make chaos`: the scaled mode under load while its processes are killed, restarted and frozen. Exit code 1 if
anything that was acknowledged is lost, doubled or not told.

The seed decides what is done and asked for; what the machine makes of it differs from run to run.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from chaos import report
from chaos.board import Listener
from chaos.calendar_user import CalendarUser
from chaos.checker import count_mails, violations
from chaos.faults import LOSS_POINTS, LOST_FOR_ALL, WEIGHTS, Destroyer, Fault, plan
from chaos.history import Violation
from chaos.house import ChaosHouse, join
from chaos.journal import Journal
from chaos.load import Person
from chaos.mail_user import MailUser
from chaos.postman import Postman
from chaos.visitor import Visitor
from scripts.install import Stop
from vconf.crashpoints import POINTS


def main() -> int:
    given = _arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    faults = (
        [Fault("kill", name, given.pause, 1.0) for name in given.kill]
        if given.kill
        else plan(seed, given.kills, pause=given.pause)
    )
    folder = given.folder or Path(tempfile.mkdtemp(prefix="vconf-chaos-"))
    try:
        found_wrong = run(given, seed, faults, folder)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    if not given.folder and not found_wrong:
        shutil.rmtree(folder, ignore_errors=True)
    elif found_wrong:
        print(f"Logs, mails and database stand in {folder}.")
    return int(bool(found_wrong))


def run(given: argparse.Namespace, seed: int, faults: list[Fault], folder: Path) -> list[Violation]:
    journal = Journal()
    all_once = given.crash_points == "*=once"
    with ChaosHouse(folder, given.port, crash_points=given.crash_points) as house:
        join(house.stack.environment)
        from chaos import ending, found  # noqa: PLC0415  their models need the settings of the stack

        callers, places = found.furnish()
        accounts, rooms = found.calendars(given.calendars), found.wanted_addresses()
        found.let_go()
        doors = house.stack.urls
        enough = threading.Event()
        people = [
            (Visitor if number >= given.people else Person)(
                number,
                seed,
                callers[number % len(callers)],
                doors=doors,
                places=places,
                journal=journal,
                enough=enough,
                pause=given.think,
            )
            for number in range(given.people + given.visitors)
        ]
        clients = [
            CalendarUser(
                number,
                seed,
                account,
                invited=found.INVITED,
                colleagues=[one.address for one in accounts],
                rooms=rooms,
                doors=doors,
                journal=journal,
                enough=enough,
                pause=given.think,
            )
            for number, account in enumerate(accounts)
        ]
        inviting = [
            MailUser(
                number,
                seed,
                address,
                rooms=rooms,
                port=house.stack.lmtp_port,
                journal=journal,
                enough=enough,
                pause=given.think * 2,
            )
            for number, address in enumerate(found.MAIL_USERS[: given.mails])
        ]
        listeners = [
            Listener(f"listener-{number}", doors[number % 2], callers[number % len(callers)].token, journal)
            for number in range(4)
        ]
        postman = Postman(house.stack.lmtp_port, "videokonferenz@mv.example", enough)
        begun = time.monotonic()
        for thread in (*people, *clients, *inviting, *listeners, postman):
            thread.start()
        destroyer = Destroyer(house, faults)
        destroyer.run()
        unreached = _reach_the_rest(folder, destroyer, given.rest) if all_once else set[str]()
        time.sleep(given.calm)
        enough.set()
        for asker in (*people, *clients, *inviting, postman):
            asker.join()
        seconds = time.monotonic() - begun
        for name in WEIGHTS:
            if not house.alive(name):
                house.start(name)
        house.wait_until_answered()
        print("the load has ended; waiting for the queues to drain", flush=True)
        drained_after = ending.drain(given.drain)
        there = ending.look(house, listeners, clients)
        found_wrong = [
            *violations(
                list(journal.promises.values()), there, journal.events, journal.answers, journal.invitations
            ),
            *(Violation("mail", line) for line in postman.complaints()),
            *(Violation("answer", line) for line in journal.surprises),
            *(Violation("fault", line) for line in destroyer.errors),
            *(Violation("crash point", f"{name} was never reached") for name in sorted(unreached)),
        ]
        found.let_go()
    crashed = sorted(_reached(folder))
    count = count_mails(there.bookings, there.mails)
    for line in report.lines(
        journal,
        destroyer.strikes,
        there.mails,
        count,
        doors=doors,
        crashed=crashed,
        drained_after=drained_after,
        seconds=seconds,
    ):
        print(line)
    for line in report.verdict(found_wrong):
        print(line)
    print(f"seed {seed}", flush=True)
    return found_wrong


def _reached(folder: Path) -> set[str]:
    there = folder / "crashes"
    return {path.name for path in there.iterdir()} if there.exists() else set()


def _reach_the_rest(folder: Path, destroyer: Destroyer, seconds: float) -> set[str]:
    """Let the load go on, and lose a conference server where that is missing, until every crash point has had its turn;
    those that nobody came to."""
    until = time.monotonic() + seconds
    while True:
        unreached = set(POINTS) - _reached(folder)
        if not unreached or time.monotonic() > until:
            return unreached
        if unreached & LOSS_POINTS:
            destroyer.strike_once_more(Fault("lose", "simulator", 0.0, LOST_FOR_ALL))
        time.sleep(1)


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="chaos", description=__doc__)
    options.add_argument(
        "--kills", type=int, default=100, help="random kills; restarts and freezes come on top"
    )
    options.add_argument("--seed", type=int, help="of what is done and asked for; printed")
    options.add_argument(
        "--kill", action="append", choices=list(WEIGHTS), help="kill these, in this order, only"
    )
    options.add_argument("--people", type=int, default=4, help="who book at the same time")
    options.add_argument("--visitors", type=int, default=2, help="who enter and end the meetings they book")
    options.add_argument("--calendars", type=int, default=2, help="who use a calendar client: 0 to 2")
    options.add_argument("--mails", type=int, default=2, help="who invite rooms by mail: 0 to 2")
    options.add_argument("--think", type=float, default=0.4, help="seconds between two of their operations")
    options.add_argument("--pause", type=float, default=3.0, help="seconds between two faults, about")
    options.add_argument(
        "--rest", type=float, default=600.0, help="seconds of load until the last crash point is reached"
    )
    options.add_argument("--calm", type=float, default=3.0, help="seconds of load after the last fault")
    options.add_argument("--drain", type=float, default=900.0, help="seconds the queues may take to drain")
    options.add_argument(
        "--crash-points",
        default="*=once",
        help="what VCONF_CRASH_POINTS arms; with `*=once` each has to be reached",
    )
    options.add_argument("--folder", type=Path, help="an empty folder that is kept")
    options.add_argument("--port", type=int, default=8550, help="this one and the next seven are used")
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(main())
