# SPDX-License-Identifier: EUPL-1.2
"""Every text that people see has a German translation, with the same placeholders; no translation is left over."""

import ast
import gettext
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import rest_framework
from django.utils.translation.template import templatize

from vconf.management.catalogue import CONTEXT_SEPARATOR, read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "vconf" / "locale" / "de" / "LC_MESSAGES" / "django.po"

#: How many texts each function takes before its other arguments, and whether the first is a context.
FUNCTIONS = {
    "gettext": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "pgettext": (1, True),
    "npgettext": (2, True),
}
FUNCTIONS |= {f"{name}_lazy": shape for name, shape in FUNCTIONS.items() if not name.endswith("noop")}
_LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALL = re.compile(rf"\b(\w+)\({_LITERAL}(?:\s*,\s*{_LITERAL})?(?:\s*,\s*{_LITERAL})?")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    django.setup()
    complaints: list[str] = []
    texts: dict[str, str] = {}
    for path in sorted((ROOT / "vconf").rglob("*.py")):
        texts |= {key: str(path.relative_to(ROOT)) for key in texts_in_python(path, complaints)}
    for path in sorted((ROOT / "vconf").rglob("templates/**/*.*")):
        texts |= {key: str(path.relative_to(ROOT)) for key in texts_in_template(path)}

    translations, _ = read_po(CATALOGUE) if CATALOGUE.exists() else ({}, {})
    for key, place in texts.items():
        shown = key.replace(CONTEXT_SEPARATOR, " | ")
        if key not in translations or not all(translations[key]):
            complaints.append(f"{place}: no German translation of {shown!r}")
        elif any(placeholders(text) - placeholders(key) for text in translations[key]):
            complaints.append(f"{place}: the German translation of {shown!r} has other placeholders")
    # ours may say better what the REST framework says in its own words
    framework = gettext.translation("django", Path(rest_framework.__file__).parent / "locale", ["de"])
    complaints += [
        f"{CATALOGUE.name}: nobody says {key!r} any more"
        for key in translations
        if key not in texts | {"": ""} and framework.gettext(key) == key
    ]
    print(*complaints, f"{len(texts)} texts, {len(complaints)} complaints", sep="\n")
    return int(bool(complaints))


def texts_in_python(path: Path, complaints: list[str]) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            known |= {name.asname or name.name: name.name for name in node.names if name.name in FUNCTIONS}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name):
            function = known.get(called.id)
        elif (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id == "translation"
        ):
            function = called.attr if called.attr in FUNCTIONS else None
        else:
            function = None
        if function is None:
            continue
        count, has_context = FUNCTIONS[function]
        arguments = [
            arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[: count + has_context]
        ]
        if len(arguments) < count + has_context or not all(isinstance(arg, str) for arg in arguments):
            complaints.append(
                f"{path.name}:{node.lineno}: {function}() needs its text as it is, not computed"
            )
            continue
        yield _key([str(arg) for arg in arguments], has_context)


def texts_in_template(path: Path) -> Iterator[str]:
    for name, *literals in _CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        function = "gettext" if name == "_" else name
        if function in FUNCTIONS:
            _, has_context = FUNCTIONS[function]
            yield _key([ast.literal_eval(literal) for literal in literals if literal], has_context)


def _key(texts: list[str], has_context: bool) -> str:
    return f"{texts[0]}{CONTEXT_SEPARATOR}{texts[1]}" if has_context else texts[0]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


if __name__ == "__main__":
    sys.exit(main())
