"""Where a replay's articles come from: a file of lines, or a stretch of a topic. Nothing here joins a group."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from streams.desk.feedback import Feedback
from streams.files.json_lines import article_of, decode_line
from streams.files.whole import lines_of
from streams.ports import StoryMemory
from streams.records import Article, Millis


class Source(Protocol):
    """Articles in the order in which they are to be judged; may be read more than once."""

    @property
    def name(self) -> str:
        """What a run's card calls it."""
        ...

    async def total(self) -> int | None:
        """How many articles there are, when that is known beforehand."""
        ...

    def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """All articles, at most `size` at a time. Raises `Away`, OSError and ValueError."""
        ...

    async def mark(self) -> str:
        """What tells these articles and their order from any others. Raises `Away` and OSError."""
        ...

    async def memory(self, inner: StoryMemory) -> StoryMemory:
        """The memory to judge these articles with: this one, asked as their order wants it. Raises `Away`."""
        ...

    async def feedback(self, topic: str) -> Sequence[Feedback]:
        """What people did to the desk meanwhile, by the topic that records it, where there is one. Raises `Away`."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """JSON lines: bare articles, or records as export writes them; `.gz` is unpacked. In the order of the file."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    async def total(self) -> int | None:
        """Lines that hold something."""
        return sum(1 for line in lines_of(self.path) if line.strip())

    async def mark(self) -> str:
        """See `Source.mark`: a digest of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    async def memory(self, inner: StoryMemory) -> StoryMemory:
        """See `Source.memory`: as it is."""
        return inner

    async def feedback(self, topic: str) -> Sequence[Feedback]:  # noqa: ARG002 - a file is of no desk
        """See `Source.feedback`: nothing."""
        return ()

    async def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """See `Source.batches`."""
        batch: list[Article] = []
        for article in self._articles():
            batch.append(article)
            if len(batch) >= size:
                yield batch
                batch = []
        if batch:
            yield batch

    def _articles(self) -> Iterator[Article]:
        seen: Millis = 0
        for number, raw in enumerate(lines_of(self.path)):
            if not raw.strip():
                continue
            try:
                line = decode_line(raw.rstrip(b"\r\n"))
            except ValueError as fault:
                raise ValueError(f"{self.path}:{number + 1}: {fault}") from None
            article = article_of(line, topic=self.name, number=number, before=seen)
            seen = article.seen
            yield article
