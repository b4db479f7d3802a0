"""Invariant 8: nothing reachable from replay can post, write live Redis keys or commit live offsets."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from streams.sample import WATCHES
from tests.build import NOON

ROOT = Path(__file__).parents[2]

LIVE = (
    "redis", "slack_sdk", "aiohttp", "faust", "mode", "streams.assemble", "streams.channels", "streams.delivery",
    "streams.worker", "streams.kafka.publish", "streams.stories.redis", "streams.redis",
)  # fmt: skip

DEAF = """
import socket, sys
def no(*a, **k): raise RuntimeError("a replay opened a socket")
socket.socket.connect = no
socket.socket.connect_ex = no
socket.socket.bind = no
socket.create_connection = no
from streams.cli import main
for command in {commands!r}:
    code = main(command)
    assert code == 0, (command, code)
live = sorted(m for m in sys.modules if m.startswith({live!r}) and (m in {live!r} or m.split(".")[0] in {live!r}
    or any(m.startswith(x + ".") for x in {live!r})))
assert not live, live
"""


def test_the_import_contract_says_so() -> None:
    """import-linter walks every import, also the late ones, and finds no way to a part that speaks."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--contract", "replay-cannot-speak", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-500:]
    assert "Replay cannot speak KEPT" in done.stdout


def test_a_replay_runs_with_sockets_forbidden_and_loads_no_part_that_speaks(tmp_path: Path) -> None:
    """Replay with a baseline and a page, scenarios and `why`, in a process where every connection raises."""
    wire = tmp_path / "wire.jsonl"
    wire.write_text(f'{{"title": "Alibaba to invest $9 billion in data centres", "seen": {NOON}}}\n')
    out, watches = str(tmp_path / "out.jsonl"), ["--watches", str(WATCHES)]
    commands = [
        ["replay", str(wire), "--out", out, *watches],
        ["replay", str(wire), "--out", out + "2", *watches, "--against", out, "--html", str(tmp_path / "page.html")],
        ["replay", "--check", str(ROOT / "tests" / "scenarios")],
        ["why", "Alibaba", "--in", str(wire), *watches],
    ]
    script = DEAF.format(commands=commands, live=LIVE)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-1_000:] + done.stderr[-2_000:]


def test_the_topic_reader_joins_no_group_and_commits_nothing() -> None:
    """The only client that replay has: a consumer without a group, whose commit is never called; no producer."""
    tree = ast.parse((ROOT / "streams" / "kafka" / "reader.py").read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    made = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "AIOKafkaConsumer"]
    options = {k.arg: k.value.value for c in made for k in c.keywords if isinstance(k.value, ast.Constant)}
    assert options["group_id"] is None
    assert options["enable_auto_commit"] is False
    assert not [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in ("commit", "subscribe")]
    users = [p for p in (ROOT / "streams").rglob("*.py") if "AIOKafkaProducer" in p.read_text()]
    assert [str(p.relative_to(ROOT)) for p in users] == ["streams/kafka/publish.py"]
