"""Changes tried on the sample wire before they land: each as a diff to read, and a gate that no lost alert passes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from models.relevance.model import TRAINED
from streams.cli import main
from streams.files.json_lines import Line, encode_line
from streams.sample import WATCHES, sample_wire
from tests.build import NOON

BASELINE = Path(__file__).parents[1] / "golden" / "sample-wire.decisions.jsonl"


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """The sample wire at a fixed noon."""
    path = tmp_path / "wire.jsonl"
    path.write_bytes(
        b"".join(encode_line(Line(value=raw, time=NOON + n)) + b"\n" for n, (_, raw) in enumerate(sample_wire(NOON)))
    )
    return path


def replay(wire: Path, *arguments: str | Path, watches: Path = WATCHES) -> int:
    """Exit code of a replay that writes beside the wire."""
    out = wire.with_name("now.jsonl")
    return main(
        ["replay", str(wire), "--quiet", "--out", str(out), "--watches", str(watches), *(str(a) for a in arguments)]
    )


def changed_model(folder: Path, **changes: list[float]) -> Path:
    """The shipped model with other numbers on its card."""
    shutil.copytree(TRAINED, folder)
    card = folder / "model.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | changes))
    return folder


def test_no_alert_of_the_sample_wire_may_be_lost(wire: Path) -> None:
    """The gate of every pull request, against the decisions kept in `tests/golden`.

    When a loss is meant: `TAPEWIRE_WRITE_DOCS=1 pytest tests/flow/test_replay_gate.py` keeps the new ones, and the
    reviewer sees them.
    """
    if os.environ.get("TAPEWIRE_WRITE_DOCS"):
        BASELINE.parent.mkdir(exist_ok=True)
        assert replay(wire) == 0
        shutil.copy(wire.with_name("now.jsonl"), BASELINE)
    assert replay(wire, "--against", BASELINE, "--fail-on", "lost") == 0


def test_a_changed_watch_is_a_diff_with_headlines(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All but Baidu taken off the desk: what is lost stands there with its headline."""
    text = WATCHES.read_text().replace('"BABA", "0700.HK", "BIDU", "3690.HK"', '"BIDU"')
    other = wire.with_name("other.toml")
    other.write_text(text)
    assert replay(wire, "--against", WATCHES, "--fail-on", "lost", watches=other) == 1
    said = capsys.readouterr().out
    assert "lost     2026-01-09T12:00:00.007Z  china-ai: Alibaba raises $3.2 billion with zero-coupon" in said
    assert "now: no_company, names none of the watched companies" in said
    assert "gate: lost:" in said


def test_a_changed_threshold_is_a_diff_with_probabilities(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thresholds near one: every loss says by how much it fell short."""
    strict = changed_model(wire.with_name("strict"), thresholds=[0.9999, 0.9999, 0.9999])
    assert replay(wire, "--model", strict, "--against", TRAINED, "--fail-on", "lost,added") == 1
    said = capsys.readouterr().out
    assert "now: below_threshold" in said
    assert "< 1.00" in said
    assert replay(wire, "--against", strict, "--fail-on", "lost") == 0  # the other way round, alerts are added
    assert "added    " in capsys.readouterr().out


def test_another_model_is_a_diff_per_category(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model that became deaf on one ear: the table shows which category lost its alerts."""
    card = json.loads((TRAINED / "model.json").read_text())
    at = card["categories"].index("funding_rounds")
    shifts = [s - 40.0 if n == at else s for n, s in enumerate(card["shifts"])]
    deaf = changed_model(wire.with_name("deaf"), shifts=shifts)
    page = wire.with_name("page.html")
    assert replay(wire, "--model", deaf, "--against", TRAINED, "--fail-on", "lost>90%", "--html", page) == 0
    said = capsys.readouterr().out
    assert "funding_rounds" in said
    assert "lost     " in said
    assert "Against the baseline" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--fail-on", "lost"], "--fail-on needs --against"),
        (["--from", "24h"], "are for a topic"),
        (["--speed", "fast"], "write max, 1x or 60x"),
        (["--model", "nowhere"], "nowhere"),
        (["--against", "nowhere.jsonl"], "nowhere.jsonl"),
        (["--against", WATCHES, "--fail-on", ""], "write lost, added, changed or moved"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str | Path], fault: str, wire: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no traceback."""
    assert replay(wire, *arguments) == 2
    assert fault in capsys.readouterr().err
