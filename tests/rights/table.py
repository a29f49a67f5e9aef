# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, in one table. A route, method, socket or command that has no row here fails the tests.

The design, "Who sees what":

    staff            all of what they organise, deputise or attend; else busy and times. Rooms of their authority,
                     its ancestors and those open to all
    authority admin  in the subtree: rooms, classes, members, quotas and their use; of bookings times, seats,
                     organiser, state, no titles, attendees or links. An approver sees the request in full
    operator         servers, pools, all rooms, root quota, times and seats; no titles or people
    auditor          audit and figures
    guest with a link  the join page

    Absent and foreign answer alike; look-up and right come before any precondition.

A cell says what becomes of three objects, in this order: one of the ministry of the interior (IM), the same of the
ministry of finance (FM), and one that does not exist. The third is `-` unless it is named; a single word is for all
three, and for routes that are about no object.

    out          not signed in: 401
    -            as if it did not exist: 404, word for word the answer of the third
    no           seen, but not theirs to do: 403
    ok           done
    unfit        theirs to do, but not possible as things are: 409
    full, restricted, busy   shown so far
    list         shown: exactly those objects that the row of the single object shows, and as far as that
    wrong        the password is wrong: 401
    mine         done, and not even there for a deputy
    open         200 for everybody; public
    shut         404 for everybody who has no secret
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: as the cells of a row stand
COLUMNS = (
    "nobody",
    "colleague",  # staff of IM, no part in the booking
    "stranger",  # staff of FM, no part in any booking
    "attendee",  # staff of FM, invited to IM's booking
    "organiser",  # staff of IM, of IM's booking
    "admin",  # authority admin of IM
    "other_admin",  # authority admin of FM
    "operator",
    "auditor",
)

#: "A deputy has all rights of the organiser": staff of IM who stand in for IM's organiser have the organiser's cells
AS_ORGANISER = "deputy"

ROLES = (*COLUMNS, AS_ORGANISER)

