"""Broken settings and watches: one clear complaint each, exit code 2, and nothing started."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from streams import checks
from streams.assemble import channels_of
from streams.channels import checkup
from streams.channels.checkup import channel_findings
from streams.checks import source_faults, wrong_with
from streams.cli import main
from streams.names import CHANNELS
from streams.settings.read import unread
from streams.settings.record import Settings
from streams.worker import start

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("bad_configurations.toml").read_text())["case"]
GOOD = "[[watch]]\nname = 'a'\nchannel = 'console'\ncategories = ['capex']"


def lay_out(case: dict[str, Any], folder: Path) -> dict[str, str]:
    """Write the case's files; its environment."""
    (folder / "watches.toml").write_text(case.get("watches", GOOD))
    for name, text in case.get("files", {}).items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    if "settings_hex" in case:
        (folder / "tapewire.toml").write_bytes(bytes.fromhex(case["settings_hex"]))
    elif "settings" in case:
        (folder / "tapewire.toml").write_text(_placed(case["settings"], folder))
    return {name: _placed(value, folder) for name, value in case.get("environment", {}).items()}


def _placed(text: str, folder: Path) -> str:
    return text.replace("{folder}", str(folder))


def test_there_are_enough_of_them() -> None:
    """Sixty at least, each its own."""
    assert len(CASES) >= 60
    assert len({c["name"] for c in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_a_broken_configuration_is_refused_in_words(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` and `worker` say the same one thing: where it is, what it is, how to mend it."""
    monkeypatch.chdir(tmp_path)
    for name, value in lay_out(case, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(start, "start", lambda *a, **k: pytest.fail("something was started"))
    said = []
    for command in ("check", "worker"):
        assert main([command]) == 2
        said.append(capsys.readouterr())
    assert said[0].err == said[1].err
    assert said[0].out == ""
    complaints = said[0].err.splitlines()
    assert [c for c in complaints if _placed(case["says"], tmp_path) in c] == complaints[:1], complaints
    assert len(complaints) == 1, complaints


def test_every_fault_comes_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings, environment and watches are mended in one go."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tapewire.toml").write_text("a = 1\nbatch = 0\nredis = 'x'")
    (tmp_path / "watches.toml").write_text("[[watch]]\nname = 'a'\nchannel = 'c'\ncategories = ['x', 'y']\nurgnt = 1")
    monkeypatch.setenv("TAPEWIRE_LEASE", "soon")
    monkeypatch.setenv("TAPEWIRE_SLACK_TOKEN_FILE", "/nowhere")
    assert main(["check"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 9


def test_directory_and_model_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with its own fault, and what a watch asks of either is no fault while nobody knows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tapewire.toml").write_text("directory = 'd'\nmodel = '.'")
    (tmp_path / "model.json").write_text("{}")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.toml").write_text("[[firm]]")
    (tmp_path / "watches.toml").write_text(GOOD.replace("capex", "buybacks") + "\ncompanies = ['ACME']")
    assert main(["check"]) == 2
    directory, model = capsys.readouterr().err.splitlines()
    assert directory == "d: a.toml: unknown table [firm]"
    assert model.startswith(".: format None")


def test_sources_whose_name_is_too_long_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every other name; only `check` and ingest read them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPEWIRE_SOURCES", "x" * 300)
    (fault,) = source_faults(None)
    assert "cannot be read: File name too long" in fault


def test_a_variable_that_nobody_reads_is_told_and_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other programs may have variables of ours; but who wrote this one waits for what it says."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watches.toml").write_text(GOOD)
    monkeypatch.setenv("TAPEWIRE_KAFKA_BROKERS", "broker:9092")
    assert main(["check"]) == 0
    told = "warning: TAPEWIRE_KAFKA_BROKERS: is no setting, nobody reads it; did you mean TAPEWIRE_KAFKA?"
    assert told in capsys.readouterr().err.splitlines()
    assert list(unread({"TAPEWIRE_KAFKA": "b:9092", "TAPEWIRE_CONFIG": "x.toml", "KAFKA": "b:9092"})) == []


NOBODY = [
    ("C0ALERTS", "is of a kind nobody knows"), ("slak:C0OPS", "is of a kind nobody knows"),
    ("slack:#ops", "is no channel id"), ("slack:alerts", "is no channel id"), ("webhook:nix", "is not among `webhooks`"),
]  # fmt: skip


@pytest.mark.parametrize(("channel", "says"), NOBODY)
def test_a_channel_nobody_has_is_refused_at_every_door(
    channel: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The watch file, `[ingest] alerts` at both checks and at the start of ingest, a command without Slack."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPEWIRE_SLACK_TOKEN", "xoxb-1")
    monkeypatch.setenv("TAPEWIRE_WEBHOOKS", "ops=https://hooks.example/1")
    (tmp_path / "watches.toml").write_text(GOOD.replace("console", channel))
    assert main(["check"]) == 2
    assert f"watches.toml:3: watch 'a': channel {channel!r} {says}" in capsys.readouterr().err
    (tmp_path / "watches.toml").write_text(GOOD)
    (tmp_path / "sources.toml").write_text(f"source = []\n[ingest]\nalerts = '{channel}'")
    for command in ("check", "ingest", "sources check"):
        assert main(command.split()) == 2
        assert f"sources.toml:3: `alerts` {channel!r} {says}" in capsys.readouterr().err
    assert main(["feedback", "say", "--channel", channel, "watch", "BABA"]) == 2
    assert f"--channel {channel!r} {says}" in capsys.readouterr().err


def test_who_does_not_deliver_needs_no_token_to_name_a_channel() -> None:
    """Ingest and triage have neither token nor webhooks; what a name alone shows is wrong, is wrong there too."""
    for channel in ("slack:C0OPS", "webhook:ops", "console"):
        assert list(wrong_with(Settings(), channel)) == []
    assert "no channel id" in "".join(wrong_with(Settings(), "slack:#ops"))


def test_every_kind_of_channel_that_is_spoken_to_can_be_named() -> None:
    """A new channel is no stranger to `check`, or no worker would start with it."""
    settings = Settings(slack_token="xoxb-1", webhooks="C0OPS=https://hooks.example/1")
    for kind in channels_of(settings):
        assert list(wrong_with(settings, f"{kind}:C0OPS")) == []


async def test_what_check_takes_for_a_kind_the_doctor_does_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new kind is named in one place."""
    known = {kind: kind for kind in (*CHANNELS, "printer")}
    for room in (checks, checkup):
        monkeypatch.setattr(room, "CHANNELS", known)
    assert list(wrong_with(Settings(), "printer")) == []
    assert await channel_findings(Settings(), ["printer"]) == []
    (strange,) = await channel_findings(Settings(), ["pigeon:loft"])
    assert strange.words == "pigeon: is no kind of channel"


def test_a_worker_of_its_own_ends_with_code_2(tmp_path: Path) -> None:
    """The process as a supervisor sees it: code 2, the fault on standard error, nothing on standard output."""
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "TAPEWIRE_KAFKA": "nowhere", "PATH": ""}
    command = [sys.executable, "-m", "streams.cli", "worker"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "TAPEWIRE_KAFKA: `kafka` cannot be used: 'nowhere' is no HOST:PORT" in done.stderr


MANY = """[[watch]]
name = "a"
channel = "slack:general"
companies = ["Deutsche Telekom", "group:chip"]
"""


def test_faults_of_settings_watches_and_channels_come_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody mends one to learn of the next; whoever writes a name or nearly a group is told what to write."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tapewire.toml").write_text('kafka = "x"\nbatch = "y"\n')
    (tmp_path / "watches.toml").write_text(MANY)
    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 6
    for part in (
        "tapewire.toml:1: `kafka`", "tapewire.toml:2: `batch`", "needs a bot token", "is no channel id",
        "nobody knows 'Deutsche Telekom'; did you mean DTE.DE?", "nobody knows 'group:chip'; did you mean group:chips?",
    ):  # fmt: skip
        assert part in said, part


def test_check_tells_whom_each_ticker_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A ticker of another company is a watch that never fires."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watches.toml").write_text(MANY.replace("slack:general", "console").replace(
        '"Deutsche Telekom", "group:chip"', '"DTE.DE", "group:chips"'))  # fmt: skip
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "    DTE.DE: Deutsche Telekom" in said
    assert said[-1].startswith("    group:chips: ") and " more" in said[-1]


@pytest.mark.parametrize(
    ("watches", "twice"),
    [
        (("companies = ['NVDA']", "companies = ['NVDA', 'BABA']"), "nvidia"),
        (("companies = ['NVDA']\ncategories = ['capex']", "categories = ['capex']"), "capex"),
        (("companies = ['NVDA']\ncategories = ['capex']", "companies = ['NVDA']"), "nvidia"),
        (("companies = ['NVDA']\ncategories = ['capex']", "companies = ['BABA']\ncategories = ['capex']"), ""),
        (("companies = ['NVDA']\ncategories = ['capex']", "companies = ['NVDA']\ncategories = ['funding_rounds']"), ""),
        (("companies = ['NVDA']", "categories = ['capex']"), ""),
    ],
)
def test_two_watches_that_tell_one_channel_the_same_are_warned_of(
    watches: tuple[str, str], twice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A warning and no fault; the same on two channels is what two readers want."""
    monkeypatch.chdir(tmp_path)
    for channel in ("console", "webhook:other"):
        monkeypatch.setenv("TAPEWIRE_WEBHOOKS", "other=https://hooks.example/1")
        (tmp_path / "watches.toml").write_text(
            f"[[watch]]\nname = 'a'\nchannel = 'console'\n{watches[0]}\n"
            f"[[watch]]\nname = 'b'\nchannel = '{channel}'\n{watches[1]}\n"
        )
        assert main(["check"]) == 0
        said = capsys.readouterr().err
        warned = f"warning: watches 'a' and 'b' overlap: a story on {twice} comes twice to console\n"
        assert said == (warned if twice and channel == "console" else "")
