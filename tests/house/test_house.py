"""The house's own rules, kept by a machine."""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.cli import COMMANDS
from streams.records import Reason
from tests.__main__ import halves

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for top in ("streams", "models") for p in (ROOT / top).rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 45
MOST_FILES_AT_THE_FRONT = 16


def test_no_file_is_too_long_to_read_at_once() -> None:
    """300 lines at most, mostly under 200."""
    lengths = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in SOURCES}
    assert {p: n for p, n in lengths.items() if n > LONGEST_FILE} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= 150


def test_functions_are_short() -> None:
    """Nine in ten under 30 lines, none over 45 (docstring included)."""
    sizes = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                sizes[f"{path.relative_to(ROOT)}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    assert {n: s for n, s in sizes.items() if s > LONGEST_FUNCTION} == {}
    assert sorted(sizes.values())[int(len(sizes) * 0.9)] <= 30


def test_the_front_of_the_house_shows_the_flow_and_not_a_heap() -> None:
    """Few files lie open in `streams/`; the rest is in rooms, each with a word on what it holds, none for one file."""
    streams = ROOT / "streams"
    assert len(list(streams.glob("*.py"))) <= MOST_FILES_AT_THE_FRONT
    for room in (p.parent for p in streams.rglob("__init__.py") if p.parent != streams):
        assert ast.get_docstring(ast.parse((room / "__init__.py").read_text())), room
        assert len([p for p in room.iterdir() if p.is_file()]) > 2, room


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("faust", ("streams/worker/",)),
        ("slack_sdk", ("streams/channels/", "streams/commands/")),
        (
            "redis",
            (
                "streams/redis/",
                "streams/delivery/",
                "streams/stories/redis.py",
                "streams/sources/",
            ),
        ),
        (
            "aiokafka",
            (
                "streams/kafka/",
                "streams/worker/repairs.py",
                "streams/worker/fetched.py",
            ),
        ),
        ("sklearn", ("models/relevance/",)),
    ],
)
def test_each_outside_library_is_known_in_one_place(library: str, places: tuple[str, ...]) -> None:
    """Faust in the worker, Slack in its channel, Redis behind its ports, scikit-learn in training."""
    pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
    users = {str(p.relative_to(ROOT)) for p in SOURCES if pattern.search(p.read_text())}
    assert {u for u in users if not u.startswith(places)} == set()
    assert users


def test_nothing_is_unpickled() -> None:
    """No pickle, joblib, or numpy object arrays: a file cannot run code."""
    for path in SOURCES:
        text = path.read_text()
        assert not re.search(
            r"^\s*(?:from|import) (?:pickle|joblib|dill|marshal)\b|allow_pickle=True", text, re.MULTILINE
        ), path


def test_stages_do_not_read_a_clock_of_their_own() -> None:
    """Time is handed in, so that a replay judges as the live run did."""
    for path in (ROOT / "streams" / "stages").glob("*.py"):
        assert not re.search(r"time\.time|datetime\.now|WallClock", path.read_text()), path


def test_every_reason_is_shown_by_a_test() -> None:
    """A way to end that no test takes may not work."""
    tests = "\n".join(p.read_text() for p in (ROOT / "tests").rglob("*.py") if p != Path(__file__))
    tests += "\n".join(p.read_text() for p in (ROOT / "tests").rglob("*.toml"))
    missing = [r.value for r in Reason if f"Reason.{r.name}" not in tests and f'"{r.value}"' not in tests]
    assert missing == []


def test_every_command_is_in_the_readme_and_has_help() -> None:
    """What users can call, users can read about; every argument says what it does."""
    readme = (ROOT / "README.md").read_text()
    assert [c for c in COMMANDS if f"tapewire {c}" not in readme] == []
    for module, _ in COMMANDS.values():
        parser = argparse.ArgumentParser()
        importlib.import_module(f"streams.commands.{module}").add_arguments(parser)
        assert [action.dest for action in _actions(parser) if not action.help] == []


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _actions(one)
        else:
            yield action


def test_help_starts_within_the_blink_of_an_eye() -> None:
    """Nothing heavy is imported for --help: the modules it loads stay few."""
    script = "import sys; sys.argv=['tapewire','--help']\nfrom streams.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    script += "bad=[m for m in ('sklearn','numpy','faust','redis','aiokafka','rich') if m in sys.modules]\nassert not bad, bad"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "streams.cli", "--help"], capture_output=True, check=True, cwd=ROOT)
    print(f"tapewire --help: {time.perf_counter() - started:.2f} s")


def test_importing_any_module_does_nothing() -> None:
    """No client, app or model is made at import: no socket is opened, no file of ours is read."""
    modules = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in SOURCES if p.name != "__init__.py"]
    script = (
        "import socket, importlib\n"
        "def no(*a, **k): raise RuntimeError('a socket at import')\n"
        "socket.socket.connect = no\n"
        "def ours(event, args):\n"
        "    name = str(args[0]) if event == 'open' else ''\n"
        f"    if name.startswith({str(ROOT)!r}) and not name.endswith(('.py', '.pyc', '.so')) and '/.venv/' not in name:\n"
        "        raise RuntimeError(f'{name} is read at import')\n"
        "import sys; sys.addaudithook(ours)\n"
        f"for m in {modules!r}: importlib.import_module(m)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2_000:]


def test_make_test_runs_every_file_of_tests_once() -> None:
    """In the one half or in the other."""
    places = [place for half in halves() for place in half]
    for file in (ROOT / "tests").rglob("test_*.py"):
        assert sum(file == place or place in file.parents for place in places) == 1, file
