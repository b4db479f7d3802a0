"""Pages that are written from the code are as the code says."""

from __future__ import annotations

import io
from dataclasses import fields
from pathlib import Path

import pytest
from rich.console import Console

from streams.basics.times import SECOND
from streams.channels.console import panel
from streams.metrics import page as metrics_page
from streams.records import Relevance
from streams.settings import page as settings_page
from streams.settings.record import Settings
from tests.build import NOON, alert, company

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


def test_readmes_alert_is_what_the_console_shows() -> None:
    """The first thing that anybody sees of it."""
    told = alert(
        alert_id="4da0500c", title="Alibaba raises $3.2 billion with zero-coupon convertible notes to fund cloud build-out",
        url="https://harbourwire.example/1", source="Harbour Wire", why="watch china-ai: BABA, 0700.HK, BIDU, 3690.HK with "
        "capex or export controls or funding rounds", companies=(company("alibaba group holding", "BABA", "9988.HK"),),
        relevances=(
            Relevance(category="capex", probability=0.92, threshold=0.7, terms=("notes", "cloud", "build", "centres")),
            Relevance(
                category="funding_rounds", probability=0.996, threshold=0.7,
                terms=("raises", "convertible", "offering", "priced"),
            ),
        ), published=NOON - 2 * SECOND,
    )  # fmt: skip
    page = io.StringIO()
    Console(file=page, width=104).print(panel(told, NOON + 60))
    assert page.getvalue() in (DEPLOY.parent / "README.md").read_text(encoding="utf-8")
