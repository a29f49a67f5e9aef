# SPDX-License-Identifier: EUPL-1.2
"""Query strings and forms from anybody."""

from __future__ import annotations

from urllib.parse import parse_qs


def first_values(text: str) -> dict[str, str]:
    """The first value of each name; of too many fields nothing is read."""
    try:
        read = parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=50)
    except ValueError:
        return {}
    return {name: values[0] for name, values in read.items()}
