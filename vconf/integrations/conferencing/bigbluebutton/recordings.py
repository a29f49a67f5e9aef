# SPDX-License-Identifier: EUPL-1.2
"""Recordings as BigBlueButton lists them: `getRecordings`, of all versions, in pages where the version has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from vconf.integrations.conferencing.bigbluebutton.client import Answer, BigBlueButtonClient, Parameters
from vconf.integrations.conferencing.port import Misbehaving, Recording

#: Ids in one call: their address stays below 2 kB.
IDS_AT_ONCE = 25
#: The largest page there is.
PAGE = 100
#: A server that never comes to an end is none.
MOST_PAGES = 50
_STATES = frozenset({"processing", "processed", "published", "unpublished", "deleted"})
_MOST_FORMATS = 10
_LONGEST_ID, _LONGEST_URL = 200, 2000


def recordings_of(client: BigBlueButtonClient, external_ids: Sequence[str]) -> Iterator[Recording]:
    """In every state. Raises BackendError."""
    for start in range(0, len(external_ids), IDS_AT_ONCE):
        ids = external_ids[start : start + IDS_AT_ONCE]
        for recording in _listed(client, [("meetingID", ",".join(ids))]):
            # Some front ends answer with more than was asked for.
            if recording.external_id in ids:
                yield recording


def recording_of(client: BigBlueButtonClient, record_id: str) -> Recording | None:
    """None if the server knows none of that id. Raises BackendError."""
    listed = _listed(client, [("recordID", record_id)])
    # The server takes the beginning of an id for the id.
    return next((recording for recording in listed if recording.record_id == record_id), None)


def _listed(client: BigBlueButtonClient, which: Parameters) -> Iterator[Recording]:
    seen: set[str] = set()
    for page in range(MOST_PAGES):
        parameters = [*which, ("state", "any"), ("offset", str(page * PAGE)), ("limit", str(PAGE))]
        listed = [
            _read(entry) for entry in client.call("getRecordings", parameters).each("recordings/recording")
        ]
        new = [one for one in listed if one.record_id not in seen]
        seen |= {one.record_id for one in new}
        yield from new
        # Versions before 2.6 know no pages and list everything each time.
        if len(listed) != PAGE or not new:
            return
    raise Misbehaving("a list of recordings without end", code="answer_too_big")


def _read(entry: Answer) -> Recording:
    record_id = entry.text("recordID")
    if not 0 < len(record_id) <= _LONGEST_ID:
        raise Misbehaving("a recording without id")
    state = entry.text("state").lower()
    if state not in _STATES:
        # Older versions say it with the flag alone.
        state = "published" if entry.flag("published") else "unpublished"
    playback = {}
    for shown in list(entry.each("playback/format"))[:_MOST_FORMATS]:
        url = shown.text("url")
        if len(url) <= _LONGEST_URL and _scheme(url) in ("https", "http"):
            playback[shown.text("type")[:40] or "presentation"] = url
    return Recording(
        record_id=record_id,
        external_id=entry.text("meetingID"),
        state=state,
        started_at=_instant(entry.number("startTime")),
        ended_at=_instant(entry.number("endTime")),
        size_bytes=entry.number("size") or entry.number("rawSize") or None,
        playback=playback,
    )


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _instant(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if 0 < milliseconds < 10**14 else None