RIGHTS = """
# route           method  nobody | colleague | stranger | attendee | organiser | admin | other_admin | operator
#                         | auditor   (a line that begins with blanks goes on with the one before)

# "all of what they organise, deputise or attend"; admins "of bookings times, seats, organiser, state"; operator "times
# and seats". Only who organises may change. A booking is wished for in a room of IM or FM ("Rooms of their authority").
booking           GET     out | - - | - - | full - | full - | restricted - | - restricted | restricted restricted | - -
booking           PATCH   out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
booking           DELETE  out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
booking-occurrences GET   out | - - | - - | ok -   | ok -   | ok -         | - ok         | ok ok                 | - -
bookings          GET     out | list | list | list | list | list | list | list | list
# The operator sees all rooms, but looking after them is no right to book them.
bookings          POST    out | ok - | - ok | - ok | ok - | ok - | - ok | no no | no no no

# Whether somebody comes, they say themselves: nobody for them, nor their deputies, nor the organiser.
answer-booking    POST    out | - - | - - | ok -   | no -   | no -         | - no         | no no                 | - -

# Another time is proposed by who is invited, seen by them and by the organiser, and taken or declined by the organiser.
# To all others a proposal is not there.
proposals         GET     out | - - | - - | ok -   | ok -   | no -         | - no         | no no                 | - -
proposals         POST    out | - - | - - | ok -   | no -   | no -         | - no         | no no                 | - -
take-proposal     POST    out | - - | - - | no -   | ok -   | - -          | - -          | - -                   | - -
decline-proposal  POST    out | - - | - - | no -   | ok -   | - -          | - -          | - -                   | - -

# A cancelled one is taken back, one that a calendar asked for in vain is tried again or left as it was, one is handed
# over, copied, its link renewed, its history read: as for changing it, but who sees it in full sees its history.
refused-wish      POST    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
refused-wish      DELETE  out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
restore-booking   POST    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
booking-history   GET     out | - - | - - | ok -   | ok -   | no -         | - no         | no no                 | - -
transfer-booking  POST    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
copy-booking      POST    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
renew-link        POST    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
# What was recorded is seen, published and deleted by who may change the booking, and by nobody else.
# So is what became of the mails about it.
booking-mails     GET     out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
booking-recordings GET    out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
recording         PATCH   out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
recording         DELETE  out | - - | - - | no -   | ok -   | no -         | - no         | no no                 | - -
# starts now, in a room of IM or FM
instant-booking   POST    out | ok - | - ok | - ok | ok - | ok - | - ok | no no | no no no

# A deputyship is there for the two people it is about: of IM's organiser and their deputy, and of two people of FM.
# Those who work somewhere can have a deputy.
deputy            DELETE  out | - - | - - | - - | ok - | - - | - - | - - | - -
deputies          GET     out | ok | ok | ok | ok | ok | ok | ok | ok
deputies          POST    out | ok | ok | ok | ok | ok | ok | ok | no

# Passwords for calendar clients and addresses of calendars are everybody's own: of IM's organiser, and of FM's.
calendar-password DELETE  out | - - | - - | - - | mine - | - - | - - | - - | - -
calendar-passwords GET    out | ok | ok | ok | ok | ok | ok | ok | ok
calendar-passwords POST   out | ok | ok | ok | ok | ok | ok | ok | ok
feed              DELETE  out | - - | - - | - - | mine - | - - | - - | - - | - -
feeds             GET     out | ok | ok | ok | ok | ok | ok | ok | ok
# of a room of IM or FM
feeds             POST    out | ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - -

# "else busy and times", in the rooms they see
occurrence        GET     out | busy - | - busy | full busy | full - | restricted - | - restricted
                          | restricted restricted | - -
# what a booking would get: whoever may book there may ask
booking-preview   POST    out | ok - | - ok | - ok | ok - | ok - | - ok | no no | no no no
# one date of a series, or it and all that follow: as its booking
occurrence        PATCH   out | no - | - no | no no | ok - | no - | - no | no no | - -
occurrence        DELETE  out | no - | - no | no no | ok - | no - | - no | no no | - -
restore-occurrence POST   out | no - | - no | no no | ok - | no - | - no | no no | - -
occurrences       GET     out | list | list | list | list | list | list | list | list
end-occurrence    POST    out | - - | - - | no - | ok - | no - | - no | no no | - -
# who is in it is named to its moderators only, and only they put somebody out; nothing runs on a server here
occurrence-people GET     out | - - | - - | no - | ok - | no - | - no | no no | - -
remove-person     POST    out | - - | - - | no - | unfit - | no - | - no | no no | - -
# Whoever works here may look for a time, in the rooms they may book; it tells times and no names.
availability-first POST   out | ok - | - ok | - ok | ok - | ok - | - ok | no no | no no no
availability      GET     out | ok - | - ok | - ok | ok - | ok - | - ok | no no | - -

# "Rooms of their authority, its ancestors and those open to all"; admins "in the subtree: rooms, classes"; operator
# "all rooms". Rooms and classes are made for IM or FM.
room              GET     out | ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - -
room              PATCH   out | no - | - no | - no | no - | ok - | - ok | ok ok | - -
room              DELETE  out | no - | - no | - no | no - | ok - | - ok | ok ok | - -
rooms             GET     out | list | list | list | list | list | list | list | list
rooms             POST    out | no - | - no | - no | no - | ok - | - ok | ok ok | no no
room-occurrences  GET     out | ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - -
room-class        GET     out | ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - -
room-class        PATCH   out | no - | - no | - no | no - | ok - | - ok | ok ok | - -
room-classes      GET     out | list | list | list | list | list | list | list | list
room-classes      POST    out | no - | - no | - no | no - | ok - | - ok | ok ok | no no

# "decide what needs approval": admins and who they name. Operators look after classes, but who sees titles is not
# theirs to say. "An approver sees the request in full"; its organiser finds it in the booking.
room-class-approvers GET  out | no - | - no | - no | no - | ok - | - ok | no no | - -
room-class-approvers POST out | no - | - no | - no | no - | ok - | - ok | no no | - -
approver          DELETE  out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -
delegates         GET     out | ok   | ok   | ok   | ok   | ok   | ok   | ok    | ok
delegates         POST    out | no   | no   | no   | no   | ok   | ok   | no    | no
approval          GET     out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -
approvals         GET     out | list | list | list | list | list | list | list | list
approval-decision POST    out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -

# operator "servers, pools". Admins choose a pool for each of their rooms, so they see it; there is one of each here.
pool              GET     out | - - | - - | - - | - - | ok ok | ok ok | ok ok | - -
pool              PATCH   out | no  | no  | no  | no  | no    | no    | ok ok | no
pools             GET     out | list | list | list | list | list | list | list | list
pools             POST    out | no  | no  | no  | no  | no    | no    | ok    | no
server            GET     out | no  | no  | no  | no  | no    | no    | ok ok | no
server            PATCH   out | no  | no  | no  | no  | no    | no    | ok ok | no
server            DELETE  out | no  | no  | no  | no  | no    | no    | ok ok | no
servers           GET     out | no  | no  | no  | no  | no    | no    | list  | no
servers           POST    out | no  | no  | no  | no  | no    | no    | ok    | no
server-check      POST    out | no  | no  | no  | no  | no    | no    | ok ok | no
new-server-check  POST    out | no  | no  | no  | no  | no    | no    | ok    | no
server-meetings   GET     out | no  | no  | no  | no  | no    | no    | ok ok | no
server-events     GET     out | no  | no  | no  | no  | no    | no    | ok ok | no
server-drain      GET     out | no  | no  | no  | no  | no    | no    | ok ok | no
# what could not be delivered: without addresses
outbox            GET     out | no  | no  | no  | no  | no    | no    | ok    | no
outbox-summary    GET     out | no  | no  | no  | no  | no    | no    | ok    | no
delivery-retry    POST    out | no  | no  | no  | no  | no    | no    | ok ok | no
# mails that could not be handled: without subject and content
set-aside-mails   GET     out | no  | no  | no  | no  | no    | no    | ok    | no
set-aside-mail    DELETE  out | no  | no  | no  | no  | no    | no    | ok ok | no
retry-set-aside-mail POST out | no  | no  | no  | no  | no    | no    | ok ok | no
reaction-retry    POST    out | no  | no  | no  | no  | no    | no    | ok    | no

# Staff see where they work and what is above; admins "in the subtree"; operators and auditors need the whole tree for
# quotas and figures. An admin splits what IM has been given, but IM's own limit is set from above.
authority         GET     out | ok - | - ok | - ok | ok - | ok - | - ok | ok ok | ok ok
authority         PATCH   out | no - | - no | - no | no - | ok - | - ok | ok ok | no no
authorities       GET     out | list | list | list | list | list | list | list | list
authorities       POST    out | no - | - no | - no | no - | ok - | - ok | ok ok | no no
quota             GET     out | no - | - no | - no | no - | ok - | - ok | ok ok | ok ok
quota             PUT     out | no - | - no | - no | no - | no - | - no | ok ok | no no
quotas            GET     out | list | list | list | list | list | list | list | list

# admins "in the subtree: members"; operator "no titles or people". Colleagues are looked up by those who work here.
person            GET     out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -
person            PATCH   out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -
memberships       PUT     out | - -  | - -  | - -  | - -  | ok - | - ok | - -   | - -
people            GET     out | ok   | ok   | ok   | ok   | ok   | ok   | ok    | no
people            POST    out | no - | - no | - no | no - | ok - | - ok | no no | no no

# oneself
me                GET     out | ok | ok | ok | ok | ok | ok | ok | ok
me                PATCH   out | ok | ok | ok | ok | ok | ok | ok | ok
session           GET     out | ok | ok | ok | ok | ok | ok | ok | ok
session           POST    wrong | wrong | wrong | wrong | wrong | wrong | wrong | wrong | wrong
session           DELETE  ok | ok | ok | ok | ok | ok | ok | ok | ok

# shows the code, not the data
schema            GET     ok | ok | ok | ok | ok | ok | ok | ok | ok
docs              GET     ok | ok | ok | ok | ok | ok | ok | ok | ok
problems          GET     ok | ok | ok | ok | ok | ok | ok | ok | ok
"""

