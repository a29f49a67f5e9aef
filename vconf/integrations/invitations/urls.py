# SPDX-License-Identifier: EUPL-1.2
"""The page of the mail folder (demo only)."""

from django.urls import path

from vconf.integrations.invitations import views

app_name = "mails"
urlpatterns = [
    path("mails/", views.mail_list, name="list"),
    path("mails/<uuid:mail_id>/", views.mail_page, name="mail"),
    path("mails/<uuid:mail_id>/html", views.mail_html, name="html"),
    path("mails/<uuid:mail_id>/eml", views.mail_file, name="file"),
]
