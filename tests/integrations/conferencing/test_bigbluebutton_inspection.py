# SPDX-License-Identifier: EUPL-1.2
"""What a look at a BigBlueButton tells an operator: what it can do, and what of it is unsafe. Real servers answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.simulator_fixture import REPOSITORY, SimulatorProcess
from vconf.integrations.conferencing import findings
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.bigbluebutton.client import BigBlueButtonClient
from vconf.integrations.conferencing.bigbluebutton.inspection import FINDINGS, is_old
from vconf.integrations.conferencing.port import ServerAccess, ServerReport

SECRET = "0123456789abcdef0123456789abcdef"


@contextmanager
def server(*options: str, secret: str = SECRET) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(secret=secret, options=options)
    process.start()
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture
def right() -> Iterator[SimulatorProcess]:
    """For whose clock no test has let time pass."""
    with server() as process:
        yield process


def check(of: SimulatorProcess, **changes: object) -> ServerReport:
    access = ServerAccess(kind="bigbluebutton", base_url=of.base_url, secret=of.secret, allow_http=True)
    return BigBlueButtonBackend(replace(access, **changes)).check()  # type: ignore[arg-type]  # fields of it


def test_a_sound_server_has_nothing_but_the_plain_http_of_these_tests(right: SimulatorProcess) -> None:
    report = check(right)

    assert report.healthy
    assert report.findings == ("plain_http",)
    assert report.abilities == {"end", "lobby", "moderators", "limit", "recording", "webhooks"}
    assert report.clock_skew_ms is not None
    assert abs(report.clock_skew_ms) < 2_000


def test_an_old_server_without_webhooks() -> None:
    with server("--bbb-version", "2.4.9", "--no-webhooks") as old:
        report = check(old)

    assert report.healthy
    assert set(report.findings) == {"plain_http", "old_version", "no_webhooks"}
    assert report.webhooks is False
    assert "webhooks" not in report.abilities


@pytest.mark.parametrize(
    ("version", "old"),
    [
        ("2.4.9", True),
        ("2.6.18", True),
        ("2.7.0", False),
        ("3.0.10", False),
        ("10.1.0", False),
        # what servers say that hide it
        ("2.0", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_which_versions_are_old(version: str, old: bool) -> None:
    assert is_old(version) is old


def test_a_secret_that_could_be_guessed() -> None:
    with server(secret="s3cr3t") as guessable:
        assert "short_secret" in check(guessable).findings


def test_a_server_that_knows_sha1_only() -> None:
    with server("--algorithm", "sha1") as weak:
        assert "sha1_only" in check(weak, checksum_algorithm="sha1").findings


def test_sha1_although_the_server_knows_better(simulator: SimulatorProcess) -> None:
    found = check(simulator, checksum_algorithm="sha1").findings

    assert "sha1_chosen" in found
    assert "sha1_only" not in found


def test_a_refused_algorithm_is_told_from_a_wrong_secret() -> None:
    with server("--algorithm", "sha512") as hardened:
        refused, wrong = check(hardened), check(hardened, secret="wrong")

    assert (refused.code, refused.secret_ok, refused.findings) == (
        "algorithm_refused",
        True,
        ("algorithm_refused",),
    )
    assert "sha512" in refused.detail
    assert (wrong.code, wrong.secret_ok, wrong.findings) == ("wrong_secret", False, ())
    assert not refused.healthy


@pytest.mark.parametrize(("skew_ms", "found"), [(0, False), (-90_000, True), (90_000, True), (20_000, False)])
def test_a_clock_that_is_wrong(right: SimulatorProcess, skew_ms: int, found: bool) -> None:
    right.skew_clock(skew_ms)

    report = check(right)

    assert report.clock_skew_ms is not None
    assert abs(report.clock_skew_ms - skew_ms) < 2_000
    assert ("clock_skew" in report.findings) is found


def test_a_server_that_serves_anybody(simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """bbb-web without a secret checks none; the simulated one cannot be made so unsafe."""
    assert "open_api" not in check(simulator).findings
    monkeypatch.setattr(BigBlueButtonClient, "takes_wrong_checksums", lambda self: True)

    assert "open_api" in check(simulator).findings


def test_webhooks_that_prove_little(simulator: SimulatorProcess) -> None:
    assert "url_only_webhooks" in check(simulator, hook_signature="url-only").findings


@pytest.mark.parametrize("fault", ["hang", "fail", "garbage", "busy"])
@pytest.mark.parametrize("call", ["hooks/list", "getRecordings", "isMeetingRunning"])
def test_what_cannot_be_found_out_is_left_out(simulator: SimulatorProcess, call: str, fault: str) -> None:
    simulator.set_fault(fault, call=call)

    report = check(simulator, read_timeout=0.3, deadline=1.0)

    assert report.healthy
    assert "open_api" not in report.findings
    if call == "hooks/list":
        assert report.webhooks is None
        assert "no_webhooks" not in report.findings
    if call == "getRecordings":
        assert "recording" in report.abilities
        assert "no_recording" not in report.findings


def test_every_finding_is_told_to_operators() -> None:
    manual = (REPOSITORY / "docs" / "bigbluebutton.md").read_text(encoding="utf-8")

    for code in FINDINGS:
        assert code in findings.FINDINGS
        assert f"| `{code}` |" in manual
