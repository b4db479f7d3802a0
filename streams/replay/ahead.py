"""Reading ahead on a second core: another process names companies and judges relevance, this one does the rest.

Both stages are pure, so their answers may come from anywhere. They come as JSON over a pipe and are exact: a replay
writes the same bytes with and without this. What has no answer is judged here.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from streams.ports import Directory, RelevanceModel
from streams.records import Article, Company, Relevance
from streams.replay.source import Source

DEPTH: Final = 6
"""Batches under way in the other process."""
_LENGTH: Final = 4  # bytes that tell how long a frame or an article is
_BUFFER: Final = 1 << 24

Answer = tuple[tuple[Company, ...], tuple[float, ...] | None]
"""The companies, and a probability per category; None for a language that the model cannot read."""


@dataclass(slots=True)
class Answers:
    """Of the batch at hand."""

    by_place: dict[tuple[int, int], Answer] = field(default_factory=dict)

    def of(self, articles: Sequence[Article]) -> list[Answer] | None:
        """For all of them, or None when one has no answer."""
        found = [self.by_place.get((a.origin.partition, a.origin.offset)) for a in articles]
        answers = [f for f in found if f is not None]
        return answers if len(answers) == len(found) else None


@dataclass(slots=True)
class AheadDirectory:
    """See `Directory`; knows the answers beforehand."""

    inner: Directory
    answers: Answers

    @property
    def version(self) -> str:
        """See `Directory.version`."""
        return self.inner.version

    def identify(self, articles: Sequence[Article]) -> list[tuple[Company, ...]]:
        """See `Directory.identify`."""
        known = self.answers.of(articles)
        return self.inner.identify(articles) if known is None else [companies for companies, _ in known]


@dataclass(slots=True)
class AheadModel:
    """See `RelevanceModel`; knows the answers beforehand."""

    inner: RelevanceModel
    answers: Answers
    thresholds: tuple[float, ...]

    @property
    def version(self) -> str:
        """See `RelevanceModel.version`."""
        return self.inner.version

    @property
    def categories(self) -> tuple[str, ...]:
        """See `RelevanceModel.categories`."""
        return self.inner.categories

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.classify`."""
        known = self.answers.of(articles)
        if known is None:
            return self.inner.classify(articles)
        return [() if p is None else self._relevances(p) for _, p in known]

    def _relevances(self, probabilities: tuple[float, ...]) -> tuple[Relevance, ...]:
        return tuple(
            Relevance(category=c, probability=p, threshold=t)
            for c, p, t in zip(self.categories, probabilities, self.thresholds, strict=True)
        )


@dataclass(slots=True)
class AheadSource:
    """See `Source`; sends each batch to the other process some time before it is wanted."""

    inner: Source
    answers: Answers
    model: Path | None = None  # another model folder than the shipped one

    @property
    def name(self) -> str:
        """See `Source.name`."""
        return self.inner.name

    async def total(self) -> int | None:
        """See `Source.total`."""
        return await self.inner.total()

    async def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """See `Source.batches`. When the other process ends early, the rest is judged here."""
        command = [sys.executable, "-m", "streams.replay.judge", *([str(self.model)] if self.model else [])]
        other = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_BUFFER
        )
        waiting: deque[list[Article]] = deque()
        try:
            async for batch in self.inner.batches(size):
                await _send(other, batch)
                waiting.append(batch)
                if len(waiting) > DEPTH:
                    yield await self._answered(other, waiting.popleft())
            while waiting:
                yield await self._answered(other, waiting.popleft())
        finally:
            if other.returncode is None:
                other.kill()
            await other.wait()

    async def _answered(self, other: asyncio.subprocess.Process, batch: list[Article]) -> list[Article]:
        self.answers.by_place = {}
        if other.stdout is None:
            return batch
        try:
            length = int.from_bytes(await other.stdout.readexactly(_LENGTH), "big")
            rows = orjson.loads(await other.stdout.readexactly(length))
        except asyncio.IncompleteReadError:
            return batch
        self.answers.by_place = {
            (a.origin.partition, a.origin.offset): answer
            for a, row in zip(batch, rows, strict=True)
            if (answer := _read(row)) is not None
        }
        return batch


async def _send(other: asyncio.subprocess.Process, batch: Sequence[Article]) -> None:
    if other.stdin is None:
        return
    body = b"".join(len(a.raw).to_bytes(_LENGTH, "big") + a.raw for a in batch)
    try:
        other.stdin.write(len(body).to_bytes(_LENGTH, "big") + body)
        await other.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # its answers will be missing, and the articles are judged here


def unframed(body: bytes) -> list[bytes]:
    """The articles of a frame."""
    raws, at = [], 0
    while at < len(body):
        size = int.from_bytes(body[at : at + _LENGTH], "big")
        raws.append(body[at + _LENGTH : at + _LENGTH + size])
        at += _LENGTH + size
    return raws


def write(companies: Sequence[Company], relevances: Sequence[Relevance]) -> list[Any]:
    """An answer as JSON values, exact to the last bit."""
    named = [
        [c.id, c.name, c.tickers, c.confidence, c.salience, c.role, c.kind, c.evidence, c.spans] for c in companies
    ]
    return [named, [r.probability for r in relevances] if relevances else None]


def _read(row: list[Any] | None) -> Answer | None:
    if row is None:
        return None
    companies = tuple(
        Company(
            id=c[0], name=c[1], tickers=tuple(c[2]), confidence=c[3], salience=c[4], role=c[5], kind=c[6],
            evidence=tuple(c[7]), spans=tuple((start, end) for start, end in c[8]),
        )
        for c in row[0]
    )  # fmt: skip
    return companies, None if row[1] is None else tuple(row[1])
