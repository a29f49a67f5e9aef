# SPDX-License-Identifier: EUPL-1.2
"""What the outside does about each fact. Every class of every `events.py` has a line; a test holds that.

Each reaction is delivered and retried alone, in order within one booking (or room) and recipient.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from vconf.bookings.renamed import show_person_anew, show_room_anew
from vconf.integrations.caldav.effects import (
    deliver_again,
    deliver_invitation,
    deliver_reply,
    invited_again_with_client,
    invited_with_clients,
    organiser_with_client,
)
from vconf.integrations.conferencing.effects import end_meeting, per_meeting, provision_meeting
from vconf.integrations.conferencing.recordings import carry_out
from vconf.integrations.imip import notices, replies
from vconf.integrations.invitations import approvals, date_reminders, proposals, refusals, strangers, ways_in
from vconf.integrations.invitations.effects import (
    organiser_alone,
    recipients_of,
    send_invitation,
    send_reminder,
)
from vconf.integrations.invitations.refreshing import send_again, the_one_asked_for
from vconf.outbox.deliver import Reaction
from vconf.realtime.effects import push_room_status

INVITE = Reaction("invitations", send_invitation, recipients=recipients_of, tries=12, queue="mail")
INVITE_AGAIN = Reaction("invitations_again", send_again, recipients=the_one_asked_for, tries=12, queue="mail")
TELL_APPROVAL = Reaction(
    "approval_mails", approvals.send_notice, recipients=approvals.recipients_of, tries=12, queue="mail"
)
TELL_REFUSAL = Reaction(
    "refusal_mails", refusals.send_notice, recipients=organiser_alone, tries=12, queue="mail"
)
WAY_IN = Reaction("ways_in", ways_in.send_way_in, recipients=ways_in.recipients_of, tries=12, queue="mail")
ANSWER = Reaction(
    "room_answers", replies.send_answer, recipients=replies.invitations_of, tries=12, queue="mail"
)
TELL_PROPOSAL = Reaction(
    "proposal_mails", proposals.send_notice, recipients=proposals.recipients_of, tries=12, queue="mail"
)
TELL_STRANGER = Reaction(
    "stranger_mails", strangers.send_notice, recipients=organiser_alone, tries=12, queue="mail"
)
REMIND_OF_DATE = Reaction(
    "date_reminders",
    date_reminders.send_reminder_of_date,
    recipients=date_reminders.recipients_of,
    tries=8,
    queue="mail",
)
TELL_UNREADABLE = Reaction(
    "mail_notices", notices.send_notice, recipients=notices.addressee, tries=12, queue="mail"
)
REMIND = Reaction("reminders", send_reminder, recipients=organiser_alone, tries=12, queue="mail")
PROVISION = Reaction("provision", provision_meeting, recipients=per_meeting, tries=6)
END = Reaction("end_meeting", end_meeting, recipients=per_meeting, tries=12)
RECORDINGS = Reaction("recordings", carry_out, tries=14, queue="slow")
PUSH = Reaction("room_status", push_room_status, tries=5)

#: of a room there may be thousands of bookings to come
SHOW_ROOM_ANEW = Reaction("room_names", show_room_anew, lease=timedelta(minutes=10), queue="slow")
SHOW_PERSON_ANEW = Reaction("person_names", show_person_anew, lease=timedelta(minutes=10), queue="slow")

INBOX = Reaction("inbox", deliver_invitation, recipients=invited_with_clients, tries=8)
INBOX_AGAIN = Reaction("inbox_again", deliver_again, recipients=invited_again_with_client, tries=8)
INBOX_REPLY = Reaction("inbox_replies", deliver_reply, recipients=organiser_with_client, tries=8)

REACTIONS: Mapping[str, Sequence[Reaction]] = {
    "BookingConfirmed": (PUSH, INVITE, WAY_IN, ANSWER, INBOX),
    "BookingChanged": (PUSH, INVITE, WAY_IN, ANSWER, INBOX),
    "BookingCancelled": (PUSH, INVITE, ANSWER, INBOX),
    "InvitationAnswerable": (ANSWER,),
    "AttendeeAnswered": (INBOX_REPLY,),
    "RefreshAsked": (INVITE_AGAIN, INBOX_AGAIN),
    "BookingRefused": (PUSH, TELL_REFUSAL, ANSWER),
    "BookingReleased": (TELL_REFUSAL, ANSWER),
    "ProposalMade": (TELL_PROPOSAL,),
    "ProposalDeclined": (TELL_PROPOSAL,),
    "ApprovalAsked": (PUSH, TELL_APPROVAL),
    "ApprovalDecided": (PUSH, TELL_APPROVAL, ANSWER),
    "SeriesEnding": (REMIND,),
    "ReminderDue": (REMIND_OF_DATE,),
    "MailUnreadable": (TELL_UNREADABLE,),
    "MeetingPlanned": (PUSH, PROVISION),
    "MeetingReady": (PUSH,),
    "MeetingAttended": (PUSH,),
    "MeetingEnded": (PUSH, END),
    "MeetingStranded": (PUSH,),
    "OccurrenceEnded": (PUSH,),
    "RecordingChangeAsked": (RECORDINGS,),
    "StrangerAnswered": (TELL_STRANGER,),
    "RoomChanged": (PUSH,),
    "RoomRenamed": (SHOW_ROOM_ANEW,),
    "PersonRenamed": (SHOW_PERSON_ANEW,),
    "ServerChanged": (),
}
