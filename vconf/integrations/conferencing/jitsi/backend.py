# SPDX-License-Identifier: EUPL-1.2
"""Jitsi as a conference server of vconf: the port on top of what a deployment offers.

Nothing is made on a Jitsi server beforehand. A room opens when the first person with a token enters, and is gone when
the last has left; the time of its opening is its incarnation. What runs there is known as far as the operator opened
it (census, room size); what cannot be ended from here is said to be so.
"""

from __future__ import annotations

import contextlib
import json
import time
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from vconf.integrations.conferencing.jitsi.client import JitsiClient, Patience
from vconf.integrations.conferencing.jitsi.control import Control
from vconf.integrations.conferencing.jitsi.inspection import Inspection
from vconf.integrations.conferencing.jitsi.rooms import Rooms, an_open_room
from vconf.integrations.conferencing.jitsi.shard import shard_of
from vconf.integrations.conferencing.jitsi.tokens import person_token
from vconf.integrations.conferencing.jitsi.vitals import Vitals
from vconf.integrations.conferencing.port import (
    UNOPENED,
    BackendError,
    CreatedMeeting,
    JoinRequest,
    LiveMeeting,
    MeetingSpec,
    Misbehaving,
    NotSupported,
    PersonThere,
    RequestRefused,
    ServerAccess,
    ServerReport,
    Unreachable,
)

#: Seconds before each look whether a meeting has really ended.
_LOOKS_AFTER_END = (0.0, 0.2, 0.6)
_LONGEST_NAME = 100
_LONGEST_TITLE = 150


class JitsiBackend:
    """Implements ConferenceBackend, ReportsLoad and RemovesPeople. Stateless; may be shared by threads."""

    opens_by_entering = True

    def __init__(self, access: ServerAccess) -> None:
        """Raises RequestRefused (`invalid_access`) when the access can never work."""
        self._access = access
        self._shard = shard_of(access)
        client = JitsiClient(access)
        self._rooms = Rooms(self._shard, client)
        self._control = Control(self._shard, client)
        self._vitals = Vitals(self._shard, client)
        self._inspection = Inspection(self._shard, client, self._rooms, self._control, self._vitals)

    @property
    def lists_meetings(self) -> bool:
        return bool(self._shard.census_url)

    def create(self, spec: MeetingSpec) -> CreatedMeeting:
        _check_room(spec.external_id)
        open_now = self._would_open(spec.external_id)
        if open_now is None:
            return CreatedMeeting(
                external_id=spec.external_id,
                incarnation=UNOPENED,
                created_at=datetime.now(UTC),
                existed=False,
            )
        return CreatedMeeting(
            external_id=spec.external_id,
            incarnation=open_now.incarnation,
            created_at=open_now.created_at or datetime.now(UTC),
            existed=True,
        )

    def join_url(self, request: JoinRequest) -> str:
        _check_room(request.external_id)
        token = person_token(self._shard, request, name=_line(request.full_name, _LONGEST_NAME) or "?")
        settings: list[tuple[str, object]] = [
            # vconf has asked for the name already.
            ("config.prejoinConfig.enabled", False),
            ("config.prejoinPageEnabled", False),
            ("config.requireDisplayName", True),
            ("config.disableDeepLinking", True),
            ("config.startWithAudioMuted", request.muted_on_start),
            ("config.startWithVideoMuted", request.camera_off),
            ("config.defaultLanguage", request.language),
        ]
        if title := _line(request.title, _LONGEST_TITLE):
            settings.append(("config.subject", title))
        query = f"?jwt={token}"
        if self._shard.token_in_fragment:
            query = ""
            settings.insert(0, ("jwt", token))
        fragment = urlencode(
            [(name, json.dumps(value, ensure_ascii=False)) for name, value in settings], quote_via=quote
        )
        return f"{self._shard.page_url}{request.external_id}{query}#{fragment}"

    def end(self, external_id: str, incarnation: str) -> bool:
        try:
            if not self._is_running(external_id, incarnation):
                return True
        except NotSupported:
            # Nothing tells what runs there, so only the order itself can.
            self._control.end(external_id)
            return True
        failure: BackendError | None = None
        try:
            self._control.end(external_id)
        except (Unreachable, Misbehaving) as error:
            if not error.maybe_done:
                raise
            failure = error
        for pause in _LOOKS_AFTER_END:
            time.sleep(pause)
            if not self._is_running(external_id, incarnation):
                return True
        if failure is not None:
            raise failure
        return False

    def live_meetings(self) -> Sequence[LiveMeeting]:
        patience = Patience(self._access.deadline)
        self._vitals.page(patience=patience)
        self._vitals.focus(patience=patience)
        return self._rooms.census(patience=patience) if self.lists_meetings else []

    def find_meeting(self, external_id: str) -> LiveMeeting | None:
        return self._rooms.find(external_id)

    def check(self) -> ServerReport:
        return self._inspection.look()

    def load(self) -> float | None:
        return self._vitals.load(self._access.seats)

    def people_in(self, external_id: str) -> Sequence[PersonThere]:
        return self._rooms.people(external_id)

    def remove_person(self, external_id: str, person_id: str) -> bool:
        return self._control.remove(external_id, person_id)

    def _would_open(self, external_id: str) -> LiveMeeting | None:
        """The room if it is open. Raises what keeps people from entering it: no focus, a secret that is refused."""
        patience = Patience(self._access.create_deadline)
        self._vitals.focus(patience=patience)
        if self._shard.size_url:
            people = self._rooms.size(external_id, patience=patience, creating=True)
            if people is None:
                return None
            # It is open; since when, the census may know.
            with contextlib.suppress(NotSupported):
                if listed := self._listed(external_id, patience):
                    return listed
            return an_open_room(external_id, people)
        with contextlib.suppress(NotSupported):
            return self._listed(external_id, patience)
        self._vitals.page(patience=patience, creating=True)
        return None

    def _listed(self, external_id: str, patience: Patience) -> LiveMeeting | None:
        rooms = self._rooms.census(patience=patience, creating=True)
        return next((room for room in rooms if room.external_id == external_id), None)

    def _is_running(self, external_id: str, incarnation: str) -> bool:
        room = self._rooms.find(external_id)
        if room is None:
            return False
        return UNOPENED in (incarnation, room.incarnation) or room.incarnation == incarnation


def _check_room(external_id: str) -> None:
    """Prosody folds case, so a name with capitals would be another one there. Raises RequestRefused."""
    if external_id != external_id.lower():
        raise RequestRefused("names of rooms are in lower case on Jitsi", code="invalid_room")


def _line(text: str, longest: int) -> str:
    """Fits a name or title into one line of printable text."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.split())[:longest].strip()
