"""Reading in a process beside: the same walk as here, whatever becomes of the other process or of a call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

import pytest

from streams.beside.frames import answer, answered, asked, question
from streams.beside.reader import BesideReader
from streams.flow import Walk, read
from streams.knowledge import Knowledge
from streams.ports import Clocked
from streams.records import Article
from streams.sample import sample_wire
from streams.silent import silent
from tests.build import NOON, arrival, sent

KNOWN = Knowledge.load()
PARTS = silent(KNOWN, KNOWN.everything(), Clocked())
BROKEN = (b"\xff", b"[]", b"", b'{"title": "<b></b>"}', '{"title": "Bonjour à tous", "lang": "fr"}'.encode())


def batches() -> list[list[Article]]:
    """The sample wire and broken bytes, in batches."""
    raws = [*(raw for _, raw in sample_wire(NOON)), *BROKEN]
    articles = [arrival(raw, offset=n) for n, raw in enumerate(raws)]
    return [articles[at : at + 8] for at in range(0, len(articles), 8)]


async def test_a_walk_over_the_pipe_is_the_walk_itself() -> None:
    """To the last bit, malformed articles and their bytes included."""
    for batch in batches():
        body = question(batch)[4:]
        assert asked(body) == batch
        here = await read(PARTS, batch)
        assert answered(answer(here)[4:], batch) == here


async def test_another_process_reads_what_this_one_reads() -> None:
    """Many calls at a time."""
    reader = BesideReader(PARTS)
    try:
        found = await asyncio.gather(*(reader(batch) for batch in batches()))
    finally:
        await reader.close()
    assert found == [await read(PARTS, batch) for batch in batches()]


async def test_a_call_that_is_cancelled_leaves_the_others_their_own_answers() -> None:
    """Its answer is thrown away, not given to the next."""
    reader, late = BesideReader(PARTS), [sent(title="Alibaba raises $3.2 billion")]
    try:
        calls = [asyncio.create_task(reader(batch)) for batch in batches()]
        await asyncio.sleep(0.05)
        calls[0].cancel()
        rest = await asyncio.gather(*calls[1:])
        after = await reader(late)
    finally:
        await reader.close()
    assert calls[0].cancelled()
    assert rest == [await read(PARTS, batch) for batch in batches()[1:]]
    assert after == await read(PARTS, late)


async def test_a_process_that_stands_still_now_and_then_loses_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while it writes, it has written a part; under PYTHONUNBUFFERED, as in our image, the rest was dropped."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.setattr("streams.beside.reader._PATIENCE_S", 600.0)  # on a busy machine it hardly runs at all
    reader, many = BesideReader(PARTS), [a for batch in batches() for a in batch] * 8
    await reader(many[:1])
    assert reader._process is not None
    stuttering = asyncio.create_task(_stutter(reader._process.pid))
    try:
        async with asyncio.timeout(300):
            found = [w for _ in range(6) for w in await asyncio.gather(*(reader(many) for _ in range(4)))]
    finally:
        stuttering.cancel()
        os.kill(reader._process.pid, signal.SIGCONT)
        ended = reader._ended
        await reader.close()
    assert not ended
    assert found == [await read(PARTS, many)] * len(found)


async def _stutter(pid: int) -> None:
    while True:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.01)
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.01)


async def test_an_answer_that_is_none_is_read_here_and_nothing_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of step, or another version: no article may be judged by it."""
    monkeypatch.setattr("streams.beside.reader.answered", lambda _body, _articles: answered(b"\xc1", []))
    reader = BesideReader(PARTS)
    try:
        found = [await reader(batch) for batch in batches()]
    finally:
        await reader.close()
    assert reader._ended
    assert found == [await read(PARTS, batch) for batch in batches()]


async def test_a_process_that_cannot_be_started_leaves_all_to_be_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No memory, no descriptors: the worker goes on alone."""

    async def refused(*_: Any, **__: Any) -> Any:
        raise OSError("cannot allocate memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
    reader = BesideReader(PARTS)
    walks = [await reader(batches()[0]) for _ in range(2)]
    assert walks == [await read(PARTS, batches()[0])] * 2
    await reader.close()


async def test_an_answer_that_never_comes_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs is ended, and what it was asked is read here."""
    monkeypatch.setattr("streams.beside.reader._PATIENCE_S", 0.2)
    reader = BesideReader(PARTS)
    reader._command = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert await reader(batches()[0]) == await read(PARTS, batches()[0])
    assert reader._process is not None
    assert await asyncio.wait_for(reader._process.wait(), 10) != 0
    await reader.close()


async def test_when_the_other_process_dies_all_is_read_here() -> None:
    """Also what it was asked and did not answer."""
    reader = BesideReader(PARTS)
    try:
        first, *rest = batches()
        await reader(first)
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGKILL)
        found: list[Walk] = await asyncio.gather(*(reader(batch) for batch in rest))
        again = await reader(first)
    finally:
        await reader.close()
    assert [again, *found] == [await read(PARTS, batch) for batch in batches()]


async def test_the_other_process_ends_when_nobody_asks_any_more() -> None:
    """Its standard input closes when the process that started it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams.beside", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(b"")
    assert (process.returncode, out) == (0, b"")
