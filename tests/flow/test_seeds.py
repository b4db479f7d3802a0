"""The five real articles, read from outside the repository: what must come out of each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.seeds

RELEVANT = {
    "000": ({"export_controls"}, {"funding_rounds"}),
    "001": ({"capex"}, {"funding_rounds"}),
    "002": ({"funding_rounds"}, {"export_controls"}),
    "003": ({"capex"}, {"funding_rounds"}),
    "004": ({"funding_rounds"}, {"export_controls"}),
}
NAMED = {
    "000": {"BABA", "NVDA", "1024.HK", "JD"},
    "001": {"BABA", "NVDA", "MSFT", "META", "AMZN", "GOOGL", "BIDU", "PDD", "0981.HK", "1347.HK"},
    "002": {"BABA", "BIDU", "NVDA", "ORCL", "JD", "3690.HK", "0700.HK"},
    "003": {"BABA", "0700.HK", "NVDA"},
    "004": {"BABA"},
}
PRIVATE = {"000": {"openai"}, "002": {"deepseek", "openai"}, "003": {"bytedance", "deepseek"}, "004": {"deepseek"}}


@pytest.fixture(scope="module")
def analysed(shared: Path) -> dict[str, Any]:
    """Each article's line of `tapewire analyse`, by id."""
    command = [sys.executable, "-m", "streams.cli", "analyse", str(shared / "seeds" / "articles.jsonl")]
    done = subprocess.run(command, capture_output=True, check=True)
    return {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", RELEVANT)
def test_each_is_relevant_for_what_it_is_about_and_for_nothing_wrong(analysed: dict[str, Any], name: str) -> None:
    """As a trader would say."""
    found = {c for c, r in analysed[name]["relevances"].items() if r["relevant"]}
    must, must_not = RELEVANT[name]
    assert must <= found
    assert not found & must_not


@pytest.mark.parametrize("name", NAMED)
def test_every_company_is_named_with_a_ticker(analysed: dict[str, Any], name: str) -> None:
    """Any listing will do; private ones have none."""
    companies = analysed[name]["companies"]
    tickers = {t for c in companies for t in c["tickers"]}
    assert NAMED[name] <= tickers
    assert PRIVATE.get(name, set()) <= {c["id"] for c in companies}


def test_the_two_on_the_convertible_are_one_story_and_the_others_apart(analysed: dict[str, Any]) -> None:
    """002 and 004; 000, 001 and 003 are three more."""
    stories = {name: row["story"]["id"] for name, row in analysed.items()}
    assert stories["002"] == stories["004"]
    assert len(set(stories.values())) == 4
