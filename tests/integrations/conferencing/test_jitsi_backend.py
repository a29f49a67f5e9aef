# SPDX-License-Identifier: EUPL-1.2
"""Opening, entering and ending on a Jitsi server. What every make does is in tests/contracts."""

import json
import logging
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.integrations.conferencing.jitsi_server import (
    SECRET,
    Answer,
    Asked,
    is_signed,
    jitsi_server,
    part_of,
)
from tests.rsa_keys import pem_of, rsa_key
from vconf.integrations.conferencing.jitsi.backend import JitsiBackend
from vconf.integrations.conferencing.jitsi.client import JitsiClient, Patience
from vconf.integrations.conferencing.port import (
    UNOPENED,
    BackendError,
    JoinRequest,
    MeetingSpec,
    Misbehaving,
    NotSupported,
    RemovesPeople,
    ReportsLoad,
    RequestRefused,
    ServerAccess,
    Unreachable,
    WrongSecret,
)

SPEC = MeetingSpec(external_id="vconf-1", name="Lagebesprechung")
OPEN = Answer(
    200,
    {
        "room_census": [
            {"room_name": "vconf-1@conference.meet.example", "participants": 2, "created_time": 1_800_000_000}
        ]
    },
)
INCARNATION = "1800000000000"


def keys() -> dict[str, str]:
    return {"system_key": pem_of(rsa_key("system"))}


def request(**changes: Any) -> JoinRequest:
    return JoinRequest(
        **{
            "external_id": "vconf-1",
            "incarnation": UNOPENED,
            "full_name": "Änne O'Neill & Söhne <x>",
            "user_id": "p-1",
            **changes,
        }
    )


def url_for(server_options: dict[str, Any] | None = None, **changes: Any) -> str:
    access = ServerAccess(
        kind="jitsi", base_url="https://meet.example/", secret=SECRET, options=server_options or {}
    )
    return JitsiBackend(access).join_url(request(**changes))


# Opening


def test_nothing_is_made_beforehand() -> None:
    with jitsi_server() as server:
        created = server.backend().create(SPEC)

    assert (created.incarnation, created.existed) == (UNOPENED, False)
    assert {asked.method for asked in server.asked} == {"GET"}


def test_a_room_that_is_open_is_found_with_the_time_of_its_opening() -> None:
    with jitsi_server(**{"/room-census": OPEN, "/room-size": Answer(200, {"participants": 2})}) as server:
        created = server.backend().create(SPEC)

    assert (created.incarnation, created.existed) == (INCARNATION, True)


def test_without_a_size_the_census_tells_whether_it_is_open() -> None:
    with jitsi_server(**{"/room-census": OPEN}) as server:
        found = server.backend(size_url=None).create(SPEC)
        other = server.backend(size_url=None).create(MeetingSpec(external_id="vconf-2", name="x"))

    assert (found.incarnation, found.existed) == (INCARNATION, True)
    assert (other.incarnation, other.existed) == (UNOPENED, False)


@pytest.mark.parametrize("size", [Answer(200, {"participants": 2}), None])
def test_a_census_that_is_closed_keeps_nobody_out(size: Answer | None) -> None:
    answers = {"/room-census": Answer(403)} | ({} if size is None else {"/room-size": size})
    with jitsi_server(**answers) as server:
        created = server.backend(size_url=None if size is None else f"{server.url}room-size").create(SPEC)

    assert (created.incarnation, created.existed) == (UNOPENED, size is not None)


def test_with_nothing_else_the_page_must_be_there() -> None:
    bare = {"census_url": None, "size_url": None, "jicofo_url": None}
    with jitsi_server() as server:
        created = server.backend(**bare).create(SPEC)
        assert server.paths() == ["/"]
        server.answers["/"] = Answer(502)
        with pytest.raises(Misbehaving):
            server.backend(**bare).create(SPEC)

    assert created.incarnation == UNOPENED


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"/about/health": Answer(503)}, "misbehaving"),
        ({"/about/health": Answer(404)}, "no_focus"),
        ({"/stats": Answer(404)}, "no_focus"),
        ({"/stats": Answer(200, {"healthy": False})}, "no_focus"),
        ({"/stats": Answer(200, {"bridge_selector": {"operational_bridge_count": 0}})}, "no_bridge"),
        ({"/room-size": Answer(403)}, "wrong_secret"),
    ],
)
def test_what_would_keep_people_out_keeps_a_meeting_from_being_promised(
    answers: dict[str, Answer], code: str
) -> None:
    with jitsi_server(**answers) as server, pytest.raises(BackendError) as caught:
        server.backend().create(SPEC)

    assert caught.value.code == code


