"""why: an article's walk in words, and the transcripts that `deploy/why.md` shows."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.cli import main
from streams.files.json_lines import Line, article_of, decode_line, encode_line
from streams.flow import triage
from streams.knowledge import Knowledge
from streams.ledger.sums import Ledger
from streams.ledger.why import asked_for, recorded, why
from streams.ports import Clocked
from streams.records import Decision, Proof, Reason, Receipt, evolve
from streams.sample import WATCHES, sample_wire
from streams.silent import silent
from tests.build import NOON, sent

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "deploy" / "why.md"
CASES = {
    "It fired": "Alibaba raises $3.2 billion",
    "It was merged": "Wandelanleihe: Alibaba nimmt",
    "It stayed below the threshold": "Zölle auf Stahl",
    "Its names are ambiguous": "Mit dem Arm in der Schlinge",
    "It is malformed": "sample.jsonl/0/24",
}
INTRO = """# Why did it fire, and why not?

`tapewire why URL|ID|TITLE|-` walks an article through the stages of the flow: what each stage saw and what it made of it,
the evidence for and against each company, the words behind each relevance, the nearest story, and for each watch the
first condition that failed. It looks in the articles topic (`--from 24h` says how far back), or in a file
(`--in FILE`); `-` reads articles, or just words, from standard input. What came before the article is judged first, so
that its story is the one the live run saw. From the topic it begins with what the ledger says, also of its alerts: when Slack
had each, or that it waits, or why nobody ever will; then with what is judged otherwise now, by another desk or model. The
newest article that matches is told, and how many others match.

The transcripts below are made from the sample wire by `tests/flow/test_why.py`, which fails when they are stale;
`TAPEWIRE_WRITE_DOCS=1 pytest tests/flow/test_why.py` writes them anew.
"""


FATES = """## When Slack had it

Asked of the topic, the first of these begins with the ledger's own words. Below a watch that fired stands what became of its
alert, by the receipt that the role `deliver` writes once it is proved:

```
{lines}
```

or, in place of that line,

```
{others}
```

The time is the one under which the channel stored the message; the console's and a webhook's is that of the answer. What a
version without receipts told has none and is not said to wait.
"""


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """The sample wire at a fixed noon, a second apart."""
    path = tmp_path / "sample.jsonl"
    lines = [
        encode_line(Line(value=raw, time=NOON + n * 1_000, partition=0, offset=n))
        for n, (_, raw) in enumerate(sample_wire(NOON))
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and standard output of `tapewire why`."""
    capsys.readouterr()
    code = main(["why", *arguments, "--watches", str(WATCHES)])
    return code, capsys.readouterr().out


def fates(wire: Path) -> str:
    """The ledger's part, as a live run would have left it."""
    lines = [decode_line(raw) for raw in wire.read_bytes().splitlines()]
    articles = [article_of(line, topic="articles", number=n, before=NOON) for n, line in enumerate(lines)]
    at = next(n for n, a in enumerate(articles) if CASES["It fired"].encode() in a.raw)
    clock = Clocked([articles[at].seen + 38])
    known = Knowledge.load()
    journeys = asyncio.run(triage(silent(known, known.desk(WATCHES), clock), articles[: at + 1]))
    decisions = journeys[-1].decisions
    fired = next(d for d in decisions if d.alert_id)
    seen = fired.seen
    sent = Receipt(
        alert_id=fired.alert_id, article_id=fired.article_id, root_id=fired.alert_id, channel="slack:C0DESK",
        proof=Proof.SENT, at=seen + 421, ts=f"{(seen + 421) / 1_000:.6f}",
    )  # fmt: skip
    others = (
        None,
        evolve(sent, proof=Proof.FOLDED, at=seen + 34_200),
        evolve(sent, at=seen + 64_800_700, hold=seen + 64_800_000),
        evolve(sent, proof=Proof.DEAD, at=seen + 1_900, why="msg_too_long"),
        evolve(sent, proof=Proof.UNWANTED, at=seen + 64_800_700, why="Alibaba: muted in slack:C0DESK for good"),
    )
    return FATES.format(
        lines="\n".join(_recorded(decisions, sent)[1:]), others="\n".join(_recorded([fired], o)[3] for o in others)
    )


def _recorded(decisions: Sequence[Decision], receipt: Receipt | None) -> list[str]:
    ledger = Ledger()
    ledger.add([*decisions, *([receipt] if receipt else [])])
    return recorded(ledger)


