# SPDX-License-Identifier: EUPL-1.2
"""A body that is too large is refused before it is read, to each program in the words it knows."""

import pytest
from asgiref.testing import ApplicationCommunicator

from vconf.asgi import application

MIB = 1_048_576


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("PUT", "/dav/calendars/x/bookings/a.ics", b"<C:max-resource-size/>"),
        ("PROPFIND", "/dav/", b""),
        ("PUT", "/api/v1/bookings", b'"code": "too_large"'),
    ],
)
async def test_a_body_that_is_too_large_is_refused_by_its_name(method: str, path: str, said: bytes) -> None:
    length = [(b"content-length", str(100 * MIB).encode())]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": length}
    visitor = ApplicationCommunicator(application, scope)

    start = await visitor.receive_output()
    body = (await visitor.receive_output())["body"]

    assert start["status"] == 413
    assert said in body and bool(said) == bool(body)
