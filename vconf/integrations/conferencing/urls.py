# SPDX-License-Identifier: EUPL-1.2
"""The routes of everything that speaks to conference servers or leads to them."""

from django.urls import path

from vconf.integrations.conferencing import hooks, jitsi_events, join, reservations, views

urlpatterns = [
    path("j/<str:token>", join.join_page, name="join"),
    path("r/<slug:slug>", join.room_page, name="room-page"),
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
    path("api/v1/servers", views.Servers.as_view(), name="servers"),
    path("api/v1/servers/<uuid:id>", views.OneServer.as_view(), name="server"),
    path("api/v1/servers/<uuid:id>/check", views.ServerCheck.as_view(), name="server-check"),
]
