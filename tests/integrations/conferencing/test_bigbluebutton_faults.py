# SPDX-License-Identifier: EUPL-1.2
"""Every way in which a server can be broken, over real sockets, and what it may cost."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.certificates import write_pair
from tests.simulator_fixture import SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.client import BigBlueButtonClient
from vconf.integrations.conferencing.port import (
    BackendError,
    Misbehaving,
    ServerAccess,
    ServerBusy,
    Unreachable,
    WrongSecret,
)

READ, DEADLINE = 0.3, 0.7


def client(
    base_url: str, secret: str = "s", *, read_timeout: float = READ, deadline: float = DEADLINE
) -> BigBlueButtonClient:
    return BigBlueButtonClient(
        ServerAccess(
            kind="bigbluebutton",
            base_url=base_url,
            secret=secret,
            allow_http=True,
            connect_timeout=0.3,
            read_timeout=read_timeout,
            deadline=deadline,
            create_read_timeout=3.0,
            create_deadline=4.0,
        )
    )


def failure(speaking: BigBlueButtonClient, *, within: float) -> BackendError:
    started = time.monotonic()
    with pytest.raises(BackendError) as caught:
        speaking.call("getMeetings")
    assert time.monotonic() - started < within
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind", "code", "within"),
    [
        ("hang", Unreachable, "timeout", READ + 1.5),
        ("stall", Unreachable, "timeout", READ + 1.5),
        ("drip", Unreachable, "timeout", DEADLINE + 1.5),
        ("close", Unreachable, "connection_lost", 1.5),
        ("fail", Misbehaving, "misbehaving", 1.5),
        ("garbage", Misbehaving, "misbehaving", 1.5),
        ("html", Misbehaving, "misbehaving", 1.5),
        ("empty", Misbehaving, "misbehaving", 1.5),
        ("broken", Misbehaving, "misbehaving", 1.5),
        ("bomb", Misbehaving, "misbehaving", 1.5),
        ("huge", Misbehaving, "answer_too_big", DEADLINE + 1.5),
        ("busy", ServerBusy, "busy", 1.5),
    ],
)
def test_passing_faults(
    simulator: SimulatorProcess, fault: str, kind: type[BackendError], code: str, within: float
) -> None:
    speaking = client(simulator.base_url, simulator.secret)
    simulator.set_fault(fault, call="getMeetings")

    error = failure(speaking, within=within)
    simulator.clear_faults()
    answer = client(simulator.base_url, simulator.secret, read_timeout=5, deadline=5).call("getMeetings")

    assert type(error) is kind
    assert (error.code, error.permanent, error.maybe_done) == (code, False, True)
    assert answer.message_key == "noMeetings"


def test_redirects_are_not_followed(simulator: SimulatorProcess) -> None:
    simulator.set_fault("redirect", call="getMeetings")
    before = simulator.state()["calls"].get("other", 0)

    error = failure(client(simulator.base_url, simulator.secret), within=1.5)

    assert (type(error), error.detail) == (Misbehaving, "HTTP 302")
    assert simulator.state()["calls"].get("other", 0) == before


def test_rejected_checksums_are_permanent(simulator: SimulatorProcess) -> None:
    simulator.set_fault("checksum")

    error = failure(client(simulator.base_url, simulator.secret), within=1.5)

    assert (type(error), error.permanent, error.maybe_done) == (WrongSecret, True, False)


def test_slow_is_not_broken(simulator: SimulatorProcess) -> None:
    simulator.set_fault("slow", delay_ms=100)

    speaking = client(simulator.base_url, simulator.secret, read_timeout=5, deadline=5)

    assert speaking.call("getMeetings").message_key == "noMeetings"


def test_creating_may_take_longer_than_the_rest(simulator: SimulatorProcess) -> None:
    simulator.set_fault("slow", call="create", delay_ms=800)
    speaking = client(simulator.base_url, simulator.secret)

    answer = speaking.call("create", [("meetingID", "m-1"), ("name", "Lage")], creating=True)

    assert answer.text("meetingID") == "m-1"


def test_drip_is_cut_although_every_byte_is_in_time(simulator: SimulatorProcess) -> None:
    simulator.set_fault("drip", delay_ms=20)
    # Every byte comes long before this, so only the deadline can end the call.
    speaking = client(simulator.base_url, simulator.secret, read_timeout=30)

    assert failure(speaking, within=DEADLINE + 1.5).code == "timeout"


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    error = failure(client(f"http://127.0.0.1:{port}/"), within=1.5)

    assert (type(error), error.code) == (Unreachable, "unreachable")
    # Nothing can have reached it, so there is nothing to end there later.
    assert not error.maybe_done


def test_address_that_swallows_everything() -> None:
    # A queue of length nought, filled: the next connection is never completed.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            waiting.append(one)

        error = failure(client(f"http://127.0.0.1:{full.getsockname()[1]}/"), within=2.0)

        for one in waiting:
            one.close()
    assert (type(error), error.code, error.maybe_done) == (Unreachable, "timeout", False)


def test_name_nobody_knows() -> None:
    error = failure(client("http://no-such-host.invalid/"), within=10)

    assert (type(error), error.maybe_done) == (Unreachable, False)


def test_server_that_is_stopped(simulator: SimulatorProcess) -> None:
    server = SimulatorProcess()
    server.start()
    speaking = client(server.base_url, server.secret, read_timeout=5, deadline=5)
    speaking.call("getMeetings")

    server.stop()

    assert not failure(speaking, within=1.5).maybe_done


@contextmanager
def tcp_server(serve: object) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                serve(connection)  # type: ignore[operator]  # a function of one socket

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_tls_with_a_server_that_speaks_none() -> None:
    with tcp_server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        error = failure(client(f"https://127.0.0.1:{port}/"), within=2.0)

    assert (type(error), error.code, error.maybe_done) == (Unreachable, "tls_failure", False)


def test_tls_handshake_that_hangs() -> None:
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        over.wait(10)

    with tcp_server(serve) as port:
        error = failure(client(f"https://127.0.0.1:{port}/"), within=DEADLINE + 1.5)
        over.set()

    assert isinstance(error, Unreachable)


def test_untrusted_certificate(tmp_path: Path) -> None:
    certificate, key = map(str, write_pair(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    answered: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                answered.append(secured.recv(65_536))
                body = b"<response><returncode>SUCCESS</returncode></response>"
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except OSError:
            return

    with tcp_server(serve) as port:
        base_url = f"https://127.0.0.1:{port}/"
        error = failure(client(base_url), within=DEADLINE + 1.5)
        trusting = BigBlueButtonClient(
            ServerAccess(kind="bigbluebutton", base_url=base_url, secret="s", ca_file=certificate)
        )
        answer = trusting.version()

    assert (type(error), error.code, error.maybe_done) == (Unreachable, "tls_failure", False)
    assert answer.text("returncode") == "SUCCESS"
    assert len(answered) == 1


def test_dripping_over_tls_is_cut_as_well(tmp_path: Path) -> None:
    certificate, key = map(str, write_pair(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(65_536)
                secured.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(100):
                    secured.sendall(b"x")
                    time.sleep(0.05)
        except OSError:
            return

    with tcp_server(serve) as port:
        speaking = BigBlueButtonClient(
            ServerAccess(
                kind="bigbluebutton",
                base_url=f"https://127.0.0.1:{port}/",
                secret="s",
                ca_file=certificate,
                read_timeout=30,
                deadline=DEADLINE,
            )
        )
        error = failure(speaking, within=DEADLINE + 1.5)

    assert (error.code, error.maybe_done) == ("timeout", True)


def test_answer_that_is_compressed_unasked() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)

    with tcp_server(serve) as port:
        error = failure(client(f"http://127.0.0.1:{port}/"), within=1.5)

    assert isinstance(error, Misbehaving)


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<response>", Unreachable, "connection_lost"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Unreachable, "connection_lost"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", Misbehaving, "misbehaving"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", Misbehaving, "misbehaving"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", Misbehaving, "misbehaving"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Misbehaving, "misbehaving"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Misbehaving, "misbehaving"),
        (b"", Unreachable, "connection_lost"),
    ],
)
def test_answers_cut_short_or_malformed(raw: bytes, kind: type[BackendError], code: str) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(raw)

    with tcp_server(serve) as port:
        error = failure(client(f"http://127.0.0.1:{port}/"), within=1.5)

    assert (type(error), error.code, error.maybe_done) == (kind, code, True)


def test_hung_server_does_not_hold_calls_to_another(simulator: SimulatorProcess) -> None:
    simulator.set_fault("hang")
    other = SimulatorProcess()
    other.start()
    try:
        hanging = threading.Thread(target=failure, args=(client(simulator.base_url),), kwargs={"within": 3})
        hanging.start()
        started = time.monotonic()
        client(other.base_url, other.secret, read_timeout=5, deadline=5).call("getMeetings")
        seconds = time.monotonic() - started
        hung = hanging.is_alive()
        hanging.join()
    finally:
        other.stop()

    assert hung or seconds < READ


def test_no_threads_are_left_behind(simulator: SimulatorProcess) -> None:
    speaking = client(simulator.base_url, simulator.secret, read_timeout=5, deadline=5)
    before = threading.active_count()

    for _ in range(20):
        speaking.call("getMeetings")
    time.sleep(0.05)

    assert threading.active_count() <= before