#: pages and hooks: what everybody gets for the real thing, and for one that does not exist
PAGES = {
    # "guest with a link: the join page"
    "join": ("open", "shut"),
    # the same as a calendar file
    "join-calendar": ("open", "shut"),
    # guessable, so it tells nothing but the room's name
    "room-page": ("open", "shut"),
    "bigbluebutton-events": ("shut", "shut"),
    "bigbluebutton-ended": ("shut", "shut"),
    # what a Jitsi shard's Prosody calls
    "jitsi-conference": ("shut", "shut"),
    "jitsi-one-conference": ("shut", "shut"),
    "jitsi-events": ("shut", "shut"),
    "bigbluebutton-recording-ready": ("shut", "shut"),
    # calendars under secret addresses
    "calendar-feed": ("open", "shut"),
    "free-busy-feed": ("open", "shut"),
    "door-display": ("open", "shut"),
    # the demo's mail folder: everybody's there, not there at all outside of the demo
    "mails:list": ("open", "open"),
    "mails:mail": ("open", "shut"),
    "mails:html": ("open", "shut"),
    "mails:file": ("open", "shut"),
    # no data
    "healthz": ("open", "open"),
    "readyz": ("open", "open"),
    # figures and ids, no names: for callers on this machine (these are) and with a token
    "metrics": ("open", "open"),
    "web_page": ("open", "open"),
}

