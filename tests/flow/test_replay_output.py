"""replay --out: written beside and whole at once, never over what is read; --resume goes on with the same run only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import orjson
import pytest

from models.relevance.model import TRAINED
from streams.cli import main
from streams.files.json_lines import Line, encode_line
from streams.replay.gather import gather
from streams.replay.resume import Partial
from streams.sample import WATCHES, sample_wire
from tests.build import NOON


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dozen articles of the sample wire at a fixed noon, in the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "wire.jsonl"
    raws = [raw for _, raw in sample_wire(NOON)][:12]
    path.write_bytes(b"".join(encode_line(Line(value=raw, time=NOON + n)) + b"\n" for n, raw in enumerate(raws)))
    return path


def replay(wire: Path, *arguments: str | Path, watches: Path = WATCHES) -> int:
    """Exit code of a replay in the folder of the wire."""
    return main(["replay", str(wire), "--quiet", "--watches", str(watches), *(str(a) for a in arguments)])


def cut_off(wire: Path, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """A run that ended before its output was whole: of its bytes this share stands."""

    def ends(_: Partial) -> None:
        raise OSError("cut off")

    with monkeypatch.context() as during:
        during.setattr(Partial, "done", ends)
        assert replay(wire) == 2
    (part,) = wire.parent.glob("*.part")
    os.truncate(part, int(part.stat().st_size * share))


def deaf(wire: Path) -> Path:
    """A watch file that asks for what no model gives."""
    path = wire.with_name("deaf.toml")
    text = WATCHES.read_text().replace("urgent = true", "")
    path.write_text(text.replace("[[watch]]", "[[watch]]\nmin_probability = 1.0\nmin_confidence = 1.0"))
    return path


def unsure(wire: Path) -> Path:
    """The shipped model with other numbers on its card: nothing reaches a threshold."""
    folder = wire.with_name("unsure")
    shutil.copytree(TRAINED, folder)
    card = orjson.loads((folder / "model.json").read_bytes())
    (folder / "model.json").write_bytes(orjson.dumps(card | {"shifts": [-40.0] * 3}))
    return folder


def test_a_replay_that_was_cut_off_is_continued(
    wire: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--resume keeps what is whole, writes the rest, tells the sums of the whole; with no part it begins anew."""
    out = wire.with_name("decisions.jsonl")
    assert replay(wire) == 0
    whole, said = out.read_bytes(), capsys.readouterr().out
    out.write_text("of an earlier run")
    cut_off(wire, monkeypatch, 0.5)
    assert out.read_text() == "of an earlier run"
    capsys.readouterr()
    for _ in range(2):
        assert replay(wire, "--resume") == 0
        assert out.read_bytes() == whole
        assert capsys.readouterr().out == said
        assert not list(wire.parent.glob("*.part"))


