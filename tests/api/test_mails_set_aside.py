# SPDX-License-Identifier: EUPL-1.2
"""/mails/set-aside: operators see that a mail could not be handled and why, and never what is in it."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import Settings
from structlog.testing import capture_logs

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.audit.models import AuditEntry
from vconf.integrations.imip.models import IncomingMail, MailState

ROUTE = "mails/set-aside"


def test_operators_see_envelope_and_reason_and_nothing_else(world: World, operator: Caller) -> None:
    older, newer = factories.set_aside_mail("winmail"), factories.set_aside_mail("failed")
    IncomingMail.objects.create(channel="lmtp", size=1, digest="waits")

    body = operator.get(ROUTE).json()

    assert [row["id"] for row in body["results"]] == [str(newer.id), str(older.id)]
    assert body["results"][1] == {
        "id": str(older.id),
        "received_at": body["results"][1]["received_at"],
        "sender": "anna@im.mv.example",
        "recipients": ["saal@raum.mv.example"],
        "size": 17,
        "code": "winmail",
        "reason": "Outlook's format winmail.dat instead of a calendar part; it can be switched off in Exchange.",
        "channel": "lmtp",
        "tries": 2,
    }
    assert "secret" not in str(body)
    assert [row["code"] for row in operator.get(f"{ROUTE}?code=failed").json()["results"]] == ["failed"]


def test_tokens_in_addresses_for_answers_and_reports_are_not_shown(
    world: World, operator: Caller, settings: Settings
) -> None:
    settings.VCONF_MAIL_ANSWERS, settings.VCONF_MAIL_BOUNCES = "antwort@mv.example", "bounces@mv.example"
    mail = factories.set_aside_mail()
    mail.recipients = ["antwort+secret@mv.example", "bounces+secret@mv.example", "raum+30@raum.mv.example"]
    mail.save()

    [row] = operator.get(ROUTE).json()["results"]

    assert row["recipients"] == ["antwort@mv.example", "bounces@mv.example", "raum+30@raum.mv.example"]


@pytest.mark.parametrize("who", ["anna", "admin", "chief", "auditor"])
def test_nobody_else_does(who: str, request: pytest.FixtureRequest, nobody: Caller) -> None:
    caller: Caller = request.getfixturevalue(who)
    mail = factories.set_aside_mail()

    for path in (ROUTE,):
        problem(nobody.get(path), 401, "not_signed_in")
        problem(caller.get(path), 403, "forbidden")
    for one in (mail.id, ABSENT):
        problem(caller.post(f"{ROUTE}/{one}/retry"), 403, "forbidden")
        problem(caller.delete(f"{ROUTE}/{one}"), 403, "forbidden")
    mail.refresh_from_db()
    assert mail.state == MailState.SET_ASIDE


def test_a_mail_is_tried_again_with_all_its_tries(world: World, operator: Caller) -> None:
    mail = factories.set_aside_mail()

    assert operator.post(f"{ROUTE}/{mail.id}/retry").status_code == 204

    mail.refresh_from_db()
    assert (mail.state, mail.code, mail.tries, mail.handled_at) == (MailState.WAITING, "", 0, None)
    assert mail.due_at <= timezone.now()
    assert AuditEntry.objects.get(action="mail.retry").object_id == str(mail.id)
    problem(operator.post(f"{ROUTE}/{mail.id}/retry"), 404, "not_found")


def test_of_what_was_too_large_there_is_nothing_to_try(world: World, operator: Caller) -> None:
    mail = factories.set_aside_mail("too_large")

    problem(operator.post(f"{ROUTE}/{mail.id}/retry"), 409, "mail_not_kept")


def test_what_is_discarded_is_erased(world: World, operator: Caller) -> None:
    mail = factories.set_aside_mail()

    with capture_logs() as logs:
        assert operator.delete(f"{ROUTE}/{mail.id}").status_code == 204

    mail.refresh_from_db()
    assert (mail.state, mail.code, mail.octets) == (MailState.IGNORED, "discarded", None)
    assert "anna@" not in str(logs)
    problem(operator.delete(f"{ROUTE}/{mail.id}"), 404, "not_found")


def test_a_list_of_any_length_takes_the_same_queries(world: World, operator: Caller) -> None:
    for _ in range(30):
        factories.set_aside_mail()

    assert queries(lambda: operator.get(f"{ROUTE}?page_size=1")) == queries(
        lambda: operator.get(f"{ROUTE}?page_size=30")
    )