#: /ws/rooms/: how the rooms of IM and FM, with a booking now, are shown. "Two visibility classes: `details` for those
#: who may see the booking, `busy` for the rest"; rooms outside of what they see never appear.
SOCKET = """
nobody out | colleague busy - | stranger - busy | attendee - busy | organiser details - | admin details -
other_admin - details | operator details details | auditor - -
"""

#: what calendar clients could try
CALENDAR_METHODS = (
    *("OPTIONS", "PROPFIND", "REPORT", "GET", "HEAD", "PROPPATCH", "PUT", "DELETE", "POST", "MOVE", "COPY"),
    *("MKCALENDAR", "MKCOL", "ACL", "LOCK", "UNLOCK", "PATCH"),
)

#: Calendars (CalDAV). First who finds something at an address: of IM, and the same of FM; what does not exist is never
#: found. Then what is answered there besides OPTIONS, PROPFIND and REPORT, and what is refused (403); all other methods
#: do not exist (405). What is not found is 404 for every method (409 for making collections), word for word as what
#: does not exist. Who has not signed in: 401, always.
CALENDARS = """
# route: colleague | stranger | attendee | organiser | admin | other_admin | operator | auditor : answered : refused
# only leads on
root                  all :
principals            all :
people                all :
rooms                 all :
homes                 all :
room-homes            all :
# "/people": who works here looks up colleagues
person                ok ok | ok ok | ok ok | ok ok | ok ok | ok ok | ok ok | - - :
# "A deputyship is there for the two people it is about"
readers               - - | - - | - - | ok - | - - | - - | - - | - - :
writers               - - | - - | - - | ok - | - - | - - | - - | - - :
# "all of what they organise": one's own calendar, or that of a principal
home                  - - | - - | - - | ok - | - - | - - | - - | - - :
calendar              - - | - - | - - | ok - | - - | - - | - - | - - : PROPPATCH : DELETE
object                - - | - - | - - | ok - | - - | - - | - - | - - : GET HEAD DELETE : PUT MOVE COPY
inbox                 - - | - - | - - | me - | - - | - - | - - | - - :
inbox-message         - - | - - | - - | me - | - - | - - | - - | - - : GET HEAD DELETE :
outbox                - - | - - | - - | me - | - - | - - | - - | - - : : POST
# in the home of whoever asks: what a principal organises
principal-calendar    - - | - - | - - | deputy - | - - | - - | - - | - - : PROPPATCH : DELETE
principal-object      - - | - - | - - | deputy - | - - | - - | - - | - - : GET HEAD DELETE : PUT MOVE COPY
# "Rooms of their authority, its ancestors and those open to all"; operators all
room                  ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - - :
room-home             ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - - :
room-calendar         ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - - : PROPPATCH : DELETE
room-object           ok - | - ok | - ok | ok - | ok - | - ok | ok ok | - - : GET HEAD :
"""


