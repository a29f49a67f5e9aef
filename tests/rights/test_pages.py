# SPDX-License-Identifier: EUPL-1.2
"""Pages and hooks: what everybody gets, whoever they are; and that only operators' shells run commands."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings

from tests.rights.routes import METHODS, all_routes, page_names
from tests.rights.scene import TITLE, Scene
from tests.rights.table import COMMANDS, PAGES, ROLES
from vconf.integrations.invitations import folder

pytestmark = pytest.mark.django_db

ABSENT = UUID("0199a3c2-7d10-7c11-9d53-0a2b6d4f8e99")
UNGUESSED = "A" * 43
STATUS = {"open": {200}, "shut": {404}}


@pytest.fixture
def clients(scene: Scene) -> Mapping[str, Client]:
    """Role -> their browser."""
    made = {}
    for role in ROLES:
        made[role] = Client()
        person = scene.people[role]
        if person is not None:
            made[role].force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
    return made


@pytest.fixture
def mail(tmp_path: Path, settings: Settings) -> UUID:
    """A mail in a folder of this test's own."""
    settings.VCONF_MAIL_FOLDER = tmp_path
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@mv.example", "b@mv.example", "Lage"
    message.set_content("Guten Tag")
    message.add_alternative("<p>Guten Tag</p>", subtype="html")
    return folder.keep(message.as_bytes())


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert page_names() - PAGES.keys() == set(), "write a row for these into tests/rights/table.py"
    assert PAGES.keys() - page_names() == set(), "these rows are about nothing"


@pytest.mark.parametrize("name", PAGES)
def test_everybody_gets_the_same(scene: Scene, clients: Mapping[str, Client], mail: UUID, name: str) -> None:
    there, absent = addresses(scene, mail)[name]
    for what, address, word in zip(("there", "absent"), (there, absent), PAGES[name], strict=True):
        answers = {role: client.get(address, follow=True) for role, client in clients.items()}
        if name in ("readyz", "web_page"):  # no clock runs here, and the frontend need not be built
            assert {answer.status_code for answer in answers.values()} <= {200, 503}
            continue
        if name.startswith(("bigbluebutton", "jitsi")):
            answers = {role: call(client, name, address) for role, client in clients.items()}
        got = {role: answer.status_code for role, answer in answers.items()}
        assert set(got.values()) <= STATUS[word], (what, got)


def call(client: Client, name: str, address: str) -> Any:
    if name == "jitsi-one-conference":
        return client.delete(address)
    return client.get(address) if name.endswith("ended") else client.post(address)


def addresses(scene: Scene, mail: UUID) -> Mapping[str, tuple[str, str]]:
    """Page -> the address of one that is there, and of one that is not. Nobody knows a server's hook token."""
    hooks = {
        f"bigbluebutton-{kind}": (
            reverse(f"bigbluebutton-{kind}", args=[str(scene.spare.id)]),
            reverse(f"bigbluebutton-{kind}", args=[UNGUESSED]),
        )
        for kind in ("events", "ended")
    }
    rests = {
        "jitsi-conference": (),
        "jitsi-one-conference": ("1",),
        "jitsi-events": ("room", "created"),
    }
    hooks |= {
        name: (reverse(name, args=[str(scene.spare.id), *rest]), reverse(name, args=[UNGUESSED, *rest]))
        for name, rest in rests.items()
    }
    # signed by the server, at an address that is no secret
    ready = "bigbluebutton-recording-ready"
    hooks[ready] = (reverse(ready, args=[scene.spare.id]), reverse(ready, args=[ABSENT]))
    mails = {
        f"mails:{kind}": (reverse(f"mails:{kind}", args=[mail]), reverse(f"mails:{kind}", args=[ABSENT]))
        for kind in ("mail", "html", "file")
    }
    feed = scene.feeds[0].token
    feeds = {
        name: (f"/feeds/{feed}.{suffix}", f"/feeds/{UNGUESSED}.{suffix}")
        for name, suffix in (("calendar-feed", "ics"), ("free-busy-feed", "ifb"), ("door-display", "json"))
    }
    return {
        "join": (f"/j/{scene.im.booking.join_link.token}", f"/j/{UNGUESSED}"),
        "join-calendar": (
            f"/j/{scene.im.booking.join_link.token}/event.ics",
            f"/j/{UNGUESSED}/event.ics",
        ),
        "room-page": (f"/r/{scene.fm.room.slug}", "/r/no-such-room"),
        "mails:list": ("/mails/", "/mails/"),
        "healthz": ("/healthz", "/healthz"),
        "readyz": ("/readyz", "/readyz"),
        "metrics": ("/metrics", "/metrics"),
        "web_page": ("/", f"/bookings/{ABSENT}"),
        **feeds,
        **hooks,
        **mails,
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_join_page_tells_what_the_design_lists(
    scene: Scene, clients: Mapping[str, Client], role: str
) -> None:
    """Title, times, organiser's name and authority; no attendees, addresses or PINs, whoever looks."""
    link = scene.im.booking.join_link

    page = clients[role].get(f"/j/{link.token}").content.decode()

    assert TITLE in page
    assert "Anna Amsel" in page
    for hidden in ("frieda.fink@fm.mv.example", "anna@im.mv.example", link.pin, link.moderator_pin):
        assert hidden not in page
    assert "Frieda Fink" not in page or role == "attendee"


@pytest.mark.parametrize("role", ROLES)
def test_the_room_page_gives_no_link_away_to_whoever_has_no_part(
    scene: Scene, clients: Mapping[str, Client], role: str
) -> None:
    """The room's meeting runs now; only organiser, deputy and attendee are led on to it."""
    answer = clients[role].get(f"/r/{scene.im.room.slug}")

    if role in ("organiser", "deputy", "attendee"):
        assert (answer.status_code, answer["Location"]) == (303, f"/j/{link_of(scene)}")
    else:
        assert answer.status_code == 200
        assert link_of(scene) not in answer.content.decode()
        assert "Anna" not in answer.content.decode()


def link_of(scene: Scene) -> str:
    token: str = scene.im.running.booking.join_link.token
    return token


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_no_method_they_do_not_need(scene: Scene, mail: UUID, name: str) -> None:
    there, _ = addresses(scene, mail)[name]
    needed = {
        **{key: {"GET", "POST"} for key in ("join", "room-page", "bigbluebutton-events")},
        **{key: {"POST"} for key in ("jitsi-conference", "jitsi-events")},
        "jitsi-one-conference": {"GET", "HEAD", "DELETE"},
    }.get(name, {"GET"})
    for method in set(METHODS) - needed:
        assert Client().generic(method, there).status_code in (404, 405), method


def test_no_route_runs_a_command() -> None:
    """Commands are for a shell on the operators' machines. They are listed, so that a new one is thought about."""
    ours = {
        name for name, app in get_commands().items() if str(app) == "vconf" or str(app).startswith("vconf.")
    }

    assert ours == COMMANDS
    for name, _, pattern in all_routes():
        assert isinstance(pattern, URLPattern)
        assert "management" not in str(getattr(pattern.callback, "__module__", "")), name
