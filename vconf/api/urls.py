# SPDX-License-Identifier: EUPL-1.2
"""The routes of the JSON door. `/api/v1/servers` belongs to the conferencing integration."""

from django.urls import path

from vconf.api.answers import AnswerBooking
from vconf.api.approvals import Approvals, DecideApproval, OneApproval
from vconf.api.approvers import ClassApprovers, Delegates, OneApprover
from vconf.api.authorities import Authorities, OneAuthority
from vconf.api.availability import FirstSlots, ShowAvailability
from vconf.api.booking_actions import (
    BookingHistory,
    CopyBooking,
    InstantBooking,
    RefusedWish,
    RenewLink,
    RestoreBooking,
    RestoreOccurrence,
    TransferBooking,
)
from vconf.api.bookings import Bookings, OneBooking
from vconf.api.calendar_passwords import CalendarPasswords, OneCalendarPassword
from vconf.api.deputies import Deputies, OneDeputy
from vconf.api.me import Me
from vconf.api.occurrences import (
    BookingOccurrences,
    EndOccurrence,
    Occurrences,
    OneOccurrence,
    RoomOccurrences,
)
from vconf.api.outbox import Outbox, OutboxSummary, RetryDelivery, RetryReaction
from vconf.api.people import Memberships, OnePerson, People
from vconf.api.pools import OnePool, Pools
from vconf.api.preview import BookingPreview
from vconf.api.proposals import DeclineProposal, Proposals, TakeProposal
from vconf.api.quotas import OneQuota, Quotas
from vconf.api.room_classes import OneRoomClass, RoomClasses
from vconf.api.rooms import OneRoom, Rooms
from vconf.api.schema import Documentation, Schema, problems
from vconf.api.session import Session

urlpatterns = [
    path("v1/openapi.json", Schema.as_view(), name="schema"),
    path("docs/", Documentation.as_view(), name="docs"),
    path("docs/problems", problems, name="problems"),
    path("v1/me", Me.as_view(), name="me"),
    path("v1/calendar-passwords", CalendarPasswords.as_view(), name="calendar-passwords"),
    path("v1/calendar-passwords/<uuid:id>", OneCalendarPassword.as_view(), name="calendar-password"),
    path("v1/session", Session.as_view(), name="session"),
    path("v1/bookings", Bookings.as_view(), name="bookings"),
    path("v1/bookings/instant", InstantBooking.as_view(), name="instant-booking"),
    path("v1/bookings/preview", BookingPreview.as_view(), name="booking-preview"),
    path("v1/bookings/<uuid:id>", OneBooking.as_view(), name="booking"),
    path("v1/bookings/<uuid:id>/occurrences", BookingOccurrences.as_view(), name="booking-occurrences"),
    path("v1/bookings/<uuid:id>/wish", RefusedWish.as_view(), name="refused-wish"),
    path("v1/bookings/<uuid:id>/answer", AnswerBooking.as_view(), name="answer-booking"),
    path("v1/bookings/<uuid:id>/proposals", Proposals.as_view(), name="proposals"),
    path("v1/proposals/<uuid:id>/take", TakeProposal.as_view(), name="take-proposal"),
    path("v1/proposals/<uuid:id>/decline", DeclineProposal.as_view(), name="decline-proposal"),
    path("v1/bookings/<uuid:id>/restore", RestoreBooking.as_view(), name="restore-booking"),
    path("v1/bookings/<uuid:id>/history", BookingHistory.as_view(), name="booking-history"),
    path("v1/bookings/<uuid:id>/transfer", TransferBooking.as_view(), name="transfer-booking"),
    path("v1/bookings/<uuid:id>/copy", CopyBooking.as_view(), name="copy-booking"),
    path("v1/bookings/<uuid:id>/link", RenewLink.as_view(), name="renew-link"),
    path("v1/deputies", Deputies.as_view(), name="deputies"),
    path("v1/deputies/<uuid:id>", OneDeputy.as_view(), name="deputy"),
    path("v1/occurrences", Occurrences.as_view(), name="occurrences"),
    path("v1/occurrences/<uuid:id>", OneOccurrence.as_view(), name="occurrence"),
    path("v1/occurrences/<uuid:id>/end", EndOccurrence.as_view(), name="end-occurrence"),
    path("v1/occurrences/<uuid:id>/restore", RestoreOccurrence.as_view(), name="restore-occurrence"),
    path("v1/availability", ShowAvailability.as_view(), name="availability"),
    path("v1/availability/first", FirstSlots.as_view(), name="availability-first"),
    path("v1/rooms", Rooms.as_view(), name="rooms"),
    path("v1/rooms/<uuid:id>", OneRoom.as_view(), name="room"),
    path("v1/rooms/<uuid:id>/occurrences", RoomOccurrences.as_view(), name="room-occurrences"),
    path("v1/room-classes", RoomClasses.as_view(), name="room-classes"),
    path("v1/room-classes/<uuid:id>", OneRoomClass.as_view(), name="room-class"),
    path("v1/room-classes/<uuid:id>/approvers", ClassApprovers.as_view(), name="room-class-approvers"),
    path("v1/approvers/delegates", Delegates.as_view(), name="delegates"),
    path("v1/approvers/<uuid:id>", OneApprover.as_view(), name="approver"),
    path("v1/approvals", Approvals.as_view(), name="approvals"),
    path("v1/approvals/<uuid:id>", OneApproval.as_view(), name="approval"),
    path("v1/approvals/<uuid:id>/decision", DecideApproval.as_view(), name="approval-decision"),
    path("v1/outbox", Outbox.as_view(), name="outbox"),
    path("v1/outbox/summary", OutboxSummary.as_view(), name="outbox-summary"),
    path("v1/outbox/retry", RetryReaction.as_view(), name="reaction-retry"),
    path("v1/outbox/<str:id>/retry", RetryDelivery.as_view(), name="delivery-retry"),
    path("v1/pools", Pools.as_view(), name="pools"),
    path("v1/pools/<uuid:id>", OnePool.as_view(), name="pool"),
    path("v1/authorities", Authorities.as_view(), name="authorities"),
    path("v1/authorities/<uuid:id>", OneAuthority.as_view(), name="authority"),
    path("v1/authorities/<uuid:id>/quota", OneQuota.as_view(), name="quota"),
    path("v1/quotas", Quotas.as_view(), name="quotas"),
    path("v1/people", People.as_view(), name="people"),
    path("v1/people/<uuid:id>", OnePerson.as_view(), name="person"),
    path("v1/people/<uuid:id>/memberships", Memberships.as_view(), name="memberships"),
]
