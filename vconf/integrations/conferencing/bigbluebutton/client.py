# SPDX-License-Identifier: EUPL-1.2
"""BigBlueButton's API on the wire: signed addresses out, XML in, failures as the port's errors.

Source: https://docs.bigbluebutton.org/development/api/ and bbb-web 2.4 to 3.0. A signed address is valid for ever,
so none is ever logged or put into an error.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vconf.integrations.conferencing.port import (
    BackendError,
    MeetingFull,
    MeetingNotFound,
    Misbehaving,
    NotSupported,
    RequestRefused,
    ServerAccess,
    ServerBusy,
    WrongSecret,
)
from vconf.integrations.conferencing.transport import (
    HttpAnswer,
    Limits,
    clock_skew_ms,
    fetch,
    normalise_base_url,
)

ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")

Parameters = Sequence[tuple[str, str]]

#: messageKey of a failed call -> what it means to us. bbb-web's keys of all supported versions.
_REFUSALS: dict[str, tuple[type[BackendError], str]] = {
    "checksumError": (WrongSecret, "wrong_secret"),
    "notFound": (MeetingNotFound, "meeting_not_found"),
    "invalidMeetingIdentifier": (MeetingNotFound, "meeting_not_found"),
    "invalidMeetingId": (MeetingNotFound, "meeting_not_found"),
    "meetingForciblyEnded": (MeetingNotFound, "meeting_ended"),
    "mismatchCreateTimeParam": (MeetingNotFound, "stale_incarnation"),
    "maxParticipantsReached": (MeetingFull, "meeting_full"),
    "idNotUnique": (RequestRefused, "id_not_unique"),
    "NotUniqueMeetingID": (RequestRefused, "id_not_unique"),
    "nonUniqueVoiceBridge": (RequestRefused, "voice_bridge_taken"),
    "guestDeniedAccess": (RequestRefused, "guest_denied"),
    "guestDeny": (RequestRefused, "guest_denied"),
    "invalidPassword": (RequestRefused, "wrong_password"),
    "Params required": (RequestRefused, "wrong_password"),
    "unsupportedRequest": (NotSupported, "not_supported"),
    "apiNotEnabled": (NotSupported, "api_not_enabled"),
    "internalError": (ServerBusy, "busy"),
}


class Answer:
    """A successful answer: the fields below `<response>`, or below one element of a list in it."""

    def __init__(self, element: Element) -> None:
        self._element = element

    def text(self, name: str) -> str:
        return (self._element.findtext(name) or "").strip()

    def flag(self, name: str) -> bool:
        return self.text(name).lower() == "true"

    def number(self, name: str) -> int:
        """0 when absent. Some versions write large numbers with the separators of their locale."""
        digits = re.sub(r"[^0-9]", "", self.text(name))
        return int(digits) if digits and len(digits) <= 18 else 0

    def each(self, path: str) -> Iterator[Answer]:
        for element in self._element.iterfind(path):
            yield Answer(element)

    def texts_below(self, name: str) -> dict[str, str]:
        parent = self._element.find(name)
        return {} if parent is None else {child.tag: (child.text or "").strip() for child in parent}

    @property
    def message_key(self) -> str:
        return self.text("messageKey")


class BigBlueButtonClient:
    """Speaks to one server. Holds no connection and no state, so it may be shared by threads."""

    def __init__(self, access: ServerAccess) -> None:
        """Raises RequestRefused when the access can never work: address, algorithm, plain http where not allowed."""
        if access.checksum_algorithm not in ALGORITHMS:
            raise RequestRefused("unknown checksum algorithm", code="invalid_access")
        self._access = access
        self._base = normalise_base_url(access.base_url, allow_http=access.allow_http)

    def signed_url(self, call: str, parameters: Parameters) -> str:
        """The one place where a query is written: what is hashed is byte for byte what is sent."""
        query = urlencode(parameters)
        signature = checksum(call, query, self._access.secret, self._access.checksum_algorithm)
        return f"{self._base}{call}?{query}{'&' if query else ''}checksum={signature}"

    def version(self) -> Answer:
        """Unsigned; a healthy answer proves no more than that somebody is there."""
        return self.greet()[0]

    def greet(self) -> tuple[Answer, int | None]:
        """The same, and the server's clock less ours in milliseconds, to a second or so; None if it does not say."""
        asked = time.time()
        answer = fetch(self._base, limits=self._limits(), verify=self._verify)
        return self._read(answer), clock_skew_ms(answer.date, (asked + time.time()) / 2)

    def takes_wrong_checksums(self) -> bool:
        """Whether a call that nobody signed is answered all the same: the server then serves everybody."""
        url = f"{self._base}isMeetingRunning?meetingID=vconf-check&checksum={'0' * 64}"
        try:
            self._read(fetch(url, limits=self._limits(), verify=self._verify))
        except WrongSecret:
            return False
        return True

    def call(self, name: str, parameters: Parameters = (), *, creating: bool = False) -> Answer:
        """Raises the port's errors. `creating` grants the time that making a meeting may take."""
        url = self.signed_url(name, parameters)
        return self._read(fetch(url, limits=self._limits(creating), verify=self._verify))

    @property
    def _verify(self) -> bool | str:
        return self._access.ca_file or True

    def _limits(self, creating: bool = False) -> Limits:
        access = self._access
        if creating:
            return Limits(access.connect_timeout, access.create_read_timeout, access.create_deadline)
        return Limits(access.connect_timeout, access.read_timeout, access.deadline)

    def _read(self, answer: HttpAnswer) -> Answer:
        if answer.status == 404:
            # Not the API's own "no such meeting", which comes with status 200: nobody serves this path.
            raise Misbehaving("HTTP 404", code="no_such_path")
        if answer.status != 200:
            raise Misbehaving(f"HTTP {answer.status}", maybe_done=not 300 <= answer.status < 500)
        root = parse(answer.body)
        code = (root.findtext("returncode") or "").strip().upper()
        if code == "SUCCESS":
            return Answer(root)
        if code != "FAILED":
            raise Misbehaving("an answer without returncode", maybe_done=True)
        raise refusal(root)


def checksum(call: str, query: str, secret: str, algorithm: str) -> str:
    return hashlib.new(algorithm, f"{call}{query}{secret}".encode()).hexdigest()


def parse(body: bytes) -> Element:
    """Raises Misbehaving for anything but well-formed XML without DTD whose root is `<response>`."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        root = Element("none")
    if root.tag != "response":
        raise Misbehaving("an answer that is no XML of BigBlueButton", maybe_done=True)
    return root


def refusal(root: Element) -> BackendError:
    """The error that a FAILED answer stands for, in either of its two shapes."""
    key = root.findtext("messageKey") or root.findtext("errors/error/key") or ""
    key = re.sub(r"[^A-Za-z0-9_. -]", "", key)[:64].strip()
    kind, code = _REFUSALS.get(key, (RequestRefused, "request_refused"))
    return kind(key or "no reason given", code=code, maybe_done=kind is ServerBusy)
