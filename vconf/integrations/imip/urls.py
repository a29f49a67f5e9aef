# SPDX-License-Identifier: EUPL-1.2
"""The routes about mails that came in."""

from django.urls import path

from vconf.integrations.imip import quarantine_views as views

urlpatterns = [
    path("api/v1/mails/set-aside", views.SetAsideMails.as_view(), name="set-aside-mails"),
    path("api/v1/mails/set-aside/<uuid:id>", views.OneSetAsideMail.as_view(), name="set-aside-mail"),
    path(
        "api/v1/mails/set-aside/<uuid:id>/retry",
        views.RetrySetAsideMail.as_view(),
        name="retry-set-aside-mail",
    ),
]
