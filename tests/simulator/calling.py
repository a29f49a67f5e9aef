# SPDX-License-Identifier: EUPL-1.2
"""Calls the simulated API as its documentation says, apart from the adapter so that each checks the other."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

import requests

from tests.simulator_fixture import SimulatorProcess


def signed(server: SimulatorProcess, name: str, algorithm: str = "sha256", /, **parameters: object) -> str:
    query = urlencode(parameters)
    checksum = hashlib.new(algorithm, f"{name}{query}{server.secret}".encode()).hexdigest()
    return f"{server.base_url}{name}?{query}&checksum={checksum}"


def call(server: SimulatorProcess, name: str, algorithm: str = "sha256", /, **parameters: object) -> Element:
    answer = requests.get(signed(server, name, algorithm, **parameters), timeout=5, allow_redirects=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    return fromstring(answer.content)


def texts(element: Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def create(server: SimulatorProcess, meeting_id: str = "m-1", /, **parameters: object) -> dict[str, str]:
    answer = texts(call(server, "create", meetingID=meeting_id, **{"name": "Lagebesprechung", **parameters}))
    assert answer["returncode"] == "SUCCESS", answer
    return answer


def info(server: SimulatorProcess, meeting_id: str = "m-1") -> Element:
    return call(server, "getMeetingInfo", meetingID=meeting_id)


class Browser:
    """Somebody with a browser: follows the join URL and keeps the page they land on."""

    def __init__(self, server: SimulatorProcess, language: str = "de", **join: object) -> None:
        self.server = server
        self.http = requests.Session()
        self.http.headers["Accept-Language"] = language
        parameters = {"meetingID": "m-1", "fullName": "Anna", "role": "VIEWER", **join}
        self.page = self.http.get(signed(server, "join", **parameters), timeout=5)

    @property
    def token(self) -> str:
        return self.page.url.partition("sessionToken=")[2]

    def press(self, button: str, **fields: str) -> requests.Response:
        return self.http.post(
            f"{self.server.origin}/html5client/{button}",
            data={"sessionToken": self.token, **fields},
            timeout=5,
            allow_redirects=False,
        )

    def open_stream(self) -> requests.Response:
        return self.http.get(
            f"{self.server.origin}/html5client/events?sessionToken={self.token}", stream=True, timeout=5
        )