def test_names_with_capitals_are_refused_before_anybody_is_asked() -> None:
    with jitsi_server() as server:
        for call in (
            lambda: server.backend().create(MeetingSpec(external_id="vconf-ABC", name="x")),
            lambda: server.backend().join_url(request(external_id="vconf-ABC")),
        ):
            with pytest.raises(RequestRefused):
                call()

    assert server.asked == []


# Health, as the poll sees it


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"/": Answer(404)}, "misbehaving"),
        ({"/": Answer(200, b"<html>It works!</html>")}, "not_jitsi"),
        ({"/": Answer(301, b"", {"Location": "https://elsewhere.example/"})}, "redirected"),
        ({"/about/health": Answer(500)}, "misbehaving"),
        ({"/stats": Answer(200, {"bridge_selector": {"operational_bridge_count": 0}})}, "no_bridge"),
    ],
)
def test_a_shard_without_page_focus_or_bridge_does_not_work(answers: dict[str, Answer], code: str) -> None:
    with jitsi_server(**answers) as server, pytest.raises(Misbehaving) as caught:
        server.backend().live_meetings()

    assert caught.value.code == code


@pytest.mark.parametrize(
    "stats",
    [
        {},
        {"bridge_selector": None},
        {"bridge_selector": {"operational_bridge_count": "0"}},
        {"healthy": None},
    ],
)
def test_figures_that_are_not_told_are_no_failure(stats: dict[str, Any]) -> None:
    with jitsi_server(**{"/stats": Answer(200, stats)}) as server:
        assert list(server.backend().live_meetings()) == []


# Entering


def test_the_address_leads_to_the_room_with_a_token_for_it() -> None:
    parts = urlsplit(url_for(moderator=True))

    assert (parts.scheme, parts.netloc, parts.path) == ("https", "meet.example", "/vconf-1")
    [token] = parse_qs(parts.query)["jwt"]
    assert is_signed(token, SECRET)
    assert part_of(token, 1)["room"] == "vconf-1"
    assert part_of(token, 1)["context"]["user"]["name"] == "Änne O'Neill & Söhne <x>"


def settings_in(url: str) -> dict[str, Any]:
    """As Jitsi's client reads them: parts split at &, percent-decoded, then JSON."""
    pairs = (part.partition("=") for part in urlsplit(url).fragment.split("&"))
    return {name: json.loads(unquote(value)) for name, _, value in pairs}


def test_the_client_is_told_what_the_class_says() -> None:
    told = settings_in(url_for(language="en", title="Lage & Plan #1", muted_on_start=False, camera_off=True))

    assert told == {
        "config.prejoinConfig.enabled": False,
        "config.prejoinPageEnabled": False,
        "config.requireDisplayName": True,
        "config.disableDeepLinking": True,
        "config.startWithAudioMuted": False,
        "config.startWithVideoMuted": True,
        "config.defaultLanguage": "en",
        "config.subject": "Lage & Plan #1",
    }


def test_microphone_and_camera_are_off_unless_somebody_said_otherwise() -> None:
    told = settings_in(url_for())

    assert (told["config.startWithAudioMuted"], told["config.startWithVideoMuted"]) == (True, True)
    assert "config.subject" not in told


def test_the_token_may_stay_out_of_the_logs_of_web_servers() -> None:
    url = url_for({"token_in_fragment": True})

    assert urlsplit(url).query == ""
    assert is_signed(settings_in(url)["jwt"], SECRET)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", "?"), (" \t\n", "?"), ("A" * 500, "A" * 100), ("a\x00b\nc", "a b c"), ("Änne 😀", "Änne 😀")],
)
def test_any_name_becomes_one_line(name: str, shown: str) -> None:
    [token] = parse_qs(urlsplit(url_for(full_name=name)).query)["jwt"]

    assert part_of(token, 1)["context"]["user"]["name"] == shown


