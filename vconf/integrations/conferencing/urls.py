# SPDX-License-Identifier: EUPL-1.2
"""The routes of everything that speaks to conference servers or leads to them."""

from django.urls import path

from vconf.integrations.conferencing import (
    checks,
    hooks,
    jitsi_events,
    join,
    people_views,
    recordings_views,
    reservations,
    room_page,
    server_views,
    views,
)

urlpatterns = [
    path("j/<str:token>", join.join_page, name="join"),
    path("j/<str:token>/event.ics", join.join_calendar, name="join-calendar"),
    path("r/<slug:slug>", room_page.room_page, name="room-page"),
    path("integrations/bigbluebutton/<str:hook_token>/events", hooks.events, name="bigbluebutton-events"),
    path("integrations/bigbluebutton/<str:hook_token>/ended", hooks.ended, name="bigbluebutton-ended"),
    path("integrations/jitsi/<str:hook_token>/conference", reservations.conference, name="jitsi-conference"),
    path(
        "integrations/jitsi/<str:hook_token>/conference/<str:id>",
        reservations.one_conference,
        name="jitsi-one-conference",
    ),
    path(
        "integrations/jitsi/<str:hook_token>/events/<str:about>/<str:what>",
        jitsi_events.events,
        name="jitsi-events",
    ),
    path(
        "integrations/bigbluebutton/<uuid:server_id>/recording-ready",
        hooks.recording_ready,
        name="bigbluebutton-recording-ready",
    ),
    path(
        "api/v1/bookings/<uuid:id>/recordings",
        recordings_views.BookingRecordings.as_view(),
        name="booking-recordings",
    ),
    path("api/v1/recordings/<uuid:id>", recordings_views.OneRecording.as_view(), name="recording"),
    path(
        "api/v1/occurrences/<uuid:id>/people",
        people_views.OccurrencePeople.as_view(),
        name="occurrence-people",
    ),
    path(
        "api/v1/occurrences/<uuid:id>/people/remove",
        people_views.PersonRemoval.as_view(),
        name="remove-person",
    ),
    path("api/v1/servers", views.Servers.as_view(), name="servers"),
    path("api/v1/servers/<uuid:id>", views.OneServer.as_view(), name="server"),
    path("api/v1/servers/check", checks.NewServerCheck.as_view(), name="new-server-check"),
    path("api/v1/servers/<uuid:id>/check", checks.ServerCheck.as_view(), name="server-check"),
    path("api/v1/servers/<uuid:id>/meetings", server_views.ServerMeetings.as_view(), name="server-meetings"),
    path("api/v1/servers/<uuid:id>/events", server_views.ServerEvents.as_view(), name="server-events"),
    path("api/v1/servers/<uuid:id>/drain", server_views.ServerDrain.as_view(), name="server-drain"),
]
