# SPDX-License-Identifier: EUPL-1.2
"""Which texts the translation check finds."""

from pathlib import Path

from scripts.translations import placeholders, texts_in_python, texts_in_template

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext as many, pgettext
from elsewhere import gettext

A = _("one " "text")
B = many("%(n)s seat", "%(n)s seats", 2)
C = pgettext("verb", "Book")
D = gettext("not Django's")
E = gettext_lazy("later")
F = _(f"computed {A}")
G = _(A)
"""

TEMPLATE = """{% load i18n %}
<h1>{% translate "Hello" %}</h1>{% translate 'Book' context 'verb' %}
{% blocktranslate trimmed count n=seats %}
  {{ n }} seat
{% plural %}
  {{ n }} seats
{% endblocktranslate %}
{{ _("Inline") }} {% if title == _("Compared") %}{% endif %}
"""


def test_texts_in_python_are_those_given_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(PYTHON, encoding="utf-8")
    complaints: list[str] = []

    texts = set(texts_in_python(tmp_path / "sample.py", complaints))

    assert texts == {"one text", "%(n)s seat", "verb\x04Book", "later"}
    assert complaints == [
        "sample.py:10: gettext() needs its text as it is, not computed",
        "sample.py:11: gettext() needs its text as it is, not computed",
    ]


def test_texts_in_templates_are_found_in_tags_blocks_and_filters(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(TEMPLATE, encoding="utf-8")

    texts = set(texts_in_template(tmp_path / "page.html"))

    assert texts == {"Hello", "verb\x04Book", "%(n)s seat", "Inline", "Compared"}


def test_placeholders_of_both_kinds_are_compared() -> None:
    assert placeholders("%(n)s of {limit}, %s and %d: 100 %") == {"%(n)s", "{limit}", "%s", "%d"}