# Ending


def ending(server_says: int = 200, *, gone_after: int = 1) -> dict[str, Any]:
    """A server on which the room is gone after so many orders to end it."""
    orders: list[Asked] = []

    def end(asked: Asked) -> Answer:
        if not asked.token:
            return Answer(401)
        orders.append(asked)
        return Answer(server_says)

    def census(asked: Asked) -> Answer:
        return OPEN if len(orders) < gone_after else Answer(200, {"room_census": []})

    return {"/end-meeting": end, "/room-census": census}


def test_a_meeting_is_ended_and_looked_for_until_it_is_gone() -> None:
    with jitsi_server(**ending()) as server:
        ended = server.backend(keys=keys()).end("vconf-1", INCARNATION)

    assert ended is True
    [order] = [asked for asked in server.asked if asked.path == "/end-meeting"]
    assert (order.method, order.query) == ("POST", "conference=vconf-1%40conference.meet.example")
    assert part_of(order.token, 0) == {"alg": "RS256", "typ": "JWT", "kid": "system-1"}


@pytest.mark.parametrize("incarnation", [INCARNATION, UNOPENED])
def test_one_that_is_not_open_is_ended_already(incarnation: str) -> None:
    with jitsi_server() as server:
        assert server.backend(keys=keys()).end("vconf-1", incarnation)

    assert "/end-meeting" not in server.paths()


def test_another_incarnation_is_spared() -> None:
    with jitsi_server(**ending()) as server:
        assert server.backend(keys=keys()).end("vconf-1", "1700000000000")

    assert "/end-meeting" not in server.paths()


def test_what_was_promised_and_opened_since_is_ended() -> None:
    with jitsi_server(**ending()) as server:
        assert server.backend(keys=keys()).end("vconf-1", UNOPENED)

    assert "/end-meeting" in server.paths()


def test_one_that_goes_on_although_the_server_agreed_is_not_ended() -> None:
    with jitsi_server(**ending(gone_after=99)) as server:
        assert server.backend(keys=keys()).end("vconf-1", INCARNATION) is False


def test_an_answer_that_is_lost_is_found_out_by_looking() -> None:
    with jitsi_server(**ending(500)) as server:
        assert server.backend(keys=keys()).end("vconf-1", INCARNATION) is True


@pytest.mark.parametrize("status", [500, 418, 204])
def test_a_failure_stays_one_when_the_room_is_still_there(status: int) -> None:
    with jitsi_server(**ending(status, gone_after=99)) as server, pytest.raises(Misbehaving):
        server.backend(keys=keys()).end("vconf-1", INCARNATION)


@pytest.mark.parametrize(
    "missing",
    [
        {"end_url": None},
        {"keys": {}},
        # nobody serves the path: not the module's own "no such room"
        {"answers": {"/end-meeting": Answer(404, b"<html>")}},
    ],
)
def test_a_server_that_cannot_end_says_so_and_never_claims_success(missing: dict[str, Any]) -> None:
    answers = {"/room-census": OPEN, **missing.pop("answers", {})}
    with (
        jitsi_server(**answers) as server,
        pytest.raises(NotSupported, match="not enforceable on this server"),
    ):
        server.backend(**{"keys": keys(), **missing}).end("vconf-1", INCARNATION)


@pytest.mark.parametrize("status", [401, 403])
def test_a_system_key_that_is_refused_is_an_alarm(status: int) -> None:
    answers = {"/room-census": OPEN, "/end-meeting": Answer(status)}
    with jitsi_server(**answers) as server, pytest.raises(WrongSecret) as caught:
        server.backend(keys=keys()).end("vconf-1", INCARNATION)

    assert caught.value.code == "system_key_refused"


def test_where_nothing_tells_what_runs_the_order_itself_counts() -> None:
    with jitsi_server() as server:
        backend = server.backend(keys=keys(), census_url=None, size_url=None)
        assert backend.end("vconf-1", UNOPENED)

    assert "/end-meeting" in server.paths()


