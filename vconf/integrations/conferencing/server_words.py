# SPDX-License-Identifier: EUPL-1.2
"""Why a meeting runs where it does, and what happened to a server: kept as codes and numbers, told here in words.

They are written when somebody reads them, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vconf.integrations.conferencing.findings import failure_told, finding_told
from vconf.rooms.models import ServerEvent, ServerHealth, ServerState

Facts = Mapping[str, Any]
Text = str | Promise

ABILITIES: Mapping[str, Text] = {
    "end": _("ending meetings"),
    "kick": _("removing people"),
    "lobby": _("a lobby"),
    "recording": _("recording"),
    "moderators": _("moderators"),
    "limit": _("a limit of people"),
    "webhooks": _("webhooks"),
    "reservations": _("reservations"),
    "load": _("figures of its load"),
}

_AGAINST: Mapping[str, Text] = {
    "other_pool": _("the reserved server is of another pool"),
    "could_not_open": _("the reserved server could not open it"),
    "lacks": _("reserved on {server}, which lacks: {abilities}"),
    "overloaded": _("reserved on {server}, which is overloaded (load {load})"),
}

#: what an operator decided about a server, and what was seen of it
_STATES: Mapping[str, Text] = {**dict(ServerState.choices), **dict(ServerHealth.choices)}


#: what the server asked or told, and why vconf did not go along, by kind and code of the event
_REFUSED: Mapping[tuple[str, str], Text] = {
    ("hook_refused", "hook_not_signed"): _("It was not signed by this server."),
    ("hook_refused", "token_not_signed"): _("It was not signed by this server."),
    ("hook_refused", "wrong_token"): _("It came with a wrong token."),
    ("hook_refused", "hook_rejected"): _("It was not what such a server sends."),
    ("reservation", "opened"): _("The room was opened."),
    ("reservation", "unknown"): _("Refused: no meeting of vconf has this name."),
    ("reservation", "unconfirmed"): _("Refused: the date is not confirmed."),
    ("reservation", "early"): _("Refused: it is too early."),
    ("reservation", "over"): _("Refused: the date is over."),
    ("reservation", "cancelled"): _("Refused: the date is cancelled."),
    ("reservation", "elsewhere"): _("Refused: the meeting runs on another server."),
}


# Why a meeting runs where it does


def explained(explanation: Facts) -> str:
    """A sentence of what `placement` and `effects` kept; empty if that is nothing we know (any more)."""
    words = _EXPLAINED.get(str(explanation.get("code")))
    if words is None:
        return ""
    parts = [words(explanation), _against(explanation.get("why_not") or {}), _moved(explanation)]
    return "; ".join(part for part in parts if part)


def _as_reserved(told: Facts) -> str:
    if "server" not in told:
        return gettext("as reserved")
    return gettext("{server}, as reserved: {kept}").format(server=told["server"], kept=_kept(told))


def _reserved_best(told: Facts) -> str:
    words = gettext("{server}, as reserved: {kept}; there is nothing better")
    return words.format(server=told["server"], kept=_kept(told))


def _chosen(told: Facts) -> str:
    parts = [
        gettext("{server}: {place}, {count} needed").format(
            server=told["server"], place=_place(told), count=told["needed"]
        )
    ]
    if "pool" in told:
        parts.append(gettext("of the fallback pool {pool}").format(pool=told["pool"]))
    if told.get("overfull"):
        parts.append(gettext("overfull: no server has the seats"))
    if told.get("lacks"):
        parts.append(
            gettext("lacks what no server has that can be had: {abilities}").format(
                abilities=_listed(told["lacks"])
            )
        )
    text = ", ".join(parts)
    if following := told.get("next"):
        text += "; " + gettext("next {server} ({place})").format(
            server=following["server"], place=_place(following)
        )
        if more := told.get("more"):
            text += " " + ngettext("and {count} more", "and {count} more", more).format(count=more)
    return text


def _no_answer(told: Facts) -> str:
    return gettext("{server}: no server answers").format(server=told["server"])


_EXPLAINED: Mapping[str, Callable[[Facts], str]] = {
    "as_reserved": _as_reserved,
    "reserved_best": _reserved_best,
    "chosen": _chosen,
    "no_answer": _no_answer,
}


def _kept(told: Facts) -> str:
    seats = gettext("{kept} of {seats} seats kept").format(kept=told["kept"], seats=told["seats"])
    people = ngettext("{count} person there", "{count} people there", told["people"])
    return ", ".join([seats, people.format(count=told["people"]), *_load(told)])


def _place(told: Facts) -> str:
    parts = [gettext("{free} of {seats} seats free").format(free=told["free"], seats=told["seats"])]
    if "meetings" in told:
        words = gettext("{meetings} of {most} meetings")
        parts.append(words.format(meetings=told["meetings"], most=told["most_meetings"]))
    return ", ".join([*parts, *_load(told)])


def _load(told: Facts) -> list[str]:
    return [gettext("load {load}").format(load=_percent(told["load"]))] if "load" in told else []


def _against(why_not: Facts) -> str:
    code = str(why_not.get("code"))
    if code in _STATES:
        words = gettext("reserved on {server}, which is {state}")
        return words.format(server=why_not["server"], state=_STATES[code])
    return str(_AGAINST.get(code, "")).format(
        server=why_not.get("server", ""),
        abilities=_listed(why_not.get("abilities", ())),
        load=_percent(why_not.get("load", 0)),
    )


def _moved(explanation: Facts) -> str:
    before = explanation.get("moved_from")
    if not before:
        return ""
    why = before["why"]
    reason = _STATES[why] if why in _STATES else failure_told(why).detail
    return gettext("moved from {server} ({reason})").format(
        server=before["server"], reason=str(reason).rstrip(".")
    )


def _listed(abilities: Any) -> str:
    return ", ".join(str(ABILITIES.get(one, one)) for one in abilities)


def _percent(load: float) -> str:
    # Translators: a share in percent; German puts a space before the sign
    return gettext("{number}%").format(number=round(load * 100))


# What happened to a server


def event_told(event: ServerEvent) -> str:
    """What there is to say about it besides what its kind and code say by themselves; may be empty."""
    words = _EVENTS.get(event.kind)
    return words(event.facts) if words is not None and event.facts else _why(event)


def _why(event: ServerEvent) -> str:
    """Ending failed, or a call was refused, for a reason that has a code."""
    if event.kind == "end" and event.code:
        return str(failure_told(event.code).detail)
    return str(_REFUSED.get((event.kind, event.code), ""))


def _lost(facts: Facts) -> str:
    silent = facts.get("silent_seconds")
    people = _people(facts)
    if silent is None:
        return gettext("{people}; the server was never seen").format(people=people)
    words = ngettext(
        "{people}; the server was silent for {count} second",
        "{people}; the server was silent for {count} seconds",
        silent,
    )
    return words.format(people=people, count=silent)


def _arrived(facts: Facts) -> str:
    words = gettext("from {server}, ready {seconds} s after it was given up there")
    return words.format(server=facts["from"], seconds=number_format(facts["seconds"], 1))


def _checked(facts: Facts) -> str:
    version = [gettext("Version {version}.").format(version=facts["version"])] if facts.get("version") else []
    return " ".join([*version, _findings(facts)]).strip()


def _findings(facts: Facts) -> str:
    return " ".join(str(finding_told(code).detail) for code in facts["findings"])


def _people(facts: Facts) -> str:
    return ngettext("{count} person in it", "{count} people in it", facts["people"]).format(
        count=facts["people"]
    )


def _signed(facts: Facts) -> str:
    return gettext("before: {signature}").format(signature=facts["before"])


_EVENTS: Mapping[str, Callable[[Facts], str]] = {
    "health": lambda facts: str(failure_told(facts["why"]).detail),
    "placed": explained,
    "lost": _lost,
    "moved": _arrived,
    "orphan_ended": _people,
    "check": _checked,
    "drift": _findings,
    "hook_signature": _signed,
}
