"""The next piece of a file that grows: whole lines only, through rotation and truncation. Blocking; keeps nothing open.

A bookmark holds which file it was (device and inode), how its beginning read, and how far it was taken.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final

from streams.basics.limits import ARTICLES_A_PAGE, PAGE_BYTES
from streams.sources.book import Bookmark

SETTLED_S: Final = 5.0
"""How long a file that was moved away must be still before its last line counts as whole."""
_READ: Final = 1_048_576
_HEAD: Final = 256
_NEIGHBOURS: Final = 10_000
# As the csv module reads it: a quote opens a field only at its beginning; elsewhere it stands for inches.
_CELL: Final = rb'(?:"[^"]*+(?:""[^"]*+)*+"|(?!"))[^,\n]*+'
_ROW: Final = re.compile(rb"%b(?:,%b)*+\n" % (_CELL, _CELL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Whole lines, and where to go on once they were taken. An empty body: only the place has changed."""

    body: bytes = field(repr=False)
    after: Bookmark


def next_piece(path: Path, at: Bookmark, *, table: bool) -> Piece | None:
    """None when there is nothing new. Raises OSError. A `table` has a header, and lines inside quotes."""
    old = _moved(path, at)
    if old is not None:
        piece, settled = _read(old, at, table=table, gone=True)
        if piece or not settled:
            return piece
        at = Bookmark()
    return _read(path, at, table=table, gone=False)[0]


def _moved(path: Path, at: Bookmark) -> Path | None:
    """Where the file of the bookmark lies now, if another has taken its place and it is still beside it."""
    if not at.etag or (path.exists() and _name(path.stat()) == at.etag):
        return None
    for other in islice(path.parent.iterdir(), _NEIGHBOURS):
        if other.is_file() and _name(other.stat()) == at.etag:
            return other
    return None


def _name(told: os.stat_result) -> str:
    return f"{told.st_dev}:{told.st_ino}"


def _read(path: Path, at: Bookmark, *, table: bool, gone: bool) -> tuple[Piece | None, bool]:
    with _opened(path) as file:
        told = os.fstat(file)
        settled = time.time() - told.st_mtime > SETTLED_S
        begun = (
            at if at.etag == _name(told) and told.st_size >= at.position and _begins(file, at.digest) else Bookmark()
        )
        header = _header(file) if table else b""
        if table and not header:
            return None, settled
        start = max(begun.position, len(header))
        data, whole = _lines(file, start, table=table, last=gone and settled)
        if not whole:
            return None, settled
        end = start + whole
        after = Bookmark(etag=_name(told), digest=_beginning(file, min(_HEAD, end)), position=end)
        return Piece(body=header + data[:whole], after=after), settled


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A plain file; a pipe or a device would hold us up."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(f"{path} is no plain file")
        yield file
    finally:
        os.close(file)


def _beginning(file: int, size: int) -> str:
    return f"{size}:{blake2b(os.pread(file, size, 0), digest_size=8).hexdigest()}"


def _begins(file: int, digest: str) -> bool:
    """Whether it still begins as it did: a file cut to nothing and filled again is another."""
    size = digest.partition(":")[0]
    return size.isdecimal() and _beginning(file, int(size)) == digest


def _header(file: int) -> bytes:
    data = os.pread(file, _READ, 0)
    return data[: _whole(data, table=True, most=1)]


def _lines(file: int, start: int, *, table: bool, last: bool) -> tuple[bytes, int]:
    """Bytes from `start`, and how many of them are whole lines; a line too long to be one is given as it is."""
    for size in (_READ, PAGE_BYTES):
        data = os.pread(file, size, start)
        whole = _whole(data, table=table, most=ARTICLES_A_PAGE)
        if whole or len(data) < size:
            break
    if not whole and (len(data) == PAGE_BYTES or last):
        whole = len(data)
    return data, whole


def _whole(data: bytes, *, table: bool, most: int) -> int:
    """Where the last whole line ends, of `most` at most."""
    at = count = 0
    while count < most and (end := _line_end(data, at, table=table)):
        at, count = end, count + 1
    return at


def _line_end(data: bytes, at: int, *, table: bool) -> int:
    """0 when it does not end here."""
    if not table:
        return data.find(b"\n", at) + 1
    row = _ROW.match(data, at)
    return row.end() if row else 0