# Removing one person


def removing(status: int, *, without_token: int = 403) -> dict[str, Any]:
    return {"/kick-participant": lambda asked: Answer(status if asked.token else without_token)}


@pytest.mark.parametrize(("status", "removed"), [(200, True), (404, False)])
def test_a_person_is_removed(status: int, removed: bool) -> None:
    with jitsi_server(**removing(status)) as server:
        assert server.backend(keys=keys()).remove_person("vconf-1", "ab12cd34") is removed

    order = server.asked[-1]
    assert (order.method, order.path, order.query) == ("PUT", "/kick-participant", "room=vconf-1")
    assert json.loads(order.body) == {"participantId": "ab12cd34"}


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (removing(400), RequestRefused),
        (removing(403), WrongSecret),
        (removing(500), Misbehaving),
        (removing(418), Misbehaving),
        # missing
        (removing(404, without_token=404), NotSupported),
        # versions whose refusals arrive as 200: nothing they say can be relied on
        (removing(200, without_token=200), NotSupported),
    ],
)
def test_what_removing_may_fail_with(answers: dict[str, Any], kind: type[BackendError]) -> None:
    with jitsi_server(**answers) as server, pytest.raises(BackendError) as caught:
        server.backend(keys=keys()).remove_person("vconf-1", "ab12cd34")

    assert type(caught.value) is kind


@pytest.mark.parametrize("missing", [{"kick_url": None}, {"keys": {}}])
def test_removing_without_the_module_is_not_supported(missing: dict[str, Any]) -> None:
    with jitsi_server() as server, pytest.raises(NotSupported, match="not enforceable on this server"):
        server.backend(**{"keys": keys(), **missing}).remove_person("vconf-1", "ab12cd34")


def test_who_is_in_a_room_is_told_without_the_focus_and_without_addresses() -> None:
    listed = [
        {
            "jid": "vconf-1@conference.meet.example/zz99",
            "display_name": "Bernd",
            "email": "bernd@im.mv.example",
        },
        {"jid": "vconf-1@conference.meet.example/focus"},
        {"jid": "vconf-1@conference.meet.example/ab12cd34", "display_name": "anna"},
        {"jid": "vconf-1@conference.meet.example/<script>", "display_name": "x"},
        "nonsense",
    ]
    with jitsi_server(**{"/room": Answer(200, listed)}) as server:
        people = server.backend(keys=keys()).people_in("vconf-1")

    assert [(one.person_id, one.name) for one in people] == [("ab12cd34", "anna"), ("zz99", "Bernd")]
    assert "anna" not in repr(people)


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (403, None, WrongSecret),
        (200, {"participants": 2}, Misbehaving),
        (200, b"<html>", Misbehaving),
        (500, None, Misbehaving),
    ],
)
def test_what_asking_for_people_may_fail_with(status: int, content: Any, kind: type[BackendError]) -> None:
    with jitsi_server(**{"/room": Answer(status, content)}) as server, pytest.raises(BackendError) as caught:
        server.backend(keys=keys()).people_in("vconf-1")

    assert type(caught.value) is kind


def test_a_room_that_is_closed_has_nobody_and_without_its_module_nothing_tells() -> None:
    with jitsi_server(**{"/room": Answer(404)}) as server:
        assert list(server.backend(keys=keys()).people_in("vconf-1")) == []
        with pytest.raises(NotSupported):
            server.backend(keys=keys(), size_url=None).people_in("vconf-1")


# Load


def stressed(*levels: object, **more: Any) -> dict[str, Any]:
    waiting = list(levels)
    return {"/colibri/stats": lambda asked: Answer(200, {"stress_level": waiting.pop(0), **more})}


@pytest.mark.parametrize(
    ("levels", "load"),
    [
        ((0.2, 0.6), 0.4),
        ((0.2, "much"), 0.2),
        ((None, True), None),
        ((-1, -5), None),
        ((1e9, 1e9), 10.0),
        ((10**400, 0.5), 0.5),
    ],
)
def test_load_is_the_mean_stress_of_the_bridges(levels: tuple[object, ...], load: float | None) -> None:
    with jitsi_server(**stressed(*levels)) as server:
        found = server.backend(bridge_urls=f"{server.url},{server.url}").load()

    assert found == (None if load is None else pytest.approx(load))