@dataclass(frozen=True, slots=True)
class CalendarRights:
    """Of one route. seen: role -> of IM's and FM's; empty for what everybody has."""

    seen: Mapping[str, tuple[bool, bool]]
    answered: frozenset[str]
    refused: frozenset[str]

    def expected(self, role: str, what: str, method: str) -> set[int]:
        """The statuses that one may get."""
        if role == "nobody":
            return {401}
        if self.seen and (what == "absent" or not self.seen[role][what == "fm"]):
            return {403, 409} if method in ("MKCALENDAR", "MKCOL") else {404}
        if method in self.answered | {"OPTIONS", "PROPFIND", "REPORT"}:
            # PROPPATCH says 207 and in it what was refused, REPORT may be one that is not answered there
            return {200, 204, 207} | ({403} if method == "REPORT" else set())
        match method:
            case "PROPPATCH":
                return {207}
            case "ACL" | "MKCALENDAR":
                return {403}
        return {400, 403, 415} if method in self.refused else {405}


def calendar_rights() -> dict[str, CalendarRights]:
    """Route -> its row."""
    table: dict[str, CalendarRights] = {}
    for line in CALENDARS.strip().splitlines():
        if line.startswith("#"):
            continue
        route, rest = line.split(maxsplit=1)
        cells, answered, refused = (part.strip() for part in f"{rest} : :".split(":")[:3])
        seen: dict[str, tuple[bool, bool]] = {}
        for role, cell in zip(COLUMNS[1:], cells.split("|"), strict=True) if cells != "all" else ():
            im, fm = cell.split()
            seen[role] = (im in ("ok", "me"), fm == "ok")
            if role == "organiser":
                # `me`: nobody but oneself; `deputy`: in the home of the deputy, so not for oneself
                seen[AS_ORGANISER] = (im in ("ok", "deputy"), fm == "ok")
        table[route] = CalendarRights(seen, frozenset(answered.split()), frozenset(refused.split()))
    return table


#: for who has a shell on the operators' machines; no door runs them
COMMANDS = {
    "audit_invariants",
    "audit_verify",
    "backup",
    "compile_translations",
    "create_api_token",
    "create_calendar_password",
    "export_rooms",
    "load_demo",
    "mail_intake",
    "render_configuration",
    "restore",
    "serve",
    "set_up",
    "simulate_people",
    "simulated_servers",
    "web",
}

WORDS = {"out", "-", "no", "ok", "unfit", "full", "restricted", "busy", "list", "wrong", "mine"}


def rights() -> dict[tuple[str, str], dict[str, tuple[str, str, str]]]:
    """(route, method) -> role -> what becomes of IM's, FM's and an absent object."""
    table: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    for line in RIGHTS.replace("\n     ", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        route, method, rest = line.split(maxsplit=2)
        cells = [_cell(text) for text in rest.split("|")]
        assert len(cells) == len(COLUMNS), line
        assert (route, method) not in table, line
        row = dict(zip(COLUMNS, cells, strict=True))
        own = row["organiser"]
        row["organiser"] = _each(own, "mine", "ok")
        table[route, method] = {**row, AS_ORGANISER: _each(own, "mine", "-")}
    return table


def socket_rights() -> dict[str, tuple[str, str]]:
    """role -> how the rooms of IM and FM are shown; `out` for who is not let in."""
    rows = [cell.split() for cell in SOCKET.replace("\n", "|").split("|") if cell.strip()]
    table = {role: (words[0], words[-1]) for role, *words in rows}
    assert table.keys() == set(COLUMNS)
    table[AS_ORGANISER] = table["organiser"]
    return table


def _each(cell: tuple[str, str, str], word: str, other: str) -> tuple[str, str, str]:
    im, fm, absent = (other if one == word else one for one in cell)
    return im, fm, absent


def _cell(text: str) -> tuple[str, str, str]:
    words = text.split()
    assert set(words) <= WORDS, text
    match words:
        case [one]:
            return (one, one, one)
        case [im, fm]:
            return (im, fm, "-")
        case [im, fm, absent]:
            return (im, fm, absent)
    raise AssertionError(text)
