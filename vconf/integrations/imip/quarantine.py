# SPDX-License-Identifier: EUPL-1.2
"""Mails that were set aside, for operators: what they may see of them, and do. Never what is in them (R8.6)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor, require_operator
from vconf.errors import NotFound, Refusal
from vconf.integrations.imip import intake
from vconf.integrations.imip.models import IncomingMail, MailState


class MailNotKept(Refusal):
    """Of what was too large nothing was kept."""

    code = "mail_not_kept"
    sentence = _("Of this mail nothing was kept that could be tried again.")


def set_aside_visible_to(actor: Actor, *, code: str = "") -> QuerySet[IncomingMail]:
    """What was set aside, newest first, without its content. Raises Forbidden unless the caller is an operator."""
    require_operator(actor)
    rows = IncomingMail.objects.filter(state=MailState.SET_ASIDE).defer("octets")
    return (rows.filter(code=code) if code else rows).order_by("-received_at", "-id")


def try_again(mail_id: UUID, *, actor: Actor) -> None:
    """Have a mail handled anew, with all its tries. Raises Forbidden, NotFound, MailNotKept."""
    with transaction.atomic():
        mail = _locked(mail_id, actor)
        if IncomingMail.objects.filter(id=mail.id, octets__isnull=True).exists():
            raise MailNotKept
        IncomingMail.objects.filter(id=mail.id).update(
            state=MailState.WAITING, code="", tries=0, due_at=timezone.now(), handled_at=None
        )
        _note("mail.retry", mail, actor)
        transaction.on_commit(lambda: intake.on_taken(), robust=True)


def discard(mail_id: UUID, *, actor: Actor) -> None:
    """Have done with a mail; its content goes at once. Raises Forbidden, NotFound."""
    with transaction.atomic():
        mail = _locked(mail_id, actor)
        IncomingMail.objects.filter(id=mail.id).update(
            state=MailState.IGNORED, code="discarded", octets=None, handled_at=timezone.now()
        )
        _note("mail.discard", mail, actor)


def _locked(mail_id: UUID, actor: Actor) -> IncomingMail:
    mail = set_aside_visible_to(actor).select_for_update().filter(id=mail_id).first()
    if mail is None:
        raise NotFound
    return mail


def _note(action: str, mail: IncomingMail, actor: Actor) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="mail",
        object_id=mail.id,
        changes={"code": mail.code, "size": mail.size},
    )
