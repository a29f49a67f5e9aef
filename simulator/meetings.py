# SPDX-License-Identifier: EUPL-1.2
"""Meetings and the people in them, and when they come and go. Knows no HTTP; all state lives under one lock."""

from __future__ import annotations

import copy
import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simulator.answers import Refusal
from simulator.clock import Clock

MODERATOR = "MODERATOR"
VIEWER = "VIEWER"

MAX_MEETINGS = 5_000
MAX_USERS_PER_MEETING = 20_000
#: Somebody sent to the conference page who has not arrived keeps a place for so many seconds.
ARRIVAL_SECONDS = 60.0
#: So long after its end a meeting's pages still say that it has ended.
OVER_SECONDS = 600.0


@dataclass
class Settings:
    """What `create` may ask for, as far as the simulator acts on it. Minutes unless named otherwise; 0 is no limit."""

    attendee_password: str = ""
    moderator_password: str = ""
    welcome: str = ""
    logout_url: str = ""
    max_participants: int = 0
    duration: int = 0
    record: bool = False
    guest_policy: str = "ALWAYS_ACCEPT"
    voice_bridge: str = ""
    dial_number: str = "613-555-1234"
    end_when_no_moderator: bool = False
    end_when_no_moderator_delay: int = 1
    expire_if_no_user_joined: int = 5
    expire_when_last_user_left: int = 1
    muted_on_start: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    ended_url: str = ""
    end_callback_url: str = ""


@dataclass
class User:
    """Somebody in a meeting. `state`: registered (sent to the page, not arrived), waiting (lobby), present, gone."""

    internal_id: str
    external_id: str
    name: str
    role: str
    guest: bool
    language: str
    state: str
    changed_at: float
    sessions: set[str] = field(default_factory=set)
    streams: int = 0
    custom: dict[str, str] = field(default_factory=dict)

    @property
    def is_moderator(self) -> bool:
        return self.role == MODERATOR


@dataclass
class Meeting:
    external_id: str
    internal_id: str
    name: str
    create_time: int
    created_at: float
    create_date: str
    settings: Settings
    #: The parameters of its `create` as they came, for tests to look at.
    created_with: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    #: The same people by the id their caller gave them, without those who have gone.
    by_external_id: dict[str, User] = field(default_factory=dict)
    #: Those on their way to the page.
    arriving: dict[str, User] = field(default_factory=dict)
    people: int = 0
    moderators: int = 0
    has_user_joined: bool = False
    had_moderator: bool = False
    empty_since: float | None = None
    no_moderator_since: float | None = None
    forcibly_ended: bool = False
    end_time: int = 0
    ended_at: float = 0.0
    #: Grows with every visible change; pages wait for it.
    revision: int = 0

    @property
    def ended(self) -> bool:
        return self.end_time > 0

    def present(self) -> list[User]:
        return [user for user in self.users.values() if user.state == "present"]

    def waiting(self) -> list[User]:
        return [user for user in self.users.values() if user.state == "waiting"]


#: Told of what happens, under the lock and in order: event name, meeting, user or None.
Listener = Callable[[str, Meeting, User | None], None]


