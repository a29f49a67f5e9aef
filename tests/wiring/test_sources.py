# SPDX-License-Identifier: EUPL-1.2
"""What can be seen by reading the sources: where chance comes from, and who looks rows up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

VCONF = Path(__file__).resolve().parent.parent.parent / "vconf"

#: modules that use chance which need not be secret: pauses between attempts, invented people
DICE = {
    "bookings/retry.py",
    "crashpoints.py",
    "outbox/deliver.py",
    "realtime/hub.py",
    "sqlite/base.py",
    "management/commands/simulate_people.py",
}

#: (module, model) that a door may ask for without a selector of the caller's, and why
UNBOUND = {
    # counts the children of authorities that a selector has let through
    ("api/authorities.py", "Authority"),
    # the unguessable part of the address is the right
    ("integrations/conferencing/hooks.py", "ConferenceServer"),
    ("integrations/conferencing/prosody.py", "ConferenceServer"),
    # of the date that the link leads to
    ("integrations/conferencing/join_words.py", "Meeting"),
    # of the server that calls, and by an unguessable name
    ("integrations/conferencing/jitsi_events.py", "Meeting"),
}
DOORS = [
    "api",
    "integrations/conferencing/views.py",
    "integrations/conferencing/checks.py",
    "integrations/conferencing/server_views.py",
    "integrations/conferencing/people_views.py",
    "integrations/conferencing/recordings_views.py",
    "integrations/conferencing/join.py",
    "integrations/conferencing/join_answers.py",
    "integrations/conferencing/join_words.py",
    "integrations/conferencing/join_ways.py",
    "integrations/conferencing/room_page.py",
    "integrations/conferencing/visitors.py",
    "integrations/conferencing/hooks.py",
    "integrations/conferencing/prosody.py",
    "integrations/conferencing/reservations.py",
    "integrations/conferencing/jitsi_events.py",
    "integrations/invitations/views.py",
    "integrations/imip/quarantine_views.py",
    *(
        f"integrations/caldav/{name}.py"
        for name in (
            *("folders", "homes", "principals", "properties", "propfind", "proppatch", "searches", "finding"),
            *("calendar_data", "multiget", "query", "sync", "freebusy_query", "making", "views"),
        )
    ),
    "realtime/consumers.py",
]


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    for place in places or (".",):
        path = VCONF / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield file.relative_to(VCONF).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_secrets_come_from_the_systems_source_of_chance() -> None:
    """R6.1: what the `random` module gives can be predicted."""
    found = {name for name, tree in modules() if "random" in imported(tree)}

    assert found == DICE


def test_what_is_compared_in_secret_is_compared_in_constant_time() -> None:
    """R7.7: a token, PIN, checksum or signature is never compared by `==`."""
    secret = ("token", "pin_hash", "checksum", "signature")
    found = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [node.left, *node.comparators]
                names = [getattr(side, "attr", getattr(side, "id", "")) for side in sides]
                if all(any(word in one for word in secret) for one in names):
                    found.append(f"{name}:{node.lineno}")

    assert found == []


def test_doors_look_rows_up_through_selectors() -> None:
    """R1.1: there is no bare "get by id" outside of the layer that is bound to the caller."""
    found = set()
    for name, tree in modules(*DOORS):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("objects", "_default_manager")
                and isinstance(node.value, ast.Name)
            ):
                found.add((name, node.value.id))

    assert found == UNBOUND


def _is_sorted_by_us(argument: ast.expr) -> bool:
    """A name written out, or an expression that says `.asc()` or `.desc()`: neither can come from outside."""
    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute):
        return argument.func.attr in ("asc", "desc")
    return isinstance(argument, ast.Constant | ast.Starred)


def test_nobody_writes_sql_with_values_in_it() -> None:
    """R7.6: no ORM call takes an expression in a string, and no sorting comes from outside."""
    found = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("raw", "extra") and name.startswith(
                    ("api", "integrations", "realtime")
                ):
                    found.append(f"{name}:{node.lineno} {node.func.attr}")
                if node.func.attr == "order_by" and not all(map(_is_sorted_by_us, node.args)):
                    found.append(f"{name}:{node.lineno} order_by")
                if node.func.attr in ("filter", "exclude", "values") and any(
                    keyword.arg is None for keyword in node.keywords
                ):
                    found.append(f"{name}:{node.lineno} {node.func.attr}(**)")

    assert found == []
