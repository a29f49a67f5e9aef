# SPDX-License-Identifier: EUPL-1.2
"""Translations without GNU gettext's programs."""

import gettext
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

from vconf.management.catalogue import CatalogueError, compile_catalogues, read_po

PO = r"""# SPDX-License-Identifier: EUPL-1.2
msgid ""
msgstr ""
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: bookings/errors.py
msgid "The room is taken."
msgstr "Der Raum ist belegt."

msgctxt "verb"
msgid "Book"
msgstr "Buchen"

msgid "Book"
msgstr "Buch"

msgid "%(n)s seat"
msgid_plural "%(n)s seats"
msgstr[0] "%(n)s Platz"
msgstr[1] "%(n)s Plätze"

msgid ""
"A \"long\" text\n"
"in two lines"
msgstr ""
"Ein „langer“ Text\n"
"in zwei Zeilen"

#, fuzzy
msgid "Guessed"
msgstr "Geraten"

msgid "Not yet"
msgstr ""

#~ msgid "Old"
#~ msgstr "Alt"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "django.po").write_text(PO, encoding="utf-8")
    return tmp_path


def test_gettext_reads_what_was_compiled(folder: Path) -> None:
    assert compile_catalogues(folder) == 1

    german = gettext.translation("django", folder, languages=["de"])

    assert german.gettext("The room is taken.") == "Der Raum ist belegt."
    assert german.gettext("Book") == "Buch"
    assert german.pgettext("verb", "Book") == "Buchen"
    assert german.ngettext("%(n)s seat", "%(n)s seats", 1) == "%(n)s Platz"
    assert german.ngettext("%(n)s seat", "%(n)s seats", 5) == "%(n)s Plätze"
    assert german.gettext('A "long" text\nin two lines') == "Ein „langer“ Text\nin zwei Zeilen"


def test_what_is_right_already_is_left_alone_and_what_is_stale_is_written(folder: Path) -> None:
    compile_catalogues(folder)
    compiled = folder / "de" / "LC_MESSAGES" / "django.mo"
    first = compiled.stat().st_ino

    compile_catalogues(folder)
    assert compiled.stat().st_ino == first

    compiled.with_suffix(".po").write_text(PO.replace("Buchen", "Reservieren"), encoding="utf-8")
    compile_catalogues(folder)
    assert gettext.translation("django", folder, languages=["de"]).pgettext("verb", "Book") == "Reservieren"


def test_a_first_start_speaks_german_at_once(folder: Path) -> None:
    """What Django looked for in vain, before the catalogues were there, is looked for again."""
    with override_settings(LOCALE_PATHS=[folder]):
        translation_file_changed(None, folder / "all.mo")
        with translation.override("de"):
            assert translation.gettext("Book") == "Book"

        call_command("compile_translations", verbosity=0)

        with translation.override("de"):
            assert translation.gettext("Book") == "Buch"
    translation_file_changed(None, folder / "all.mo")


def test_untranslated_guessed_and_old_entries_stay_as_they_are(folder: Path) -> None:
    compile_catalogues(folder)

    german = gettext.translation("django", folder, languages=["de"])

    for text in ("Not yet", "Guessed", "Old"):
        assert german.gettext(text) == text


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="the comparison needs GNU gettext")
def test_the_result_is_the_one_of_gnu_msgfmt(folder: Path) -> None:
    compile_catalogues(folder)
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    other = folder / "other" / "LC_MESSAGES"
    other.mkdir(parents=True)
    subprocess.run(["msgfmt", "--no-hash", "-o", other / "django.mo", source], check=True)

    ours = gettext.translation("django", folder, languages=["de"])
    theirs = gettext.translation("django", folder, languages=["other"])

    assert ours._catalog == theirs._catalog  # type: ignore[attr-defined]  # there is no public way to list it


def test_a_broken_line_is_named(folder: Path) -> None:
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    source.write_text('msgid "a"\nmsgstr "b\n', encoding="utf-8")

    with pytest.raises(CatalogueError, match=r"django\.po:2"):
        read_po(source)


def test_an_entry_that_stands_there_twice_is_refused(folder: Path) -> None:
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    source.write_text('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', encoding="utf-8")

    with pytest.raises(CatalogueError, match="twice"):
        read_po(source)
