# SPDX-License-Identifier: EUPL-1.2
"""The page of the mail folder: shows what is there, gives nothing away outside of the demo, runs nothing."""

import re
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from tests.integrations.invitations.letters import ANNA, BERND, CLARA, ENVELOPE, booking
from vconf.bookings.mail_views import BookingMail
from vconf.integrations.invitations import compose, folder, views
from vconf.integrations.invitations.compose import Recipient


def keep(mail: BookingMail | None = None, to: Recipient = BERND) -> UUID:
    message = compose.invitation(mail or booking(), to, ENVELOPE, before=None)
    return folder.keep(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))


@pytest.fixture(autouse=True)
def _folder(mail_folder: Path) -> None:
    """Every test has a folder of its own."""


@pytest.mark.parametrize("page", ["", "{id}/", "{id}/html", "{id}/eml"])
@pytest.mark.parametrize("change", [{"VCONF_DEMO": False}, {"VCONF_MAIL_FOLDER": None}])
def test_outside_of_the_demo_there_is_nothing(
    client: Client, settings: Settings, page: str, change: dict[str, object]
) -> None:
    mail_id = keep()
    for name, value in change.items():
        setattr(settings, name, value)

    assert client.get("/mails/" + page.format(id=mail_id)).status_code == 404


@pytest.mark.parametrize("page", ["", "html", "eml"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, page: str) -> None:
    assert client.get(f"/mails/{uuid4()}/{page}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["../secret_key", "..%2Fsecret_key", "%2e%2e/secret_key", "../../secret_key/eml", "secret_key/eml"],
)
def test_nothing_but_mails_can_be_asked_for(client: Client, mail_folder: Path, path: str) -> None:
    mail_folder.mkdir()
    (mail_folder.parent / "secret_key").write_text("hush")
    (mail_folder / "secret_key").write_text("hush")
    (mail_folder / "secret_key.eml").write_text("hush")

    answer = client.get(f"/mails/{path}", follow=True)

    assert answer.status_code == 404
    assert b"hush" not in answer.content


def test_reading_is_all_that_can_be_done(client: Client) -> None:
    mail_id = keep()

    for method in ("post", "put", "delete"):
        assert getattr(client, method)(f"/mails/{mail_id}/").status_code == 405
    assert folder.read(mail_id) is not None


def test_the_newest_mail_comes_first(client: Client) -> None:
    keep(booking(title="Erste Lage"))
    keep(booking(title="Zweite Lage"), CLARA)

    page = client.get("/mails/").content.decode()

    assert page.index("Zweite Lage") < page.index("Erste Lage")
    assert "&quot;Clasen, Clara&quot; &lt;clara@fm.mv.example&gt;" in page
    assert page.count('class="method method-request">REQUEST<') == 2


def test_long_lists_have_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAILS_ON_A_PAGE", 2)
    for number in range(5):
        keep(booking(title=f"Lage {number}"))

    pages = [client.get("/mails/", {"page": page}).content.decode() for page in (1, 2, 3, "x", 99)]

    titles = [re.findall(r"Lage \d", page) for page in pages]
    assert titles == [
        ["Lage 4", "Lage 3"],
        ["Lage 2", "Lage 1"],
        ["Lage 0"],
        ["Lage 4", "Lage 3"],
        ["Lage 0"],
    ]


def test_an_empty_folder_says_so(client: Client) -> None:
    german = client.get("/mails/", headers={"Accept-Language": "de"}).content.decode()
    english = client.get("/mails/", headers={"Accept-Language": "en"}).content.decode()

    assert "Noch ist keine E-Mail da." in german
    assert '<html lang="de">' in german
    assert "There is no mail yet." in english
    assert '<html lang="en">' in english


def test_a_mail_shows_headers_texts_and_calendar_part(client: Client) -> None:
    mail_id = keep()

    page = client.get(f"/mails/{mail_id}/", headers={"Accept-Language": "de"}).content.decode()

    for words in (
        "Einladung: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)",
        "Anna Amsel über Videokonferenzdienst &lt;videokonferenz@mv.example&gt;",
        "Sie brauchen kein Konto und kein Programm",
        '<a href="https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh"',
        "<dd>Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ</dd>",
        "<li>Bernd Buche &lt;bernd@im.mv.example&gt;",
        "BEGIN:VCALENDAR",
        f'src="/mails/{mail_id}/html"',
    ):
        assert words in page, words


def test_a_page_brings_no_style_or_script_of_its_own(client: Client) -> None:
    answers = [client.get("/mails/"), client.get(f"/mails/{keep()}/")]

    for answer in answers:
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", answer.content.decode())
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
    assert "frame-src 'self'" in answers[1]["Content-Security-Policy"]
    assert finders.find("invitations/mails.css") is not None


def test_the_formatted_text_may_do_nothing_but_look_as_it_does(client: Client) -> None:
    answer = client.get(f"/mails/{keep()}/html")

    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]{44}'", policy.pop("style-src"))
    assert policy == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_what_people_typed_is_shown_as_text(client: Client) -> None:
    payload = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    mail_id = keep(
        booking(title=payload, description=payload, organiser_name=payload, room_name=payload),
        replace(BERND, name=payload),
    )

    for page in ("/mails/", f"/mails/{mail_id}/", f"/mails/{mail_id}/html"):
        html = client.get(page).content.decode()
        assert "<script" not in html
        assert "<img" not in html


def test_the_mail_can_be_taken_along_as_it_was_sent(client: Client) -> None:
    message = compose.confirmation(booking(), ANNA, ENVELOPE, before=None)
    mail_id = folder.keep(message.as_bytes())

    answer = client.get(f"/mails/{mail_id}/eml")

    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == f'attachment; filename="{mail_id}.eml"'
    assert message_from_bytes(answer.content)["Message-ID"] == "<abc@mv.example>"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?q?\xff?=\r\nDate: never\r\n\r\nx",
        b"Content-Type: text/calendar; method=REQUEST; charset=klingon\r\n\r\nBEGIN:VCALENDAR\r\nEND:VEVENT",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\nEND:VEVENT\r\n",
    ],
)
def test_a_broken_mail_breaks_no_page(client: Client, octets: bytes) -> None:
    mail_id = folder.keep(octets)

    assert client.get("/mails/").status_code == 200
    assert client.get(f"/mails/{mail_id}/").status_code == 200