def test_only_the_same_run_is_continued(
    wire: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another input, other watches or another model: exit code 2, as the mixture would be nobody's run."""
    cut_off(wire, monkeypatch, 0.5)
    shorter = wire.with_name("shorter.jsonl")
    shorter.write_bytes(b"".join(wire.read_bytes().splitlines(keepends=True)[3:]))
    capsys.readouterr()
    assert replay(shorter, "--resume") == 2
    assert replay(wire, "--resume", watches=deaf(wire)) == 2
    assert replay(wire, "--resume", "--model", unsure(wire)) == 2
    assert capsys.readouterr().err.count("is of a run with another input, desk, directory or model") == 3
    assert not wire.with_name("decisions.jsonl").exists()
    assert replay(shorter) == 0  # anew
    assert not list(wire.parent.glob("*.part"))


def test_a_record_that_stands_there_twice_is_continued_as_two(wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal places side by side are not taken for one article."""
    line = orjson.dumps(orjson.loads(wire.read_bytes().splitlines()[0]) | {"partition": 0, "offset": 5}) + b"\n"
    wire.write_bytes(line * 3 + wire.read_bytes())
    out = wire.with_name("decisions.jsonl")
    assert replay(wire) == 0
    whole = out.read_bytes()
    cut_off(wire, monkeypatch, 0.6)
    assert replay(wire, "--resume") == 0
    assert out.read_bytes() == whole
    assert gather(out).articles == 15


def test_nothing_that_is_read_is_written_over(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Least of all the baseline: held against itself, a run loses nothing."""
    assert replay(wire) == 0
    read = {p: p.read_bytes() for p in wire.parent.glob("*.jsonl")}
    wire.with_name("link").symlink_to(wire)
    gate = ["--against", "decisions.jsonl", "--fail-on", "lost"]
    for wrong in (gate, ["--out", "wire.jsonl"], ["--out", "link"], ["--html", "wire.jsonl", "--out", "new"]):
        assert replay(wire, *wrong, watches=deaf(wire)) == 2
        assert "would write over it" in capsys.readouterr().err
    assert replay(wire, "--out", "same", "--html", "same") == 2
    assert {p: p.read_bytes() for p in read} == read
    assert replay(wire, *gate, "--out", "new", watches=deaf(wire)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--speed", "fast"], ["--watches", "nowhere.toml"], ["--model", "nowhere"], ["--against", "nowhere.toml"],
        ["--against", "nowhere.jsonl"], ["--html", "nowhere/page.html"], ["--desk", "nowhere.jsonl"],
    ],
)  # fmt: skip
def test_a_mistaken_option_leaves_the_output_as_it_was(wrong: list[str], wire: Path) -> None:
    """Everything is looked at before anything is begun."""
    out = wire.with_name("decisions.jsonl")
    out.write_text("of an earlier run")
    assert replay(wire, *wrong) == 2
    assert out.read_text() == "of an earlier run"
    assert not list(wire.parent.glob("*.part"))


def test_an_input_that_can_be_read_only_once_is_refused(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe, as `<(...)` makes one, is empty the second time: a run on nothing would pass."""
    pipe = wire.with_name("pipe")
    os.mkfifo(pipe)
    assert replay(pipe) == 2
    assert replay(wire, "--against", pipe) == 2
    assert capsys.readouterr().err.count("can be read only once") == 2


def test_replay_and_why_judge_with_the_model_of_the_settings(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the worker does: one that is never sure fires nothing."""
    settings = wire.with_name("settings.toml")
    settings.write_text(f'model = "{unsure(wire)}"\n')
    assert replay(wire, "--config", settings, "--against", TRAINED, "--fail-on", "lost") == 1
    capsys.readouterr()
    assert main(["why", "w08", "--in", str(wire), "--watches", str(WATCHES), "--config", str(settings)]) == 0
    assert "china-ai: below_threshold" in capsys.readouterr().out


def test_every_silent_command_knows_the_companies_of_the_settings(
    wire: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A watch on a company of the user's own: replay, scenarios, `why` and `analyse` find it."""
    own = wire.with_name("own")
    own.mkdir()
    (own / "own.toml").write_text(
        '[[company]]\nid = "acme-desk"\nname = "Acme Desk Robotics"\nkind = "private"\ncountry = "DE"\n'
        'aliases = ["Acme Desk Robotics"]\n'
    )
    scenarios = wire.with_name("scenarios")
    scenarios.mkdir()
    watches = scenarios / "desk.toml"
    watches.write_text('[[watch]]\nname = "acme"\nchannel = "console"\ncompanies = ["acme-desk"]\n')
    article = 'title = "Acme Desk Robotics opens a plant in Dresden"\nlang = "en"\n'
    (scenarios / "a.toml").write_text(
        f'[[scenario]]\nname = "own"\n[[scenario.article]]\n{article}expect = {{ acme = "alerted" }}\n'
    )
    settings = wire.with_name("settings.toml")
    settings.write_text(f'directory = "{own}"\nwatches = "{watches}"\n')
    wire.write_bytes(
        b'{"title": "Acme Desk Robotics opens a plant in Dresden", "lang": "en", "published": 1767960000}\n'
    )
    for command in (
        ["replay", str(wire), "--quiet"], ["replay", "--check", str(scenarios)], ["why", "acme", "--in", str(wire)],
        ["analyse", str(wire), "--watches", str(watches)],
    ):  # fmt: skip
        capsys.readouterr()
        assert main([*command, "--config", str(settings)]) == 0
        said = capsys.readouterr().out
        assert "alerted" in said or "none failed" in said
