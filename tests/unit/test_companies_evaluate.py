"""Measuring, and the commands that show it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from models.companies.evaluate import Count, measure
from models.companies.labelled import BadRows, read_rows
from streams.commands import companies as companies_command
from streams.commands import evaluate_companies
from tests.unit.companies import directory


def row(text: str, *named: dict[str, Any], **fields: Any) -> str:
    """One line of a labelled file."""
    return json.dumps({"id": text[:8], "lang": "en", "text": text, "companies": named, **fields})


def label(name: str, *tickers: str, role: str = "subject", **fields: Any) -> dict[str, Any]:
    """A labelled company."""
    return {"name": name, "tickers": tickers, "role": role, "surface": name, **fields}


ROWS = [
    row("Nvidia unveils chip", label("NVIDIA Corporation", "NVDA")),
    row("OpenAI hires again", label("OpenAI", private=True)),
    row("Broadcom gains after Oracle results", label("Broadcom", "AVGO"), label("Oracle", "ORCL", role="mention")),
    row("Nonesuch Tuna opens shop", label("Nonesuch Tuna", "NTUN")),
    row("Siemens mends town hall clock", hard_negative=True),
    row("Village holds fair", hard_negative=True),
    row("Airbus and Tesla meet", label("Airbus", "AIR.PA"), optional=["Tesla"]),
    row("Bosch opens plant", label("Robert Bosch", in_universe=False)),
    row("Apple, Apple, Apple", disputed=True),
]


def test_measuring_counts_hits_false_hits_and_misses() -> None:
    """By ticker or name; outside the watch list and optional count neither way; disputed rows not at all."""
    report = measure(directory(), read_rows(ROWS))
    figures = report.figures["all"]
    assert figures.rows == 8
    assert (figures.found.hits, figures.found.false, figures.found.missed) == (5, 1, 1)
    assert (figures.hard, figures.clean) == (2, 1)
    assert (figures.subjects.hits, figures.subjects.missed) == (4, 1)
    assert report.mistakes[0].false == ("siemens",)
    assert report.mistakes[1].missed == ("Nonesuch Tuna",)


def test_any_shared_ticker_makes_a_labelled_company_ours() -> None:
    """The label may know another listing than the text names."""
    report = measure(directory(), read_rows([row("(9988.HK) slips", label("Alibaba", "BABA"))]))
    assert report.figures["en"].found.hits == 1


def test_counts_of_nothing() -> None:
    """Nothing found and nothing there is neither wrong nor a division by zero."""
    assert (Count().precision, Count().recall, Count().f1) == (1.0, 1.0, 1.0)
    assert Count(false=1, missed=1).f1 == 0.0


def test_unreadable_rows_are_named() -> None:
    """File and line."""
    with pytest.raises(BadRows, match="rows:2"):
        read_rows([ROWS[0], "{"], "rows")
    with pytest.raises(BadRows, match="rows:1"):
        read_rows(['{"id": "x"}'], "rows")


def call(command: Any, *arguments: str) -> int:
    """A command as the command line calls it."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return int(command.run(parser.parse_args(arguments)))


def test_evaluate_prints_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures per language and the worst mistakes; both ways say the same."""
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(ROWS), encoding="utf-8")
    assert call(evaluate_companies, str(file)) == 0
    table = capsys.readouterr().out
    assert "0.833" in table
    assert "siemens" in table
    assert call(evaluate_companies, str(file), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["figures"]["all"]["companies"]["precision"] == pytest.approx(0.8333)
    assert data["figures"]["all"]["hard_negatives_clean"] == 1


def test_evaluate_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line."""
    assert call(evaluate_companies, str(tmp_path / "none.jsonl")) == 2
    (tmp_path / "bad.jsonl").write_text("{", encoding="utf-8")
    assert call(evaluate_companies, str(tmp_path / "bad.jsonl")) == 2
    assert "bad.jsonl:1" in capsys.readouterr().err


def test_find_shows_evidence_and_abstentions(capsys: pytest.CaptureFixture[str]) -> None:
    """For what was found, and for the names on which it abstained."""
    assert call(companies_command, "find", "Nvidia chips: closing the Gap", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "(NVDA): subject" in said
    assert "abstained: Gap for 'Gap'" in said
    assert "after an article or determiner -2" in said


def test_find_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Language, companies, abstained."""
    assert call(companies_command, "find", "Siemens baut in Bayern", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["lang"] == "de"
    assert [c["id"] for c in data["companies"]] == ["siemens"]
    assert data["companies"][0]["spans"] == [[0, 7]]


def test_check_says_how_much_it_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No faults: exit code 0. A folder without files: 2. A fault: 1, with its line."""
    assert call(companies_command, "check") == 0
    assert "no faults" in capsys.readouterr().out
    assert call(companies_command, "check", "--folder", str(tmp_path)) == 2
    (tmp_path / "x.toml").write_text('[[company]]\nid = "x"\n', encoding="utf-8")
    assert call(companies_command, "check", "--folder", str(tmp_path)) == 1
    assert "x.toml:1: `name` is missing" in capsys.readouterr().out


def test_nothing_to_measure_is_no_perfect_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty file, and one whose rows are all disputed."""
    for text in ("", '{"id": "1", "disputed": true}\n'):
        (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
        assert call(evaluate_companies, str(tmp_path / "rows.jsonl")) == 2
        said = capsys.readouterr()
        assert said.out == "" and "rows.jsonl: no labelled row is in it" in said.err
