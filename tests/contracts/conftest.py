# SPDX-License-Identifier: EUPL-1.2
"""Every make of conference server, behind one face: what the contract's tests need to see it from outside.

A new make adds one class and one entry in MAKES; all tests in this folder then run against it.
"""

from __future__ import annotations

from typing import Protocol

import pytest
import requests

from tests.simulator_fixture import SimulatorProcess, receiver, simulator, simulator_process
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.port import ConferenceBackend, ServerAccess

__all__ = ["receiver", "simulator", "simulator_process"]


class ServerUnderContract(Protocol):
    @property
    def backend(self) -> ConferenceBackend: ...

    def people_join(self, external_id: str, count: int, *, moderators: int = 0) -> None: ...
    def people_leave(self, external_id: str) -> None: ...
    def forget(self) -> None: ...
    def break_down(self, how: str) -> None:
        """`how`: hang, drip, close, fail, html, garbage."""

    def with_wrong_secret(self) -> ConferenceBackend: ...
    def with_short_limits(self) -> ConferenceBackend:
        """No call takes longer than 0.6 s."""

    def open_in_browser(self, url: str) -> requests.Response: ...


class SimulatedBigBlueButton:
    def __init__(self, simulator: SimulatorProcess) -> None:
        self._simulator = simulator
        self.backend = BigBlueButtonBackend(access_to(simulator))

    def people_join(self, external_id: str, count: int, *, moderators: int = 0) -> None:
        self._simulator.add_people(external_id, count)
        if moderators:
            self._simulator.add_people(external_id, moderators, role="MODERATOR")

    def people_leave(self, external_id: str) -> None:
        self._simulator.remove_people(external_id)

    def forget(self) -> None:
        self._simulator.forget()

    def break_down(self, how: str) -> None:
        self._simulator.set_fault(how)

    def with_wrong_secret(self) -> ConferenceBackend:
        return BigBlueButtonBackend(access_to(self._simulator, secret="wrong"))

    def with_short_limits(self) -> ConferenceBackend:
        return BigBlueButtonBackend(
            ServerAccess(
                kind="bigbluebutton",
                base_url=self._simulator.base_url,
                secret=self._simulator.secret,
                allow_http=True,
                connect_timeout=0.5,
                read_timeout=0.3,
                deadline=0.6,
                create_read_timeout=0.3,
                create_deadline=0.6,
            )
        )

    def open_in_browser(self, url: str) -> requests.Response:
        return requests.get(url, timeout=5)


def access_to(simulator: SimulatorProcess, *, secret: str | None = None) -> ServerAccess:
    return ServerAccess(
        kind="bigbluebutton",
        base_url=simulator.base_url,
        secret=secret or simulator.secret,
        allow_http=True,
    )


MAKES = {"bigbluebutton": SimulatedBigBlueButton}


@pytest.fixture(params=MAKES)
def server(request: pytest.FixtureRequest, simulator: SimulatorProcess) -> ServerUnderContract:
    make: type[SimulatedBigBlueButton] = MAKES[request.param]
    return make(simulator)
