# SPDX-License-Identifier: EUPL-1.2
"""docs/configuration.md says what the settings read."""

from pathlib import Path

import pytest

from vconf.management.configuration import Undescribed, options, render

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "vconf" / "settings.py"


def test_the_page_is_in_step_with_the_settings() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == render(SETTINGS), (
        "run `manage.py render_configuration`"
    )


def test_every_option_has_our_prefix() -> None:
    assert [option.name for option in options(SETTINGS) if not option.name.startswith("VCONF_")] == []


def test_an_option_without_a_comment_is_refused(tmp_path: Path) -> None:
    settings = tmp_path / "settings.py"
    settings.write_text('# ---\n# Topic\n# ---\n\nVCONF_X = env.text("VCONF_X", "a")\n', encoding="utf-8")

    with pytest.raises(Undescribed, match="VCONF_X"):
        list(options(settings))


def test_the_environment_is_read_in_the_settings_only() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "vconf").rglob("*.py"))
        if any(
            word in path.read_text(encoding="utf-8")
            for word in ("os.environ", "os.getenv", "env.text(", "env.flag(")
        )
    ]

    # asgi and celery only say which settings to use.
    assert readers == ["vconf/asgi.py", "vconf/celery.py", "vconf/env.py", "vconf/settings.py"]
