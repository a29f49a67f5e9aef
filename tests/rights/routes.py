# SPDX-License-Identifier: EUPL-1.2
"""Every route there is, from the resolver itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def all_routes() -> Iterator[tuple[str, str, URLPattern]]:
    """(name with its namespace, path below the root, pattern) of every route. One without a name has its view's."""
    yield from _below(get_resolver(), "", "")


def _below(resolver: URLResolver, path: str, namespace: str) -> Iterator[tuple[str, str, URLPattern]]:
    for one in resolver.url_patterns:
        where = path + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one, where, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name or one.callback.__name__}", where, one


def api_methods() -> dict[str, tuple[URLPattern, tuple[str, ...]]]:
    """Route below /api/ -> its pattern and the methods it has; a plain view counts as having GET."""
    found: dict[str, tuple[URLPattern, tuple[str, ...]]] = {}
    for name, path, pattern in all_routes():
        if not path.startswith("api/"):
            continue
        assert name not in found, f"two routes are called {name}"
        view = getattr(pattern.callback, "cls", None)
        methods = METHODS if view is not None else ("GET",)
        has = tuple(method for method in methods if view is None or hasattr(view, method.lower()))
        found[name] = (pattern, has)
    return found


def page_names() -> set[str]:
    """Routes that are neither below /api/ nor for calendar clients."""
    return {
        name
        for name, path, _ in all_routes()
        if not path.startswith("api/") and not name.startswith("caldav:")
    }


def calendar_routes() -> dict[str, URLPattern]:
    """Routes for calendar clients, without their namespace."""
    return {
        name.removeprefix("caldav:"): pattern
        for name, _, pattern in all_routes()
        if name.startswith("caldav:")
    }