def test_the_transcripts_in_the_docs_are_what_the_command_prints(
    wire: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fired, merged, below threshold, ambiguous name, malformed: the page is made here and must not go stale."""
    parts = [INTRO]
    for heading, what in CASES.items():
        code, text = called(capsys, what, "--in", str(wire))
        assert code == 0
        parts.append(f'## {heading}\n\n```\n$ tapewire why "{what}" --in sample.jsonl\n\n{text}```\n')
    parts.append(fates(wire))
    page = "\n".join(parts)
    if os.environ.get("TAPEWIRE_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "deploy/why.md is stale: TAPEWIRE_WRITE_DOCS=1 writes it anew"


def test_each_case_ends_as_its_heading_says(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The five transcripts show five different ends."""
    marks = ("alerted (alert ", "merged_into_story", "below_threshold", "abstains on Arm", "ENDS HERE: malformed")
    for what, mark in zip(CASES.values(), marks, strict=True):
        assert mark in called(capsys, what, "--in", str(wire))[1]


async def test_the_context_gives_the_story_and_names_the_nearest_article() -> None:
    """The nearest story is told by its headline, with the similarity and how it was found."""
    first = sent(
        id="1", title="Alibaba to invest $9 billion in data centres in Brazil", source="Harbour Wire", lang="en"
    )
    copy = sent(id="2", title="Alibaba to invest $9 billion in data centres in Brazil", source="Second Desk", lang="en")
    known = Knowledge.load()
    parts = silent(known, known.desk(WATCHES), Clocked([NOON]))
    text = "\n".join(await why(parts, known.directory, [first], copy))
    assert "china-ai: merged_into_story" in text
    assert "nearest: 'Alibaba to invest $9 billion in data centres in Brazil', similarity 1.00, by title" in text
    assert "told first by Harbour Wire" in text


async def test_the_recorded_verdict_stands_first_and_what_differs_now_is_marked() -> None:
    """The live run had another desk, or took the articles in another order: its word counts."""
    article = sent(id="1", title="Alibaba to invest $9 billion in data centres in Brazil", lang="en")
    known = Knowledge.load()
    parts = silent(known, known.desk(WATCHES), Clocked([NOON]))
    (journey,) = await triage(parts, [article])
    same, other = Ledger(), Ledger()
    same.add(journey.decisions)
    fired = next(d for d in journey.decisions if d.alert_id)
    other.add(evolve(d, reason=Reason.MUTED, alert_id="") if d is fired else d for d in journey.decisions)
    head = (await why(parts, known.directory, [], article, same))[:20]
    assert head[2] == "the ledger (what the live run decided)" and "judged now: the same" in head
    lines = await why(parts, known.directory, [], article, other)
    assert f"    {fired.watch}: muted: " in lines[3 + list(journey.decisions).index(fired)]
    at = lines.index("judged now:")
    assert lines[at + 1].startswith(f"  {fired.watch}: alerted (alert ") and lines[at + 2] == ""


def test_how_many_others_match_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One word of a headline names many articles; the same one twice is one."""
    path = tmp_path / "wire.jsonl"
    rows = [("1", "Alibaba grows"), ("2", "Alibaba shrinks"), ("2", "Alibaba shrinks"), ("3", "Storm")]
    path.write_bytes(b"".join(orjson.dumps({"id": i, "title": t}) + b"\n" for i, t in rows))
    first = called(capsys, "Alibaba", "--in", str(path))[1].splitlines()[0]
    assert first.startswith("one more matches 'Alibaba'; this is the newest")
    assert called(capsys, "Storm", "--in", str(path))[1].splitlines()[0] == "Storm"


async def test_stages_after_the_end_are_told_as_what_they_would_have_said() -> None:
    """An article that ends at the screen shows story, matches and decisions it never reached."""
    known = Knowledge.load()
    parts = silent(known, known.desk(WATCHES), Clocked([NOON]))
    lines = await why(parts, known.directory, [], sent(title="Home side win derby"))
    assert "relate (not reached: what it would have said)" in lines
    assert sum("ENDS HERE" in line for line in lines) == 1


def test_an_article_is_found_by_id_url_or_words_of_its_headline() -> None:
    """Tracking parameters and upper case do not matter."""
    assert asked_for("w01")("w01", "", "")
    assert asked_for("DERBY")("x", "", "Home side win derby")
    assert asked_for("https://a.example/1?utm_source=rss")("x", "https://a.example/1", "other")
    assert not asked_for("https://a.example/1")("x", "https://a.example/2", "https://a.example/1")


def test_a_headline_is_found_as_the_flow_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entities are resolved and an id has no spaces around it; nothing is asked for by nothing."""
    path = tmp_path / "wire.jsonl"
    path.write_text('{"id": " n1 ", "title": "Alibaba &amp; Baidu to invest", "seen": "2026-01-09T12:00:00Z"}\n')
    for what in ("Alibaba & Baidu", "Alibaba &amp; Baidu", "n1", " n1"):
        code, text = called(capsys, what, "--in", str(path))
        assert (code, text.splitlines()[0]) == (0, "Alibaba & Baidu to invest")
    for what in ("", "  "):
        assert called(capsys, what, "--in", str(path)) == (1, "")


def test_nothing_of_an_article_steers_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Control, C1 and direction-changing characters are printed as escapes, also of what is malformed."""
    path = tmp_path / "wire.jsonl"
    evil = "\x1b[2J\x9b31m\u202eevil"
    path.write_bytes(orjson.dumps({"id": evil, "title": evil, "published": "soon", "source": evil}))
    code, text = called(capsys, "evil", "--in", str(path))
    assert code == 0
    path.write_bytes(orjson.dumps({"id": evil, "title": "\x1b\u202e\x07"}))
    code, more = called(capsys, f"{path.name}/0/0", "--in", str(path))
    assert all(line.isprintable() for line in (text + more).splitlines())
    assert r"\x1b\u202e\x07" in more


def test_words_on_standard_input_are_an_article(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plain words (the first line is the headline), one JSON object, or JSON lines of which the last is explained."""

    def piped(raw: bytes) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code, text = called(capsys, "-")
        assert code == (0 if raw else 1)
        return text

    assert "china-ai: alerted" in piped(b"Alibaba to invest $9 billion in data centres\nThree sites are planned.\n")
    one: dict[str, Any] = {"title": "Alibaba to invest $9 billion in data centres", "id": "one"}
    assert "id one" in piped(orjson.dumps(one, option=orjson.OPT_INDENT_2))
    assert "id two" in piped(orjson.dumps(one) + b"\n" + orjson.dumps(one | {"id": "two"}) + b"\n")
    assert piped(b"") == ""


def test_what_is_not_there_is_said(wire: Path) -> None:
    """Exit code 1 and one line."""
    command = [sys.executable, "-m", "streams.cli", "why", "no such headline", "--in", str(wire)]
    done = subprocess.run([*command, "--watches", str(WATCHES)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no article is 'no such headline'" in done.stderr
