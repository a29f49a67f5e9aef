# SPDX-License-Identifier: EUPL-1.2
"""Sealing: what was written since the last round is bound into the chain (R8.9). docs/adr/0005 says against whom."""

from __future__ import annotations

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from vconf.audit.digests import digest_of, mac_of
from vconf.audit.heads import Head, note_head, noted_head
from vconf.audit.models import AuditEntry, AuditSeal
from vconf.crashpoints import reach

log = structlog.get_logger("vconf.audit.seal")

AT_ONCE = 1000
#: how many entries a transaction that commits late may be behind the newest sealed one and still be found
LATE = 10_000


def seal_all() -> int:
    """Seal everything that is committed, in transactions of 1,000 entries; how many it were.

    May run anywhere and at any time: of several sealers at once one seals, and whatever is lost on the way is done
    in the next round.
    """
    sealed = 0
    while True:
        count = _seal_some()
        sealed += count
        if count < AT_ONCE:
            return sealed


def _seal_some() -> int:
    try:
        with transaction.atomic():
            links = _links()
            AuditSeal.objects.bulk_create(links)
            reach("audit.before_seal_commit")
    except IntegrityError:
        return 0  # somebody else took these positions meanwhile
    if links:
        head = Head(links[-1].position, links[-1].digest)
        reach("audit.after_seal_commit")
        # Whoever collects the log lines can show later that the chain once ended here.
        log.info("audit sealed", entries=len(links), head=str(head))
        _note(head)
    return len(links)


def _links() -> list[AuditSeal]:
    tail = AuditSeal.objects.order_by("-position").first()
    newest = AuditSeal.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    entries = AuditEntry.objects.filter(
        ~Exists(AuditSeal.objects.filter(entry_id=OuterRef("id"))), id__gt=newest - LATE
    ).order_by("id")[:AT_ONCE]
    position, digest = (tail.position, tail.digest) if tail else (0, "")
    now = timezone.now()
    links = []
    for entry in entries:
        position += 1
        digest = digest_of(
            position=position, entry_id=entry.id, mac=mac_of(entry), sealed_at=now, previous=digest
        )
        links.append(AuditSeal(position=position, entry_id=entry.id, sealed_at=now, digest=digest))
    return links


def _note(head: Head) -> None:
    """Note the new head here, unless the chain does not go on from the one noted before: that is for people to see."""
    try:
        known = noted_head()
    except ValueError:
        log.error("the noted head of the audit cannot be read; run audit_verify")
        return
    if known is not None:
        if not AuditSeal.objects.filter(position=known.position, digest=known.digest).exists():
            log.error("the audit does not go on from the noted head; run audit_verify", noted=str(known))
            return
        if known.position >= head.position:
            return
    note_head(head)
