# SPDX-License-Identifier: EUPL-1.2
"""How fast does one change reach every socket? `python -m bench.fanout --clients 2000`

vconf's hub under uvicorn beside the limit, a bare asyncio server that writes one ready frame to every transport. All
sockets of both are open at once in a third process, and the two take turns, so what the machine does meanwhile hits
both. Figures are ms from the commit of the change (the write, for the bare one) to the receipt by a client.

Then 100 changes a second for some seconds: no socket is lost, and in the end every client knows the newest status of
every room.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from bench.rows import Row, percentile

#: performance.md: p99 at most so many times the bare server's
GOAL = 2.5
#: seconds for the last change to arrive everywhere
PATIENCE = 20


class Part:
    """A process of the benchmark that is told what to do line by line."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A part of the benchmark ended; the reason stands above.")
        return json.loads(line)

    def ask(self, command: str) -> Any:
        self.tell(command)
        return self.answer()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--rate", type=int, default=100, help="changes a second in the second part")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the rows of the table to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vconf-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
        environment |= {
            "DJANGO_SETTINGS_MODULE": "vconf.settings",
            "VCONF_DEMO": "1",
            "VCONF_DATA_DIR": folder,
            "VCONF_LOG_LEVEL": "ERROR",
            "TOKENS": str(Path(folder) / "tokens"),
        }
        print(f"preparing {options.clients} people, {options.rooms} meetings ...", flush=True)
        raw = Part("bench.fanout_servers", "raw", environment=environment)
        hub = Part(
            "bench.fanout_servers", "hub", str(options.clients), str(options.rooms), environment=environment
        )
        parts = [raw, hub]
        try:
            ports = {"raw": raw.answer(), "hub": hub.answer()}
            clients = Part("bench.fanout_clients", environment=environment)
            parts.append(clients)
            return run(options, {"raw": raw, "hub": hub}, ports, clients)
        finally:
            for part in parts:
                part.stop()


def run(options: argparse.Namespace, servers: dict[str, Part], ports: dict[str, int], clients: Part) -> int:
    for kind, port in ports.items():
        begun = time.monotonic()
        clients.ask(f"connect {kind} {port} {options.clients}")
        print(f"{kind}: {options.clients} sockets opened in {time.monotonic() - begun:.1f} s", flush=True)
    all_ms: dict[str, list[float]] = {"raw": [], "hub": []}
    last_ms: dict[str, list[float]] = {"raw": [], "hub": []}
    cpu_us: dict[str, list[float]] = {"raw": [], "hub": []}
    for number in range(options.rounds + 5):
        for kind, server in servers.items():
            before = server.ask("cpu")
            server.tell("change")
            received = clients.ask(f"expect {kind}")
            changed = server.answer()
            if number >= 5:  # the first ones warm up
                cpu_us[kind].append((server.ask("cpu") - before) / options.clients * 1e6)
                all_ms[kind] += [(at - changed) * 1000 for at in received]
                last_ms[kind].append((max(received) - changed) * 1000)
            time.sleep(0.1)
    for kind in servers:
        print(
            f"{kind}: each receipt p50 {median(all_ms[kind]):.0f} p99 {percentile(all_ms[kind], 0.99):.0f} ms, "
            f"last receipt p50 {median(last_ms[kind]):.0f} p99 {percentile(last_ms[kind], 0.99):.0f} ms, "
            f"processor {median(cpu_us[kind]):.0f} us a delivery"
        )
    ratio = percentile(last_ms["hub"], 0.99) / percentile(last_ms["raw"], 0.99)
    print(
        f"ratio of the last receipt: p50 {median(last_ms['hub']) / median(last_ms['raw']):.2f}, "
        f"p99 {ratio:.2f} (goal: at most {GOAL})"
    )
    clients.ask("parse hub")
    made = servers["hub"].ask(f"sustain {options.rate} {options.seconds}")
    begun = time.monotonic()
    complete = -1
    while complete < options.clients and time.monotonic() - begun < PATIENCE:
        time.sleep(0.5)
        known = clients.ask("last hub")
        complete = sum(
            count
            for rooms, count in known["known"]
            if all(json.loads(rooms).get(room) == version for room, version in made["rooms"].items())
        )
    print(
        f"{made['made'] / made['seconds']:.0f} changes a second (asked for {options.rate}): "
        f"{complete} of {options.clients} clients know every "
        f"newest status, {known['lost']} sockets lost"
    )
    rate = made["made"] / made["seconds"]
    rows = [
        Row(
            "fanout",
            "a change to every socket, last receipt, p99",
            options.clients,
            f"p50 {median(last_ms['hub']):.0f} ms, p99 {percentile(last_ms['hub'], 0.99):.0f} ms",
            ratio,
            f"bare asyncio p50 {median(last_ms['raw']):.0f} ms, p99 {percentile(last_ms['raw'], 0.99):.0f} ms",
            at_most=GOAL,
        ),
        Row(
            "fanout-rate",
            f"{options.rate} changes a second for {options.seconds} s",
            options.clients,
            f"{rate:.0f}/s",
            rate,
            at_least=0.95 * options.rate,
        ),
        Row(
            "fanout-lost",
            "sockets lost, or without the newest status in the end",
            options.clients,
            f"{known['lost']} lost, {options.clients - complete} not up to date",
            max(known["lost"], options.clients - complete),
            at_most=0,
        ),
    ]
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows]))
    missed = [row.what for row in rows if not row.is_met]
    print(f"GOALS MISSED: {'; '.join(missed)}" if missed else "all goals reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
