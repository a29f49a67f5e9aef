# SPDX-License-Identifier: EUPL-1.2
"""Real mail servers: Postfix, which hands mails to vconf by LMTP and to mailboxes, and Dovecot, which holds those.

Debian's packages (`make test` installs them), with folders and ports of their own; both need root, as they change to
other users. What they know of the world: mailboxes of PEOPLE, rooms and answers at vconf, and nothing else.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from scripts.install import mail_servers_missing
from tests.certificates import write_pair
from tests.smtp_sink import unused_port

#: the domain in which everybody has a mailbox, whatever their name is
PEOPLE = "im.mv.example"
#: where vconf gets its mails
ROOMS, ANSWERS = "raum.mv.example", "mv.example"
PASSWORD = "correct-horse"
#: whose Authentication-Results stand in mails that came through Postfix
AUTHSERV_ID = "mx.mv.example"
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class MailServers:
    """smtp_port: where everybody sends; lmtp_port: where vconf has to listen; imap_port: where everybody reads;
    imaps_port: the same with TLS from the first octet. certificate: that clients have to trust.
    """

    smtp_port: int
    lmtp_port: int
    imap_port: int
    imaps_port: int
    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def send(self, octets: bytes, sender: str, recipients: Sequence[str]) -> None:
        """As a mail program does."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=_SECONDS) as server:
            server.sendmail(sender, recipients, octets)

    @contextmanager
    def mailbox(self, address: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=_SECONDS) as server:
            server.login(address, PASSWORD)
            server.select(folder)
            yield server

    def mails(self, address: str, folder: str = "INBOX") -> list[EmailMessage]:
        """What lies there, oldest first."""
        with self.mailbox(address, folder) as server:
            found = []
            for number in server.search(None, "ALL")[1][0].split():
                answer = server.fetch(number, "(BODY.PEEK[])")[1][0]
                assert isinstance(answer, tuple)
                found.append(message_from_bytes(answer[1], policy=default))
            return found

    def waits_for(self, address: str, count: int = 1, seconds: float = _SECONDS) -> list[EmailMessage]:
        """The mails that lie there, once there are so many."""
        end = time.monotonic() + seconds
        while len(found := self.mails(address)) < count:
            assert time.monotonic() < end, f"{address} has {len(found)} mails; {self.log[-3000:]}"
            time.sleep(0.2)
        return found

    def queued(self) -> int:
        """Mails that Postfix keeps as it could not hand them over yet."""
        return sum(
            1
            for name in ("incoming", "active", "deferred")
            for path in (self.folder / "queue" / name).rglob("*")
            if path.is_file()
        )

    def hand_over_again(self) -> None:
        """Now, instead of in some minutes."""
        subprocess.run(
            ["postqueue", "-c", str(self.folder / "postfix"), "-f"],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
        )

    @property
    def log(self) -> str:
        return "".join(
            path.read_text(errors="replace")
            for path in (self.folder / "postfix.log", self.folder / "dovecot.log")
            if path.exists()
        )


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Both, running. Raises RuntimeError with what has to be installed if they cannot be had."""
    if missing := mail_servers_missing():
        raise RuntimeError(missing)
    folder = Path(tempfile.mkdtemp(prefix="vconf-mail-"))
    folder.chmod(0o755)
    servers = MailServers(unused_port(), unused_port(), unused_port(), unused_port(), folder)
    mailboxes = unused_port()
    try:
        with ExitStack() as running:
            running.enter_context(
                _running(_dovecot(servers, mailboxes), servers, (servers.imap_port, mailboxes))
            )
            running.enter_context(_running(_postfix(servers, mailboxes), servers, (servers.smtp_port,)))
            yield servers
    finally:
        _end_master(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _end_master(folder: Path) -> None:
    """`postfix start-fg` ends without its master, which has a session of its own."""
    with suppress(OSError, ValueError):
        os.kill(int((folder / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)


@contextmanager
def _running(command: list[str], servers: MailServers, ports: Sequence[int]) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
    )
    try:
        end = time.monotonic() + _SECONDS
        while not all(_answers(port) for port in ports):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                said = process.communicate()[0]
                raise RuntimeError(f"{command[0]} did not start:\n{said}\n{servers.log}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return bool(connection.recv(1))
    except OSError:
        return False


def _postfix(servers: MailServers, mailboxes: int) -> list[str]:
    folder = servers.folder
    settings = folder / "postfix"
    for name in (settings, folder / "queue", folder / "postfix-data"):
        name.mkdir()
    shutil.chown(folder / "postfix-data", "postfix")
    (settings / "transport").write_text(
        f"{PEOPLE} lmtp:inet:127.0.0.1:{mailboxes}\n"
        f"{ROOMS} lmtp:inet:127.0.0.1:{servers.lmtp_port}\n"
        f"{ANSWERS} lmtp:inet:127.0.0.1:{servers.lmtp_port}\n"
    )
    # who sends from here is one of us: what a gateway finds out by SPF and DKIM, this one knows
    (settings / "senders").write_text(
        f"{PEOPLE} PREPEND Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from={PEOPLE}\n"
    )
    (settings / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {folder / "queue"}
data_directory = {folder / "postfix-data"}
maillog_file = {folder / "postfix.log"}
maillog_file_prefixes = {folder}
myhostname = {AUTHSERV_ID}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_domains = {PEOPLE}, {ROOMS}, {ANSWERS}
relay_recipient_maps =
transport_maps = texthash:{settings / "transport"}
default_transport = error:nowhere else
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_sender_access texthash:{settings / "senders"}
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
minimal_backoff_time = 5s
maximal_backoff_time = 5s
queue_run_delay = 2s
""")
    services = "\n".join(
        f"{name} unix {private} - n {wakes} {most} {command}"
        for name, private, wakes, most, command in (
            ("pickup", "n", "60", "1", "pickup"),
            ("cleanup", "n", "-", "0", "cleanup"),
            ("qmgr", "n", "300", "1", "qmgr"),
            ("rewrite", "-", "-", "-", "trivial-rewrite"),
            ("bounce", "-", "-", "0", "bounce"),
            ("defer", "-", "-", "0", "bounce"),
            ("trace", "-", "-", "0", "bounce"),
            ("flush", "n", "1000?", "0", "flush"),
            ("proxymap", "-", "-", "-", "proxymap"),
            ("showq", "n", "-", "-", "showq"),
            ("error", "-", "-", "-", "error"),
            ("retry", "-", "-", "-", "error"),
            ("lmtp", "-", "-", "-", "lmtp"),
            ("anvil", "-", "-", "1", "anvil"),
        )
    )
    (settings / "master.cf").write_text(
        f"127.0.0.1:{servers.smtp_port} inet n - n - - smtpd\n{services}\n"
        "postlog unix-dgram n - n - 1 postlogd\n"
    )
    return ["postfix", "-c", str(settings), "start-fg"]


def _dovecot(servers: MailServers, mailboxes: int) -> list[str]:
    folder = servers.folder
    mails = folder / "mailboxes"
    mails.mkdir()
    shutil.chown(mails, "mail", "mail")
    certificate, key = write_pair(folder)
    settings = folder / "dovecot.conf"
    settings.write_text(f"""
base_dir = {folder / "dovecot"}
state_dir = {folder / "dovecot-state"}
log_path = {folder / "dovecot.log"}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
mail_location = maildir:{mails}/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
recipient_delimiter = +
auth_username_format = %Lu
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={mails}/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {servers.imap_port}
  }}
  inet_listener imaps {{
    port = {servers.imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {mailboxes}
  }}
}}
""")
    return ["dovecot", "-F", "-c", str(settings)]
