# SPDX-License-Identifier: EUPL-1.2
"""A mailbox of a real server, read: each mail is taken in once, whoever dies, and none before its row is committed."""

from __future__ import annotations

import threading
import time

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from tests import factories
from tests.integrations.imip.mails import EVENT, alternative
from tests.mail_servers import PASSWORD, MailServers
from tests.smtp_sink import unused_port
from vconf.integrations.imip import intake, mailbox
from vconf.integrations.imip.mailbox import DONE, MailboxFailed, read_mailbox
from vconf.integrations.imip.models import IncomingMail, MailboxPlace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(servers: MailServers, request: pytest.FixtureRequest) -> str:
    """A mailbox of this test's own."""
    return f"{request.node.name.partition('[')[0].removeprefix('test_')[:40]}@im.mv.example"


@pytest.fixture
def url(servers: MailServers, box: str) -> str:
    return f"imap://{box.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{servers.imap_port}/INBOX"


@pytest.fixture
def room() -> str:
    return factories.world().small.address


def deliver(servers: MailServers, box: str, *numbers: int, to: str) -> None:
    """Into the mailbox, as a server puts mails for all rooms into one."""
    before = len(servers.mails(box))
    for number in numbers:
        octets = alternative(
            EVENT.replace("lage-1", f"lage-{number}"), message_id=f"<{number}@im.mv.example>", to=to
        )
        servers.send(octets, "anna@im.mv.example", [box])
    servers.waits_for(box, before + len(numbers))


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_what_is_secured_is_read_from_a_server_that_is_trusted_only(
    scheme: str, servers: MailServers, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = f"{scheme.replace('+', '-')}@im.mv.example"
    port = servers.imaps_port if scheme == "imaps" else servers.imap_port
    url = f"{scheme}://{box.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{port}/INBOX"
    deliver(servers, box, 1, to=room)

    with pytest.raises(MailboxFailed):
        read_mailbox(url)
    assert not IncomingMail.objects.exists()

    monkeypatch.setenv("SSL_CERT_FILE", str(servers.certificate))
    assert read_mailbox(url) == 1
    assert IncomingMail.objects.get().recipients == [room]


def test_mails_are_taken_in_once_and_moved(servers: MailServers, box: str, url: str, room: str) -> None:
    deliver(servers, box, 1, 2, 3, to=f"Saal <{room.upper()}>, bernd@im.mv.example")

    assert read_mailbox(url) == 3
    assert read_mailbox(url) == 0

    assert servers.mails(box) == []
    assert len(servers.mails(box, DONE)) == 3
    rows = IncomingMail.objects.all()
    assert [(one.sender, one.recipients, one.channel) for one in rows] == [
        ("anna@im.mv.example", [room], "imap")
    ] * 3
    deliver(servers, box, 4, to=room)
    assert read_mailbox(url) == 1


def test_who_dies_between_commit_and_moving_moves_later(
    servers: MailServers, box: str, url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(servers, box, 1, 2, to=room)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mailbox, "_put_away", die)
    with pytest.raises(KeyboardInterrupt):
        read_mailbox(url)
    assert len(servers.mails(box)) == 2
    monkeypatch.undo()

    assert read_mailbox(url) == 0
    assert IncomingMail.objects.count() == 2
    assert servers.mails(box) == []


def test_what_is_not_committed_stays_in_the_mailbox(
    servers: MailServers, box: str, url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(servers, box, 1, 2, to=room)
    keep = intake.keep

    def keep_one(*arguments: object, **more: object) -> None:
        if IncomingMail.objects.exists():
            raise intake.Full
        keep(*arguments, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(intake, "keep", keep_one)
    with pytest.raises(intake.Full):
        read_mailbox(url)
    assert len(servers.mails(box)) == 2
    monkeypatch.undo()

    assert read_mailbox(url) == 1
    assert IncomingMail.objects.count() == 2


def test_under_another_validity_all_is_read_again_and_recognised(
    servers: MailServers, box: str, url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(servers, box, 1, 2, to=room)
    monkeypatch.setattr(mailbox, "_put_away", lambda *_: None)
    read_mailbox(url)
    MailboxPlace.objects.update(uid_validity=1, last_uid=4711)

    assert read_mailbox(url) == 2
    assert IncomingMail.objects.count() == 2


def test_what_is_too_large_is_set_aside_unread(
    servers: MailServers, box: str, url: str, room: str, settings: Settings
) -> None:
    settings.VCONF_MAIL_MAX_BYTES = 1_000
    servers.send(alternative(EVENT + "x" * 2_000), "anna@im.mv.example", [box])
    servers.send(b"X: y\r\n" * 1_100 + b"\r\nx", "anna@im.mv.example", [box])
    servers.waits_for(box, 2)

    assert read_mailbox(url) == 2

    assert {(one.state, one.code, one.octets) for one in IncomingMail.objects.all()} == {
        ("set_aside", "too_large", None)
    }


def test_the_envelope_counts_more_than_what_people_write(servers: MailServers, box: str, room: str) -> None:
    octets = alternative(
        EVENT, to="nobody@else.example", more=f"Delivered-To: {room}\nReturn-Path: <a@b.example>\n"
    )

    assert mailbox._recipients(octets) == [room]
    assert mailbox._sender(octets) == "a@b.example"


def test_the_password_is_in_no_log_and_no_error(servers: MailServers, box: str, url: str) -> None:
    stopping = threading.Event()
    wrong = url.replace(PASSWORD, "tell-nobody")
    with pytest.raises(MailboxFailed) as refused:
        read_mailbox(wrong)
    with capture_logs() as logs:
        thread = threading.Thread(target=mailbox.keep_reading, args=(wrong, stopping))
        thread.start()
        end = time.monotonic() + 20
        while not logs and time.monotonic() < end:
            time.sleep(0.05)
        stopping.set()
        thread.join(20)

    assert not thread.is_alive()
    assert [entry["reason"] for entry in logs] == ["log-in refused"]
    assert "tell-nobody" not in f"{logs} {refused.value!r} {refused.value.__cause__!r}"


@pytest.mark.parametrize("what", ["nobody listens", "no such folder"])
def test_a_mailbox_that_is_not_there_is_one_line(what: str, url: str, servers: MailServers) -> None:
    if what == "nobody listens":
        url = url.replace(f":{servers.imap_port}", f":{unused_port()}")
    else:
        url = url.replace("/INBOX", "/Nothing")

    with pytest.raises(MailboxFailed):
        read_mailbox(url)


def test_it_is_looked_into_again_and_again(
    servers: MailServers, box: str, url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "EVERY", 0.1)
    stopping = threading.Event()
    thread = threading.Thread(target=mailbox.keep_reading, args=(url, stopping))
    thread.start()
    try:
        for number in (1, 2):
            servers.send(
                alternative(EVENT, message_id=f"<{number}@im.mv.example>", to=room),
                "anna@im.mv.example",
                [box],
            )
            end = time.monotonic() + 20
            while IncomingMail.objects.count() < number:
                assert time.monotonic() < end
                time.sleep(0.1)
    finally:
        stopping.set()
        thread.join(20)
