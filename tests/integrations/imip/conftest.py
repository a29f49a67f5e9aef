# SPDX-License-Identifier: EUPL-1.2
"""The usual scene, mail servers for all tests of a session, and mails on their way to us."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connections

from tests import factories
from tests.integrations.imip.post import Post
from tests.mail_servers import MailServers, mail_servers
from vconf.integrations.imip.listener import Listener


@pytest.fixture
def scene(db: None) -> factories.World:
    return factories.world()


@pytest.fixture
def post(scene: factories.World) -> Post:
    """Where mails of organisers and of people invited come in."""
    return Post()


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Postfix and Dovecot. Where they cannot be had the tests fail with what to install."""
    with mail_servers() as running:
        yield running


@contextmanager
def listening(url: str) -> Iterator[Listener]:
    """A listener in a thread of its own, as in `make run`."""
    loop = asyncio.new_event_loop()
    listener = Listener(url)
    loop.run_until_complete(listener.open())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        connections.close_all()


@pytest.fixture
def listen() -> Iterator[Callable[[str], Listener]]:
    """Listens until the test is over: `listen("lmtp://127.0.0.1:0")`."""
    with ExitStack() as running:
        yield lambda url: running.enter_context(listening(url))
