# SPDX-License-Identifier: EUPL-1.2
"""The command line: `python -m simulator --port 0 --secret SECRET` for one BigBlueButton server, or
several servers with `--server` and `--jitsi` repeated."""

from __future__ import annotations

import argparse
import functools
import json
import os
import select
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from simulator import control
from simulator.connections import NOT_FOUND, Listener
from simulator.hooks import SIGNATURES
from simulator.jitsi import control as jitsi_control
from simulator.jitsi.settings import Options as ShardOptions
from simulator.jitsi.shard import Shard
from simulator.jitsi.web import Jitsi
from simulator.lifeline import PARENT_SIGNAL, Lifeline
from simulator.panel import ControlPanel, Panel
from simulator.server import ConferenceServer, Options
from simulator.settings_file import SettingsFile
from simulator.signing import ALGORITHM_BY_LENGTH
from simulator.web import BigBlueButton

ALGORITHMS = tuple(ALGORITHM_BY_LENGTH.values())


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    wake_reader, received = _listen_for_signals()
    lifeline = Lifeline(given.parent_pid)
    servers, shards = _servers(parser, given), _shards(parser, given)
    names = [server.name for server in servers] + [shard.name for shard in shards]
    if len(set(names)) < len(names):
        parser.error("every server needs a name of its own")
    listeners: list[Listener] = []
    try:
        for options in servers:
            server = ConferenceServer(options)
            levers = functools.partial(control.answer, server)
            listeners.append(Listener(server, BigBlueButton, levers, verbose=given.verbose))
        for shard_options in shards:
            shard = Shard(shard_options)
            levers = functools.partial(jitsi_control.answer, shard)
            listeners.append(Listener(shard, Jitsi, levers, verbose=given.verbose))
        panel = _panel(listeners, given.control_port)
    except (OSError, OverflowError) as error:
        print(f"simulator: cannot listen: {error}", file=sys.stderr)
        return 1
    addresses = {}
    for listener in listeners:
        _serve(listener)
        addresses[listener.site.name] = listener.site.address
        print(f"simulator listening on {listener.site.address}", flush=True)
    if panel is not None:
        _serve(panel)
        print(f"simulator controlled on {panel.site.address}", flush=True)
    if given.port_file:
        _write_port_file(Path(given.port_file), addresses)
    running = [listener.site for listener in listeners if isinstance(listener.site, Shard)]
    settings = SettingsFile(Path(given.jitsi_settings), running) if given.jitsi_settings else None
    while not received and lifeline.parent_lives():
        if settings is not None:
            settings.look()
        select.select([wake_reader], [], [], 1.0)
        _drain(wake_reader)
    for listener in listeners:
        listener.site.stop()
        # The listening thread ends with the process; there is nothing to wait for.
        listener.server_close()
    return 0


def _panel(listeners: list[Listener], port: int | None) -> Listener | None:
    if port is None:
        return None
    controls = {listener.site.name: listener.control for listener in listeners}
    return Listener(ControlPanel(port, controls), Panel, lambda *given: NOT_FOUND)


def _serve(listener: Listener) -> None:
    listener.site.start()
    threading.Thread(target=listener.serve_forever, name="listener", daemon=True).start()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulator", description="Simulated conference servers on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="port of the one server; 0 takes a free one")
    parser.add_argument("--secret", help="shared secret of the one server")
    parser.add_argument("--name", default="bbb1", help="name of the one server")
    parser.add_argument(
        "--server",
        action="append",
        default=[],
        metavar="NAME:SECRET:PORT",
        help="a BigBlueButton server; may be repeated",
    )
    parser.add_argument(
        "--jitsi",
        action="append",
        default=[],
        metavar="NAME:SECRET:PORT",
        help="a Jitsi shard; may be repeated",
    )
    parser.add_argument(
        "--jitsi-settings",
        help="file with settings of shards, {name: {setting: value}}; read when it changes",
    )
    parser.add_argument("--control-token", default="", help="opens /control/ to whoever has it")
    parser.add_argument(
        "--control-port",
        type=int,
        help="a port of its own for /NAME/control/, to reach servers that refuse connections",
    )
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
    if given.server:
        entries = [_entry(parser, "--server", text) for text in given.server]
        return [replace(common, name=name, secret=secret, port=port) for name, secret, port in entries]
    if given.secret:
        return [common]
    if not given.jitsi:
        parser.error("--secret, --server or --jitsi is needed")
    return []


def _shards(parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[ShardOptions]:
    return [
        ShardOptions(
            name=name,
            secret=secret,
            port=port,
            control_token=given.control_token,
            leave_after=given.leave_after,
            retry_scale=given.retry_scale,
        )
        for name, secret, port in (_entry(parser, "--jitsi", text) for text in given.jitsi)
    ]


def _entry(parser: argparse.ArgumentParser, option: str, text: str) -> tuple[str, str, int]:
    name, _, rest = text.partition(":")
    secret, _, port = rest.rpartition(":")
    if not (name and secret and port.isascii() and port.isdigit() and int(port) < 65_536):
        parser.error(f"{option} wants NAME:SECRET:PORT")
    return name, secret, int(port)


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


def _write_port_file(path: Path, addresses: dict[str, str]) -> None:
    content = json.dumps(addresses)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content + "\n")
    partial.replace(path)
