# SPDX-License-Identifier: EUPL-1.2
"""Whatever a check can find is told in words, in both languages."""

from __future__ import annotations

import inspect
import re

import pytest
from django.utils import translation

from vconf.integrations.conferencing.bigbluebutton import inspection
from vconf.integrations.conferencing.findings import FAILURES, FINDINGS, failure_told, finding_told

#: the codes stand in a table of one line each
BIGBLUEBUTTON = re.findall(r'^        "(\w+)":', inspect.getsource(inspection.inspect), re.MULTILINE)


def test_everything_found_on_a_bigbluebutton_has_its_words() -> None:
    assert "open_api" in BIGBLUEBUTTON
    assert [code for code in BIGBLUEBUTTON if code not in FINDINGS] == []


@pytest.mark.parametrize("table", [FAILURES, FINDINGS])
def test_it_says_what_is_the_matter_and_what_to_do_in_both_languages(table: dict[str, object]) -> None:
    told = failure_told if table is FAILURES else finding_told
    for code in table:
        with translation.override("en"):
            english = (str(told(code).detail), str(told(code).advice))
        with translation.override("de"):
            german = (str(told(code).detail), str(told(code).advice))
        assert all(english) and all(german), code
        assert english[0] != german[0], code


def test_a_code_nobody_knows_is_told_all_the_same() -> None:
    assert str(failure_told("novelty").advice)
    assert str(finding_told("novelty").advice)
