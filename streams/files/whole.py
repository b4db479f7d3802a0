"""Files that are there only when they are whole, packed when their name ends with `.gz`, and how they are read again.

They are written beside, then put in the place of what was there.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


def take_place(made: Path, out: Path) -> None:
    """`made` is whole: once it is on the disk it is `out`, and what was there before is gone. Raises OSError."""
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    made.replace(out)


@contextmanager
def packed(path: Path) -> Iterator[IO[bytes]]:
    """A file to write bytes into, packed when its name ends with `.gz` (without a time: the same bytes every time).

    What is written stands beside it and takes its place at the end. Raises OSError.
    """
    if path.exists() and not path.is_file():  # a pipe has no place to take
        with path.open("wb") as out:
            yield out
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("wb") as out:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile("", "wb", fileobj=out, mtime=0) as small:
                    yield cast("IO[bytes]", small)
            else:
                yield out
        take_place(beside, target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked when its name ends with `.gz`. Raises OSError, also for what cannot be unpacked."""
    try:
        with path.open("rb") as file:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise OSError(f"{path}: cannot be unpacked: {fault}") from None


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file. Raises what `unpacked` raises."""
    with unpacked(path) as lines:
        yield from lines
