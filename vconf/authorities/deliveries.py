# SPDX-License-Identifier: EUPL-1.2
"""What operators may see and do about deliveries that were given up. The outbox itself knows no rights."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor, require_operator
from vconf.errors import NotFound, Refusal
from vconf.outbox.deliver import retry_all_parked, retry_parked
from vconf.outbox.models import Delivery
from vconf.outbox.overview import Backlog, backlog, open_deliveries


class NotParked(Refusal):
    """Only what was given up is tried again on demand; everything else is tried by itself."""

    code = "not_parked"
    sentence = _("This delivery was not given up: it is done, or will be tried again by itself.")


def deliveries_visible_to(actor: Actor, *, state: str, reaction: str = "") -> QuerySet[Delivery]:
    """What is pending or parked, for operators. Raises Forbidden for everybody else."""
    require_operator(actor)
    return open_deliveries(state, reaction)


def backlog_visible_to(actor: Actor) -> list[Backlog]:
    """How much is pending and parked, by reaction. Raises Forbidden unless the caller is an operator."""
    require_operator(actor)
    return backlog()


def retry_delivery(delivery_id: int, *, actor: Actor) -> Delivery:
    """Try a parked delivery again, with all its tries. Raises Forbidden, NotFound, NotParked."""
    require_operator(actor)
    with transaction.atomic():
        delivery = Delivery.objects.filter(id=delivery_id).first()
        if delivery is None:
            raise NotFound
        if not retry_parked(delivery_id):
            raise NotParked
        record_audit(
            "delivery.retry",
            actor=actor,
            object_type="delivery",
            object_id=delivery_id,
            changes={"reaction": delivery.reaction},
        )
        return Delivery.objects.select_related("message").get(id=delivery_id)


def retry_reaction(reaction: str, *, actor: Actor) -> int:
    """Try everything again that one reaction gave up; returns how many. Raises Forbidden."""
    require_operator(actor)
    with transaction.atomic():
        again = retry_all_parked(reaction)
        record_audit(
            "reaction.retry",
            actor=actor,
            object_type="reaction",
            object_id=reaction,
            numbers={"deliveries": again},
        )
        return again
