"""Pages that are written from the code are as the code says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from streams.metrics import page as metrics_page
from streams.settings import page as settings_page
from streams.settings.record import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.parametrize(
    ("name", "page", "module"),
    [
        ("settings.md", settings_page.page, "streams.settings.page"),
        ("metrics.md", metrics_page.page, "streams.metrics.page"),
    ],
)
def test_a_generated_page_is_fresh(name: str, page: settings_page.Page, module: str) -> None:
    """Whoever changes the table writes the page again."""
    assert (DEPLOY / name).read_text(encoding="utf-8") == page(), f"python -m {module} > deploy/{name}"


def test_every_setting_says_what_it_means() -> None:
    """A comment behind each, so that the page has no empty row."""
    said = settings_page.words()
    assert [f.name for f in fields(Settings) if not said.get(f.name, "").strip()] == []
