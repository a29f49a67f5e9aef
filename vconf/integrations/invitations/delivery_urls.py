# SPDX-License-Identifier: EUPL-1.2
"""What the API tells of mails."""

from django.urls import path

from vconf.integrations.invitations.delivery_views import BookingMails

urlpatterns = [
    path("api/v1/bookings/<uuid:id>/mails", BookingMails.as_view(), name="booking-mails"),
]
