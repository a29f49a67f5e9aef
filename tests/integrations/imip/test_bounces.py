# SPDX-License-Identifier: EUPL-1.2
"""What a delivery report does: only one about a mail of ours, and only a failure for good."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import Settings

from vconf.integrations.imip.bounces import bounce_token_of, take_report
from vconf.integrations.imip.shapes import ReadMail, Report
from vconf.integrations.invitations.models import SentMail
from vconf.integrations.invitations.sending import bounce_token

pytestmark = pytest.mark.django_db

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def taken_in(settings: Settings) -> None:
    settings.VCONF_MAIL_BOUNCES = "bounces@vk.mv.example"


@pytest.fixture
def sent() -> SentMail:
    return SentMail.objects.create(
        address="bernd@im.mv.example", method="REQUEST", sequence=0, message_id="<1@x>", token=TOKEN
    )


def report(action: str = "failed", status: str = "5.1.1") -> ReadMail:
    one = Report("bernd@im.mv.example", action, status, "550 5.1.1 nobody here")
    return ReadMail(kind="dsn", dsn=[one], auto_submitted="auto-replied")


def outcome(read: ReadMail, to: str = f"Bounces+{TOKEN.upper()}@vk.mv.example") -> tuple[str, str]:
    found = take_report(read, ["somebody@else.example", to], now=timezone.now())
    return found.state, found.code


def test_a_failure_is_noted_once(sent: SentMail) -> None:
    assert outcome(report()) == ("done", "")
    sent.refresh_from_db()
    assert (sent.bounce_status, sent.bounce) == ("5.1.1", "550 5.1.1 nobody here")
    assert outcome(report()) == ("ignored", "duplicate")


@pytest.mark.parametrize(
    "read",
    [
        report("delayed", "4.4.1"),
        report("delivered", "2.0.0"),
        report("failed", "4.4.7"),
        ReadMail(kind="plain", auto_submitted="auto-replied"),
    ],
)
def test_a_server_that_still_tries_changes_nothing(sent: SentMail, read: ReadMail) -> None:
    assert outcome(read) == ("ignored", "auto_reply")
    sent.refresh_from_db()
    assert sent.bounced_at is None


@pytest.mark.parametrize(
    "address",
    ["bounces@vk.mv.example", f"bounces+{TOKEN}@else.example", f"other+{TOKEN}@vk.mv.example", "", "x"],
)
def test_only_the_address_of_a_mail_says_which_one(sent: SentMail, address: str) -> None:
    assert bounce_token_of(address) == ""
    assert outcome(report(), address) == ("ignored", "no_such_meeting")


def test_a_token_cannot_be_told_from_what_the_recipient_of_a_mail_sees() -> None:
    assert bounce_token("<1@x>") != bounce_token("<2@x>")
    assert len(bounce_token("<1@x>")) == 32
