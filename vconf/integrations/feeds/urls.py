# SPDX-License-Identifier: EUPL-1.2
"""The routes of calendars to subscribe to, and of their addresses."""

from django.urls import path

from vconf.integrations.feeds import address_views, views

urlpatterns = [
    path("api/v1/feeds", address_views.Feeds.as_view(), name="feeds"),
    path("api/v1/feeds/<uuid:id>", address_views.OneFeed.as_view(), name="feed"),
    path("feeds/<str:token>.ics", views.calendar_feed, name="calendar-feed"),
    path("feeds/<str:token>.ifb", views.free_busy_feed, name="free-busy-feed"),
    path("feeds/<str:token>.json", views.door_display, name="door-display"),
]
