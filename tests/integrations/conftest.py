# SPDX-License-Identifier: EUPL-1.2
"""Where mails of tests go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.smtp_sink import SmtpSink, smtp_sink


@pytest.fixture
def mail_folder(tmp_path: Path, settings: Settings) -> Path:
    """Mails are kept in this folder."""
    settings.VCONF_MAIL_FOLDER = tmp_path / "mails"
    return tmp_path / "mails"


@pytest.fixture
def sink(settings: Settings) -> Iterator[SmtpSink]:
    """Mails go to a mail server that keeps them."""
    with smtp_sink() as running:
        settings.VCONF_MAIL_FOLDER = None
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
        yield running
