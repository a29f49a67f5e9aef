# SPDX-License-Identifier: EUPL-1.2
"""Catalogues of translations: read a .po, write the .mo that gettext loads.

GNU gettext is not part of a plain machine; the two formats are small (GNU gettext manual, "The Format of PO Files" and
"The Format of GNU MO Files").
"""

import ast
import os
import struct
from pathlib import Path

CONTEXT_SEPARATOR = "\x04"

#: msgid (behind its context and CONTEXT_SEPARATOR, if it has one) -> one translation per plural form
Catalogue = dict[str, list[str]]


class CatalogueError(ValueError):
    """A line of a .po file that cannot be read."""


def read_po(path: Path) -> tuple[Catalogue, dict[str, str]]:
    """All entries that are neither obsolete nor fuzzy, and the plural msgid of those that have one.

    The header is the entry with the empty msgid.
    """
    entries: Catalogue = {}
    plurals: dict[str, str] = {}
    fields: dict[str, str] = {}
    fuzzy, keyword = False, ""

    def close() -> None:
        nonlocal fields, fuzzy, keyword
        if "msgid" in fields and not fuzzy:
            context = f"{fields['msgctxt']}{CONTEXT_SEPARATOR}" if "msgctxt" in fields else ""
            key = context + fields["msgid"]
            if key in entries:
                raise CatalogueError(f"{path}: {fields['msgid']!r} stands there twice")
            entries[key] = [text for name, text in fields.items() if name.startswith("msgstr")]
            if "msgid_plural" in fields:
                plurals[key] = fields["msgid_plural"]
        fields, fuzzy, keyword = {}, False, ""

    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#,") and "fuzzy" in line:
            close()
            fuzzy = True
        if not line or line.startswith("#"):
            if keyword.startswith("msgstr"):
                close()
            continue
        if not line.startswith('"'):
            begun, _, line = line.partition(" ")
            if begun in ("msgctxt", "msgid") and keyword.startswith("msgstr"):
                close()
            keyword = begun
            fields[keyword] = ""
        try:
            fields[keyword] += ast.literal_eval(line.strip())
        except (SyntaxError, ValueError, KeyError) as error:
            raise CatalogueError(f"{path}:{number}: cannot read {raw!r}") from error
    close()
    return entries, plurals


def write_mo(path: Path, entries: Catalogue, plurals: dict[str, str]) -> None:
    """Write what gettext loads: a header of seven words, two tables of lengths and offsets, then the texts.

    A file that is right already is left alone: it may lie where nobody may write.
    """
    pairs = sorted(
        ((f"{key}\0{plurals[key]}" if key in plurals else key).encode(), "\0".join(texts).encode())
        for key, texts in entries.items()
        if all(texts)
    )
    start = 7 * 4 + 2 * 8 * len(pairs)
    tables: list[int] = []
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables += [len(pair[side]), start + len(body)]
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    content = head + struct.pack(f"<{len(tables)}I", *tables) + body
    if path.exists() and path.read_bytes() == content:
        return
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_bytes(content)
    draft.replace(path)


def compile_catalogues(folder: Path) -> int:
    """Write the .mo beside every .po below a folder; answers how many there are."""
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        write_mo(source.with_suffix(".mo"), *read_po(source))
    return len(sources)
