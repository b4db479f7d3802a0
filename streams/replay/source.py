"""Where a replay's articles come from: a file of lines, or a stretch of a topic. Nothing here joins a group."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from streams.records import Article, Millis
from streams.replay.lines import article_of, decode_line


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


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file. Raises what `opened` raises."""
    with opened(path) as lines:
        yield from lines


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked when its name ends with `.gz`. Raises OSError, also for what cannot be unpacked."""
    try:
        with path.open("rb") as file:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise OSError(f"{path}: cannot be unpacked: {fault}") from None
