# SPDX-License-Identifier: EUPL-1.2
"""Verifying the chain: was anything changed, removed or added behind our back?

Reads everything once, in the order of the chain, a thousand rows at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef

from vconf.audit.digests import digest_of, mac_of
from vconf.audit.heads import Head
from vconf.audit.models import AuditEntry, AuditSeal

AT_ONCE = 1000
#: an entry is committed at most this long after the time it names; longer than any transaction, and than clocks differ
GRACE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it was written. `entry_id` is None where links of the chain itself are missing."""

    entry_id: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.entry_id is None else f"entry {self.entry_id}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verification:
    """`findings` in the order of the chain. `oldest_unsealed` is the time of the entry that waits longest."""

    findings: tuple[Finding, ...]
    sealed: int
    unsealed: int
    oldest_unsealed: datetime | None
    head: Head | None


def verify_chain(heads: Collection[Head] = ()) -> Verification:
    """Work out every digest anew. `heads` were noted outside of the database; the chain must still contain them."""
    with transaction.atomic():
        return _verify(heads)


def _verify(heads: Collection[Head]) -> Verification:
    findings: list[Finding] = []
    expected: dict[int, list[Head]] = {}
    for known in sorted(heads, key=lambda one: one.position):
        expected.setdefault(known.position, []).append(known)
    head: Head | None = None
    newest: datetime | None = None
    sealed = 0
    for link, entry in _chain():
        previous = head
        head = Head(link.position, link.digest)
        sealed += 1
        for known in expected.pop(link.position, ()):
            if known.digest != link.digest:
                findings.append(Finding(link.entry_id, f"was sealed anew after {known} had been noted"))
        gap = link.position - (previous.position if previous else 0) - 1
        if gap:
            findings.append(Finding(None, f"{gap} links before position {link.position} are missing"))
        if entry is None:
            findings.append(Finding(link.entry_id, "was removed"))
            continue
        findings += _findings(link, entry, previous.digest if previous else "", chained=not gap)
        if newest is not None and entry.at < newest - GRACE:
            findings.append(Finding(entry.id, "was added later than the time it names"))
        newest = entry.at if newest is None else max(newest, entry.at)
    unsealed = AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry_id=OuterRef("id"))))
    for entry in unsealed.order_by("id").iterator(AT_ONCE):
        if newest is not None and entry.at < newest - GRACE:
            findings.append(
                Finding(entry.id, "was added later than the time it names, or its seal was removed")
            )
        elif not compare_digest(mac_of(entry), entry.mac):
            findings.append(Finding(entry.id, "was changed, or was not written by vconf"))
    findings += _copies()
    findings += [
        Finding(None, f"the chain had a link at {known.position} when {known} was noted, and has none now")
        for missing in expected.values()
        for known in missing
    ]
    waiting = unsealed.order_by().aggregate(count=Count("id"), oldest=Min("at"))
    return Verification(tuple(findings), sealed, waiting["count"], waiting["oldest"], head)


def _chain() -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    after = -(2**62)
    while links := list(AuditSeal.objects.filter(position__gt=after).order_by("position")[:AT_ONCE]):
        entries = AuditEntry.objects.in_bulk([link.entry_id for link in links])
        for link in links:
            yield link, entries.get(link.entry_id)
        after = links[-1].position


def _findings(link: AuditSeal, entry: AuditEntry, previous: str, *, chained: bool) -> Iterator[Finding]:
    mac = mac_of(entry)
    if not compare_digest(mac, entry.mac):
        yield Finding(entry.id, "was changed, or was not written by vconf")
        return
    digest = digest_of(
        position=link.position, entry_id=entry.id, mac=mac, sealed_at=link.sealed_at, previous=previous
    )
    if chained and not compare_digest(digest, link.digest):
        yield Finding(entry.id, "is not the one that was sealed here, or its seal was changed")


def _copies() -> Iterator[Finding]:
    """An entry has a MAC of its own, since it names its microsecond: a second one with it is a copy."""
    rows = AuditEntry.objects.order_by().values("mac").annotate(count=Count("id"), first=Min("id"))
    for mac, first in rows.filter(count__gt=1).values_list("mac", "first"):
        for entry_id in AuditEntry.objects.filter(mac=mac, id__gt=first).values_list("id", flat=True):
            yield Finding(entry_id, f"is a copy of entry {first}")
