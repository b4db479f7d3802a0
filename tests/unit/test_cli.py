"""The command as a shell calls it: streams that are closed, full, not read to the end, or of another alphabet."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from streams import cli

FIND = "companies find 'Alibaba to build in Köln, 阿里巴巴'"


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of the shell in which TAPEWIRE stands for the command."""
    root = Path(__file__).parents[2]
    whole = line.replace("TAPEWIRE", f"{sys.executable} -m streams.cli")
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root)} | environment
    return subprocess.run(["/bin/bash", "-c", whole], env=env, text=True, capture_output=True, check=False)


def test_a_reader_that_has_gone_is_no_verdict_and_no_complaint() -> None:
    """Neither 0, which would open a gate, nor 1, which would shut it; also where rich prints."""
    for command in (FIND, "replay --check tests/scenarios/malformed"):
        done = shell(f"(TAPEWIRE {command}; echo $? >&2) | true")
        assert done.stderr.split() == [str(cli.GONE)], command


def test_rich_ends_a_process_whose_reader_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It raises SystemExit(1) of it, which would say that something wrong was found."""

    class Gone:
        encoding = "utf-8"

        def write(self, _: str) -> None:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

        def isatty(self) -> bool:
            return False

        def fileno(self) -> int:
            raise OSError

    def called(_: object) -> int:
        Console(file=Gone()).print("a table")  # type: ignore[arg-type]  # as much of a file as it asks for
        return 0

    monkeypatch.setattr(cli, "_called", called)
    monkeypatch.setattr(Console, "on_broken_pipe", lambda _: sys.exit(1))
    assert cli.main([]) == cli.GONE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [FIND, 'analyse <<< \'{"title": "Alibaba to invest"}\''])
def test_a_full_disk_is_said_in_one_line(command: str) -> None:
    """Not by a traceback, nor by what Python says at its very end, with an exit code of its own."""
    done = shell(f"TAPEWIRE {command} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "the output cannot be written: No space left on device\n")


def test_streams_that_the_shell_closed_are_empty_or_nowhere() -> None:
    """As a supervisor starts it."""
    for line in (f"{FIND} >&-", "companies find - <&-", "analyse <&-", 'analyse >&- <<< \'{"title": "Alibaba"}\''):
        done = shell(f"TAPEWIRE {line}")
        assert (done.returncode, done.stderr) == (0, ""), line


def test_letters_that_the_terminal_has_no_code_for_are_written_out() -> None:
    """The answer is there all the same."""
    done = shell(f"TAPEWIRE {FIND} --json", PYTHONIOENCODING="latin-1", PYTHONUTF8="0", LC_ALL="C.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert '"id":"alibaba"' in done.stdout


def test_words_that_are_no_text_are_read_as_far_as_they_are() -> None:
    """What comes through a pipe may be of any alphabet."""
    done = shell("printf 'Alibaba baut in K\\xf6ln' | TAPEWIRE companies find -", PYTHONIOENCODING="utf-8:strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert "BABA" in done.stdout


def test_breaking_off_while_it_starts_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its libraries take a second to load, and that is when a slip of the pen is noticed."""

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)
    assert cli.main(["ledger"]) == 130
