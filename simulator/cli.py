# SPDX-License-Identifier: EUPL-1.2
"""The command line: `python -m simulator --port 0 --secret SECRET`, or several servers with `--server` repeated."""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from simulator.hooks import SIGNATURES
from simulator.lifeline import PARENT_SIGNAL, Lifeline
from simulator.server import ConferenceServer, Options
from simulator.signing import ALGORITHM_BY_LENGTH
from simulator.web import Listener

ALGORITHMS = tuple(ALGORITHM_BY_LENGTH.values())


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    wake_reader, received = _listen_for_signals()
    lifeline = Lifeline(given.parent_pid)
    listeners: list[Listener] = []
    try:
        for options in _servers(parser, given):
            listeners.append(Listener(ConferenceServer(options), verbose=given.verbose))
    except (OSError, OverflowError) as error:
        print(f"simulator: cannot listen: {error}", file=sys.stderr)
        return 1
    for listener in listeners:
        listener.conference.start()
        threading.Thread(target=listener.serve_forever, args=(60,), name="listener", daemon=True).start()
        print(f"simulator listening on {listener.api_url}", flush=True)
    if given.port_file:
        _write_port_file(Path(given.port_file), listeners)
    while not received and lifeline.parent_lives():
        select.select([wake_reader], [], [], 1.0)
        _drain(wake_reader)
    for listener in listeners:
        listener.conference.stop()
        # The listening thread ends with the process; there is nothing to wait for.
        listener.server_close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulator", description="A simulated BigBlueButton server on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="port of the one server; 0 takes a free one")
    parser.add_argument("--secret", help="shared secret of the one server")
    parser.add_argument("--name", default="bbb1", help="name of the one server")
    parser.add_argument(
        "--server", action="append", default=[], metavar="NAME:SECRET:PORT", help="a server; may be repeated"
    )
    parser.add_argument("--control-token", default="", help="opens /control/ to whoever has it")
    parser.add_argument("--port-file", help="where to write {name: base URL} as JSON once listening")
    parser.add_argument("--parent-pid", type=int, help="who starts this; it ends with them")
    parser.add_argument("--bbb-version", default="3.0.10", help="version to claim")
    parser.add_argument(
        "--algorithm", action="append", choices=ALGORITHMS, help="accept only these checksums"
    )
    parser.add_argument("--no-webhooks", action="store_true", help="as if bbb-webhooks were not installed")
    parser.add_argument(
        "--hook-signature", default="3.4", choices=SIGNATURES, help="generation of bbb-webhooks"
    )
    parser.add_argument("--hook-algorithm", default="sha1", choices=ALGORITHMS, help="checksum of webhooks")
    parser.add_argument("--hook-bearer", action="store_true", help="send the secret as bearer token instead")
    parser.add_argument(
        "--leave-after", type=float, default=4.0, help="seconds without a page until one has left"
    )
    parser.add_argument("--retry-scale", type=float, default=1.0, help="factor on pauses between deliveries")
    parser.add_argument("--verbose", action="store_true", help="show requests")
    return parser


def _servers(parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[Options]:
    common = Options(
        name=given.name,
        secret=given.secret or "",
        port=given.port,
        control_token=given.control_token,
        version=given.bbb_version,
        algorithms=frozenset(given.algorithm or ALGORITHMS),
        webhooks=not given.no_webhooks,
        hook_signature=given.hook_signature,
        hook_algorithm=given.hook_algorithm,
        hook_bearer=given.hook_bearer,
        leave_after=given.leave_after,
        retry_scale=given.retry_scale,
    )
    if not given.server:
        if not given.secret:
            parser.error("--secret or --server is needed")
        return [common]
    servers = []
    for entry in given.server:
        name, _, rest = entry.partition(":")
        secret, _, port = rest.rpartition(":")
        if not (name and secret and port.isascii() and port.isdigit() and int(port) < 65_536):
            parser.error("--server wants NAME:SECRET:PORT")
        servers.append(replace(common, name=name, secret=secret, port=int(port)))
    if len({options.name for options in servers}) < len(servers):
        parser.error("every --server needs a name of its own")
    return servers


def _listen_for_signals() -> tuple[int, list[int]]:
    """A descriptor that becomes readable with each signal, and the list that fills with those that mean the end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    received: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: received.append(signum))
    signal.signal(PARENT_SIGNAL, lambda signum, frame: None)
    return reader, received


def _drain(reader: int) -> None:
    try:
        os.read(reader, 4_096)
    except BlockingIOError:
        return


def _write_port_file(path: Path, listeners: list[Listener]) -> None:
    content = json.dumps({listener.conference.options.name: listener.api_url for listener in listeners})
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content + "\n")
    partial.replace(path)
