# SPDX-License-Identifier: EUPL-1.2
"""Every make of conference server, behind one face: what the contract's tests need to see it from outside.

A new make adds one class and one entry in MAKES; all tests in this folder then run against it. Makes differ in one
thing: some make a meeting when told to (`maker`), on others it opens when somebody enters (`opener`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import pytest
import requests
from cryptography.hazmat.primitives import serialization

from tests.rsa_keys import pem_of, rsa_key
from tests.simulator_fixture import (
    JitsiShard,
    SimulatorProcess,
    jitsi_shard,
    jitsi_shard_process,
    receiver,
    simulator,
    simulator_process,
)
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.jitsi.backend import JitsiBackend
from vconf.integrations.conferencing.port import ConferenceBackend, ServerAccess

__all__ = ["jitsi_shard", "jitsi_shard_process", "receiver", "simulator", "simulator_process"]

SHORT: dict[str, Any] = {
    "connect_timeout": 0.5,
    "read_timeout": 0.3,
    "deadline": 0.6,
    "create_read_timeout": 0.3,
    "create_deadline": 0.6,
}


class ServerUnderContract(Protocol):
    @property
    def backend(self) -> ConferenceBackend: ...

    def people_join(self, external_id: str, count: int) -> None: ...
    def people_leave(self, external_id: str) -> None: ...
    def moderators_in(self, external_id: str) -> int:
        """As the server itself has it, which not every make tells us."""

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
        self._access = ServerAccess(
            kind="bigbluebutton", base_url=simulator.base_url, secret=simulator.secret, allow_http=True
        )
        self.backend = BigBlueButtonBackend(self._access)

    def people_join(self, external_id: str, count: int) -> None:
        self._simulator.add_people(external_id, count)

    def people_leave(self, external_id: str) -> None:
        self._simulator.remove_people(external_id)

    def moderators_in(self, external_id: str) -> int:
        meeting = self._simulator.meeting(external_id)
        return 0 if meeting is None else int(meeting["moderators"])

    def forget(self) -> None:
        self._simulator.forget()

    def break_down(self, how: str) -> None:
        self._simulator.set_fault(how)

    def with_wrong_secret(self) -> ConferenceBackend:
        return BigBlueButtonBackend(replace(self._access, secret="wrong"))

    def with_short_limits(self) -> ConferenceBackend:
        return BigBlueButtonBackend(replace(self._access, **SHORT))

    def open_in_browser(self, url: str) -> requests.Response:
        return requests.get(url, timeout=5)


class SimulatedJitsi:
    """With all modules that there are, and a Prosody that counts in milliseconds: a simulated restart takes less."""

    def __init__(self, shard: JitsiShard) -> None:
        self._shard = shard
        key = rsa_key("system")
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        shard.configure(
            enable_roomsize_token_verification=True,
            census_milliseconds=True,
            system_keys={"system-1": public.decode()},
        )
        self._access = ServerAccess(
            kind="jitsi",
            base_url=shard.base_url,
            secret=shard.secret,
            options={
                "census_url": f"{shard.origin}/room-census",
                "size_url": f"{shard.origin}/room-size",
                "jicofo_url": shard.origin,
                "bridge_urls": shard.origin,
                "end_url": f"{shard.origin}/end-meeting",
                "kick_url": f"{shard.origin}/kick-participant",
                "system_key_id": "system-1",
            },
            keys={"system_key": pem_of(key)},
            allow_http=True,
        )
        self.backend = JitsiBackend(self._access)

    def people_join(self, external_id: str, count: int) -> None:
        for number in range(count):
            token = self._shard.token(external_id, name=f"Person {number + 1}")
            assert self._shard.enter(external_id, jwt=token)["entered"]

    def people_leave(self, external_id: str) -> None:
        self._shard.leave(external_id)

    def moderators_in(self, external_id: str) -> int:
        room = self._shard.rooms().get(external_id)
        return 0 if room is None else int(room["moderators"])

    def forget(self) -> None:
        self._shard.forget()

    def break_down(self, how: str) -> None:
        self._shard.set_fault(how)

    def with_wrong_secret(self) -> ConferenceBackend:
        return JitsiBackend(replace(self._access, secret="wrong"))

    def with_short_limits(self) -> ConferenceBackend:
        return JitsiBackend(replace(self._access, **SHORT))

    def open_in_browser(self, url: str) -> requests.Response:
        return requests.get(url, timeout=5)


def _bigbluebutton(request: pytest.FixtureRequest) -> ServerUnderContract:
    return SimulatedBigBlueButton(request.getfixturevalue("simulator"))


def _jitsi(request: pytest.FixtureRequest) -> ServerUnderContract:
    return SimulatedJitsi(request.getfixturevalue("jitsi_shard"))


#: makes on which meetings are made, and those on which they open by being entered
MAKERS = {"bigbluebutton": _bigbluebutton}
OPENERS = {"jitsi": _jitsi}
MAKES: dict[str, Callable[[pytest.FixtureRequest], ServerUnderContract]] = {**MAKERS, **OPENERS}


@pytest.fixture(params=MAKES)
def server(request: pytest.FixtureRequest) -> ServerUnderContract:
    return MAKES[request.param](request)


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> ServerUnderContract:
    return MAKERS[request.param](request)


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest) -> ServerUnderContract:
    return OPENERS[request.param](request)
