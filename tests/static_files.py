# SPDX-License-Identifier: EUPL-1.2
"""Static files are looked up once in a run of tests, where each test's client would do so for itself before its first
request, which takes longer than the request.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

_look = WhiteNoiseMiddleware.add_files_from_finders
#: what was found, by the settings that it depends on
_found: dict[str, dict[str, Any]] = {}


def look_once() -> None:
    """From now on whitenoise remembers what its first instance has found."""
    WhiteNoiseMiddleware.add_files_from_finders = _look_or_remember


def _look_or_remember(whitenoise: Any) -> None:
    names = [name for name in dir(settings) if name.startswith(("STATIC", "WHITENOISE"))]
    key = repr([(name, getattr(settings, name)) for name in names])
    if key not in _found:
        before = set(whitenoise.files)
        _look(whitenoise)
        _found[key] = {url: file for url, file in whitenoise.files.items() if url not in before}
    whitenoise.files.update(_found[key])
