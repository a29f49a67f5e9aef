# SPDX-License-Identifier: EUPL-1.2
"""`/mails/set-aside`: mails that could not be handled, for operators. Without subject and content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.integrations.imip.addresses import without_token
from vconf.integrations.imip.models import Channel, IncomingMail
from vconf.integrations.imip.quarantine import discard, set_aside_visible_to, try_again
from vconf.integrations.imip.wording import reason
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, queried
from vconf.web.views import Door


class SetAsideMailSerializer(StrictSerializer):
    """A mail that waits for somebody to look into it; after 30 days it is removed."""

    id = serializers.UUIDField()
    received_at = serializers.DateTimeField()
    sender = serializers.CharField(help_text="of the envelope; empty for reports of delivery")
    recipients = serializers.ListField(child=serializers.CharField(), help_text="of the envelope")
    size = serializers.IntegerField(help_text="in bytes")
    code = serializers.CharField(help_text="why; stable")
    reason = serializers.CharField(help_text="why, in words")
    channel = serializers.ChoiceField(choices=Channel.choices)
    tries = serializers.IntegerField()


class SetAsideQuery(PageQuery):
    code = serializers.CharField(max_length=40, required=False)


def _show(rows: Sequence[IncomingMail]) -> list[dict[str, Any]]:
    return [
        dict(
            SetAsideMailSerializer(
                {
                    "id": row.id,
                    "received_at": row.received_at,
                    "sender": row.sender,
                    "recipients": [without_token(one) for one in row.recipients],
                    "size": row.size,
                    "code": row.code,
                    "reason": reason(row.code),
                    "channel": row.channel,
                    "tries": row.tries,
                }
            ).data
        )
        for row in rows
    ]


class SetAsideMails(Door):
    @operation(
        "mails_set_aside",
        "Mails that were set aside",
        tag="mails",
        query=SetAsideQuery,
        answer=page_shape(SetAsideMailSerializer),
        refusals=("forbidden",),
        description="For operators, newest first.",
    )
    def get(self, request: Request) -> Response:
        query = queried(SetAsideQuery, request)
        rows = set_aside_visible_to(self.actor, code=query.get("code", ""))
        return Response(page_of(request, query, rows, _show))


class OneSetAsideMail(Door):
    @operation(
        "mails_discard",
        "Have done with a mail that was set aside",
        tag="mails",
        answer=None,
        status=204,
        changes=True,
        refusals=("forbidden", "not_found"),
        description="Its content is erased.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        discard(id, actor=self.actor)
        return Response(status=204)


class RetrySetAsideMail(Door):
    @operation(
        "mails_retry",
        "Try a mail again that was set aside",
        tag="mails",
        answer=None,
        status=204,
        changes=True,
        refusals=("forbidden", "not_found", "mail_not_kept"),
        description="It is handled at once, with all its tries.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        try_again(id, actor=self.actor)
        return Response(status=204)