@pytest.mark.parametrize(
    "fields",
    [{"drain": True}, {"graceful_shutdown": True}, {"shutting_down": True}, {"healthy": False}],
)
def test_bridges_that_take_nothing_new_are_full(fields: dict[str, Any]) -> None:
    with jitsi_server(**stressed(0.1, **fields)) as server:
        assert server.backend().load() == 1.0


def test_a_silent_bridge_counts_for_nothing_unless_all_are() -> None:
    with jitsi_server(**stressed(0.3)) as server:
        assert server.backend(bridge_urls=f"{server.url},http://127.0.0.1:9").load() == pytest.approx(0.3)
        with pytest.raises(Unreachable):
            server.backend(bridge_urls="http://127.0.0.1:9").load()


@pytest.mark.parametrize(
    ("stats", "seats", "load"),
    [
        ({"participants": 60}, 120, 0.5),
        ({"participants": 0}, 120, 0.0),
        ({"participants": "60"}, 120, None),
        ({}, 120, None),
        ({"participants": 60}, None, None),
    ],
)
def test_without_bridges_people_against_seats(
    stats: dict[str, Any], seats: int | None, load: float | None
) -> None:
    with jitsi_server(**{"/stats": Answer(200, stats)}) as server:
        assert server.backend(bridge_urls=None, seats=seats).load() == load


def test_it_can_do_what_the_port_asks_of_such_servers() -> None:
    with jitsi_server() as server:
        backend = server.backend()

    assert isinstance(backend, ReportsLoad)
    assert isinstance(backend, RemovesPeople)


# What can never work


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://meet.example/tenant/"},
        {"base_url": "http://meet.example/"},
        {"base_url": "https://user@meet.example/"},
        {"secret": ""},
        {"options": {"algorithm": "none"}},
        {"options": {"algorithm": "RS256"}},
        {"options": {"algorithm": "RS256", "key_id": "k"}},
        {"options": {"census_url": "http://10.0.0.1:5280/room-census"}},
        {"options": {"bridge_urls": "https://jvb.example/,nonsense"}},
    ],
)
def test_an_access_that_can_never_work_is_refused_at_once(changes: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused) as caught:
        JitsiBackend(
            ServerAccess(
                **{"kind": "jitsi", "base_url": "https://meet.example/", "secret": SECRET, **changes}
            )
        )

    assert caught.value.code == "invalid_access"


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(5, 300), (0, 60), (10**9, 86_400), ("5", 600), (True, 600)]
)
def test_the_life_of_tokens_is_kept_within_bounds(minutes: object, seconds: int) -> None:
    [token] = parse_qs(urlsplit(url_for({"token_minutes": minutes})).query)["jwt"]

    told = part_of(token, 1)
    assert told["exp"] - told["iat"] == seconds


def test_no_call_is_begun_when_no_time_is_left() -> None:
    with jitsi_server() as server, pytest.raises(Unreachable) as caught:
        JitsiClient(server.access()).get(server.url, patience=Patience(0))

    assert (caught.value.code, caught.value.maybe_done) == ("timeout", False)
    assert server.asked == []


# Secrets


def test_no_token_is_logged_or_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # vconf's own settings keep it silent; whoever turns it on must not read secrets either
    caplog.set_level(logging.DEBUG, logger="urllib3")
    with jitsi_server(
        **{"/room-census": OPEN, "/room-size": Answer(403), "/end-meeting": Answer(401)}
    ) as server:
        backend = server.backend(keys=keys())
        for call in (lambda: backend.create(SPEC), lambda: backend.end("vconf-1", UNOPENED)):
            with pytest.raises(WrongSecret) as caught:
                call()
            assert "eyJ" not in f"{caught.value!r} {caught.value.__context__!r}"
        report = backend.check()

    assert "/room-size" in caplog.text
    assert "eyJ" not in caplog.text
    assert "eyJ" not in repr(report)
    assert SECRET not in caplog.text