class Meetings:
    """All meetings of one simulated server."""

    def __init__(self, clock: Clock, listener: Listener, *, leave_after: float) -> None:
        self._clock = clock
        self._listener = listener
        self._leave_after = leave_after
        self._meetings: dict[str, Meeting] = {}
        self._by_session: dict[str, tuple[Meeting, User]] = {}
        #: People whose page has lost its connection, and when.
        self._dropped: dict[str, tuple[float, Meeting, User]] = {}
        #: Meetings no longer listed, whose pages still say so for a while.
        self._over: deque[tuple[float, Meeting]] = deque()
        #: What `restore` brings back.
        self._kept: tuple[dict[str, Meeting], dict[str, tuple[Meeting, User]]] = ({}, {})
        #: How long ended meetings are still listed, in seconds: real servers take a while.
        self.end_lingers = 0.0
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)

    # Looking

    def find(self, external_id: str) -> Meeting | None:
        return self._meetings.get(external_id)

    def all(self) -> list[Meeting]:
        return list(self._meetings.values())

    def session(self, token: str) -> tuple[Meeting, User] | None:
        return self._by_session.get(token)

    # Making and ending

    def create(
        self, external_id: str, name: str, settings: Settings, *, create_date: str
    ) -> tuple[Meeting, bool]:
        """The meeting and whether it is new. Only the passwords of a repeat are looked at."""
        with self.lock:
            found = self._meetings.get(external_id)
            if found is not None:
                given = (settings.attendee_password, settings.moderator_password)
                known = (found.settings.attendee_password, found.settings.moderator_password)
                if any(given) and given != known:
                    raise Refusal("idNotUnique", "A meeting already exists with that meeting ID.")
                return found, False
            if len(self._meetings) >= MAX_MEETINGS:
                raise Refusal("internalError", "Too many meetings.")
            settings.voice_bridge = self._voice_bridge(settings.voice_bridge)
            settings.attendee_password = settings.attendee_password or secrets.token_hex(4)
            settings.moderator_password = settings.moderator_password or secrets.token_hex(4)
            create_time = self._clock.stamp_ms()
            digest = hashlib.sha1(
                external_id.encode("utf-8", "surrogatepass"), usedforsecurity=False
            ).hexdigest()
            meeting = Meeting(
                external_id=external_id,
                internal_id=f"{digest}-{create_time}",
                name=name,
                create_time=create_time,
                created_at=self._clock.elapsed(),
                create_date=create_date,
                settings=settings,
            )
            self._meetings[external_id] = meeting
            self._tell("meeting-created", meeting)
            return meeting, True

    def _voice_bridge(self, wished: str) -> str:
        taken = {meeting.settings.voice_bridge for meeting in self._meetings.values()}
        if wished:
            if wished in taken:
                raise Refusal(
                    "nonUniqueVoiceBridge", "The selected voice bridge is already in use.", old_shape=True
                )
            return wished
        while True:
            number = f"{10_000 + secrets.randbelow(90_000)}"
            if number not in taken:
                return number

    def end(self, meeting: Meeting) -> None:
        """Everybody leaves first, then the meeting ends: the order of events in BigBlueButton 3."""
        with self.lock:
            if meeting.ended:
                return
            meeting.forcibly_ended = True
            meeting.end_time = self._clock.now_ms()
            meeting.ended_at = self._clock.elapsed()
            for user in list(meeting.users.values()):
                self._remove(meeting, user)
            self._tell("meeting-ended", meeting)
            if self.end_lingers <= 0:
                self._drop(meeting)

    def forget(self) -> int:
        """Loses every meeting without a word, as a restart does. Answers how many."""
        with self.lock:
            count = len(self._meetings)
            for meeting in self._meetings.values():
                meeting.end_time = self._clock.now_ms()
                meeting.revision += 1
            self._meetings.clear()
            self._by_session.clear()
            self._dropped.clear()
            self.changed.notify_all()
            return count

    def snapshot(self) -> int:
        """Keeps a copy of every meeting with the people in it. Answers how many."""
        with self.lock:
            self._kept = copy.deepcopy((self._meetings, self._by_session))
            return len(self._meetings)

    def restore(self) -> int:
        """Brings back the meetings that were kept, beside those there are by now. Answers how many came back."""
        with self.lock:
            meetings, by_session = copy.deepcopy(self._kept)
            returning = {name: meeting for name, meeting in meetings.items() if name not in self._meetings}
            self._meetings |= returning
            for token, (meeting, user) in by_session.items():
                if returning.get(meeting.external_id) is meeting:
                    # Their pages have lost their connections long ago.
                    user.streams = 0
                    self._by_session[token] = (meeting, user)
            return len(returning)

    def _drop(self, meeting: Meeting) -> None:
        if self._meetings.get(meeting.external_id) is meeting:
            del self._meetings[meeting.external_id]
            self._over.append((self._clock.elapsed(), meeting))

    # People

    def register(
        self,
        meeting: Meeting,
        *,
        name: str,
        role: str,
        external_id: str = "",
        guest: bool = False,
        language: str = "",
        custom: dict[str, str] | None = None,
    ) -> tuple[User, str]:
        """Lets somebody in, into the lobby or not at all; answers them and their session token.

        They count once their page is there (`enter`). The same external id again is the same person."""
        with self.lock:
            if meeting.ended:
                raise Refusal("meetingForciblyEnded", "This meeting has been forcibly ended.")
            policy = meeting.settings.guest_policy
            if guest and role != MODERATOR and policy == "ALWAYS_DENY":
                raise Refusal("guestDeny", "Guests are not allowed to join this meeting.")
            known = meeting.by_external_id.get(external_id)
            if known is None:
                self._expect_room_for(meeting)
                self._forget_the_gone(meeting)
                internal_id = "w_" + secrets.token_hex(6)
                waits = guest and role != MODERATOR and policy == "ASK_MODERATOR"
                known = User(
                    internal_id=internal_id,
                    external_id=external_id or internal_id,
                    name=name,
                    role=role,
                    guest=guest,
                    language=language,
                    state="waiting" if waits else "registered",
                    changed_at=self._clock.elapsed(),
                    custom=custom or {},
                )
                meeting.users[internal_id] = known
                self._index(meeting, known)
                self._changed(meeting)
            else:
                known.language = language or known.language
                if role == MODERATOR and not known.is_moderator:
                    known.role = MODERATOR
                    meeting.moderators += known.state == "present"
                    if known.state == "waiting":
                        self.admit(meeting, [known])
            token = secrets.token_urlsafe(16)
            known.sessions.add(token)
            self._by_session[token] = (meeting, known)
            return known, token

    def _expect_room_for(self, meeting: Meeting) -> None:
        limit = meeting.settings.max_participants or MAX_USERS_PER_MEETING
        since = self._clock.elapsed() - ARRIVAL_SECONDS
        arriving = sum(user.changed_at > since for user in meeting.arriving.values())
        if meeting.people + arriving >= limit:
            raise Refusal(
                "maxParticipantsReached",
                "The number of participants allowed for this meeting has been reached.",
            )

    def _index(self, meeting: Meeting, user: User) -> None:
        meeting.by_external_id[user.external_id] = user
        if user.state == "registered":
            meeting.arriving[user.internal_id] = user

    def _forget_the_gone(self, meeting: Meeting) -> None:
        """Keeps a meeting whose pages come and go small; whoever lost theirs then has to join anew."""
        if len(meeting.users) < 2 * MAX_USERS_PER_MEETING:
            return
        for user in [user for user in meeting.users.values() if user.state == "gone"]:
            del meeting.users[user.internal_id]
            for token in user.sessions:
                self._by_session.pop(token, None)

    def enter(self, meeting: Meeting, user: User) -> None:
        """Their page is there: from now on they count. Whoever waits goes on waiting."""
        with self.lock:
            if meeting.ended or user.state in ("waiting", "present") or user.internal_id not in meeting.users:
                return
            if user.state == "gone":
                self._expect_room_for(meeting)
            user.state = "present"
            user.changed_at = self._clock.elapsed()
            meeting.by_external_id[user.external_id] = user
            meeting.arriving.pop(user.internal_id, None)
            meeting.people += 1
            meeting.moderators += user.is_moderator
            meeting.has_user_joined = True
            meeting.had_moderator = meeting.had_moderator or user.is_moderator
            meeting.empty_since = None
            if user.is_moderator:
                meeting.no_moderator_since = None
            self._tell("user-joined", meeting, user)

    def leave(self, meeting: Meeting, user: User) -> None:
        """They go for good: only joining anew brings them back."""
        with self.lock:
            if meeting.users.pop(user.internal_id, None) is None or meeting.ended:
                return
            for token in user.sessions:
                self._by_session.pop(token, None)
            self._remove(meeting, user)

    def _remove(self, meeting: Meeting, user: User) -> None:
        """They may come back by reloading their page: a lost connection, or the meeting's end."""
        was_present = user.state == "present"
        user.state = "gone"
        user.changed_at = self._clock.elapsed()
        self._dropped.pop(user.internal_id, None)
        meeting.arriving.pop(user.internal_id, None)
        if meeting.by_external_id.get(user.external_id) is user:
            del meeting.by_external_id[user.external_id]
        if was_present:
            meeting.people -= 1
            meeting.moderators -= user.is_moderator
            if meeting.people == 0:
                meeting.empty_since = self._clock.elapsed()
            if user.is_moderator and meeting.moderators == 0:
                meeting.no_moderator_since = self._clock.elapsed()
            self._tell("user-left", meeting, user)
        else:
            self._changed(meeting)

    def admit(self, meeting: Meeting, users: Iterable[User]) -> None:
        """A moderator lets them in; their pages notice and enter."""
        with self.lock:
            for user in users:
                if user.state == "waiting":
                    user.state = "registered"
                    user.changed_at = self._clock.elapsed()
                    meeting.arriving[user.internal_id] = user
            self._changed(meeting)

    # Pages and their connections

    def stream_opened(self, meeting: Meeting, user: User) -> None:
        with self.lock:
            user.streams += 1
            self._dropped.pop(user.internal_id, None)

    def stream_closed(self, meeting: Meeting, user: User) -> None:
        """The last connection gone means they leave, unless a page comes back within `leave_after` seconds."""
        with self.lock:
            user.streams -= 1
            if user.streams <= 0 and user.state != "gone":
                self._dropped[user.internal_id] = (self._clock.elapsed(), meeting, user)

    # Time

    def sweep(self) -> None:
        """Does what is due: lost pages leave, meetings expire, ended ones vanish."""
        with self.lock:
            now = self._clock.elapsed()
            for dropped_at, meeting, user in list(self._dropped.values()):
                if now - dropped_at >= self._leave_after:
                    self._remove(meeting, user)
            for meeting in self.all():
                if meeting.ended:
                    if now - meeting.ended_at >= self.end_lingers:
                        self._drop(meeting)
                elif self._expired(meeting, now):
                    self.end(meeting)
            while self._over and now - self._over[0][0] >= OVER_SECONDS:
                for user in self._over.popleft()[1].users.values():
                    for token in user.sessions:
                        self._by_session.pop(token, None)

    def _expired(self, meeting: Meeting, now: float) -> bool:
        settings = meeting.settings

        def over(since: float | None, minutes: int) -> bool:
            return since is not None and minutes > 0 and now - since >= 60 * minutes

        if over(meeting.created_at, settings.duration):
            return True
        if not meeting.has_user_joined:
            return over(meeting.created_at, settings.expire_if_no_user_joined)
        if over(meeting.empty_since, settings.expire_when_last_user_left):
            return True
        return (
            settings.end_when_no_moderator
            and meeting.had_moderator
            and over(meeting.no_moderator_since, settings.end_when_no_moderator_delay)
        )

    def _tell(self, event: str, meeting: Meeting, user: User | None = None) -> None:
        self._listener(event, meeting, user)
        self._changed(meeting)

    def _changed(self, meeting: Meeting) -> None:
        meeting.revision += 1
        self.changed.notify_all()
