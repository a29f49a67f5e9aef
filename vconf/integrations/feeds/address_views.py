# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/feeds`: the caller's own calendar addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.integrations.feeds.addresses import create_feed, feed_url, feeds_of, revoke_feed
from vconf.integrations.feeds.models import Detail, Feed
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class FeedRoomSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class FeedSerializer(StrictSerializer):
    """Whoever has one of the addresses can read the calendar: they are secrets."""

    id = serializers.UUIDField()
    room = FeedRoomSerializer(allow_null=True, help_text="null: the caller's own bookings")
    detail = serializers.ChoiceField(choices=Detail.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields are taken out of the class
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the nearest ten minutes")
    calendar_url = serializers.CharField(help_text="iCalendar, to subscribe to")
    webcal_url = serializers.CharField(help_text="the same, for programs that open such addresses")
    free_busy_url = serializers.CharField(help_text="VFREEBUSY, for Exchange and others")
    display_url = serializers.CharField(
        help_text="JSON for the display at a door; rooms only", allow_null=True
    )


class NewFeedSerializer(StrictSerializer):
    room = serializers.UUIDField(required=False, allow_null=True)
    detail = serializers.ChoiceField(choices=Detail.choices, default=Detail.BUSY)
    label = serializers.CharField(  # type: ignore[assignment]  # see above
        required=False, allow_blank=True, max_length=100
    )


def show_feed(feed: Feed) -> dict[str, Any]:
    calendar = feed_url(feed)
    scheme = "webcals" if settings.VCONF_PUBLIC_URL.startswith("https") else "webcal"
    return dict(
        FeedSerializer(
            {
                "id": feed.id,
                "room": feed.room,
                "detail": feed.detail,
                "label": feed.label,
                "created_at": feed.created_at,
                "last_used_at": feed.last_used_at,
                "calendar_url": calendar,
                "webcal_url": scheme + calendar[calendar.index(":") :],
                "free_busy_url": feed_url(feed, "ifb"),
                "display_url": feed_url(feed, "json") if feed.room_id else None,
            }
        ).data
    )


class Feeds(Door):
    @operation("feeds_list", "My calendar addresses", tag="calendars", answer=FeedSerializer, many=True)
    def get(self, request: Request) -> Response:
        return Response([show_feed(feed) for feed in feeds_of(self.actor)])

    @operation(
        "feeds_create",
        "Make an address under which a calendar can be read",
        tag="calendars",
        body=NewFeedSerializer,
        answer=FeedSerializer,
        status=201,
        refusals=("not_found",),
        description=(
            "Of the caller's own bookings, or of a room. It shows what the caller may see at that moment, and is to be"
            " revoked when it became known to others."
        ),
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewFeedSerializer, request)
        feed = create_feed(
            room_id=wish.get("room"), detail=wish["detail"], label=wish.get("label", ""), actor=self.actor
        )
        return Response(show_feed(feed), status=201)


class OneFeed(Door):
    @operation(
        "feeds_revoke",
        "Revoke a calendar address",
        tag="calendars",
        answer=None,
        status=204,
        changes=True,
        refusals=("not_found",),
        description="At once: programs that subscribed to it get nothing any more.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        revoke_feed(id, actor=self.actor)
        return Response(status=204)
