# SPDX-License-Identifier: EUPL-1.2
"""Where the doors are hung."""

from django.urls import include, path, re_path

from vconf.health import healthz, readyz
from vconf.integrations.caldav.discovery import front_door
from vconf.metrics import metrics
from vconf.pages import web_page

urlpatterns = [
    path("", include("vconf.integrations.conferencing.urls")),
    path("", include("vconf.integrations.invitations.urls")),
    path("", include("vconf.integrations.invitations.delivery_urls")),
    path("", include("vconf.integrations.caldav.urls")),
    path("", include("vconf.integrations.feeds.urls")),
    path("", include("vconf.integrations.imip.urls")),
    path("api/", include("vconf.api.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("", front_door(web_page)),
    re_path(
        r"^(?:day|(?:bookings|servers)(?:/[^/]+)?|quotas|approvals|deputies|calendars|outbox|set-aside|login|barrierefreiheit|datenschutz)?/?$",
        web_page,
    ),
]

handler400 = "vconf.web.problems.bad_request"
handler403 = "vconf.web.problems.permission_denied"
handler404 = "vconf.web.problems.page_not_found"
handler500 = "vconf.web.problems.server_error"
