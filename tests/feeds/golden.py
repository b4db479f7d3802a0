"""Golden pairs: a page as it came, and what of it enters. One folder each under `tests/golden/sources/`.

python -m tests.feeds.golden [NAME ...]      write what enters now; read the difference before you commit it
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from streams.sources.base import NotRead, Page, Source
from streams.sources.items import items_of
from streams.sources.registry import KINDS
from streams.sources.settings import read_sources
from streams.sources.sift import sift
from streams.sources.writer import written
from tests.build import NOON

FOLDER = Path(__file__).parents[1] / "golden" / "sources"


@dataclass(frozen=True, slots=True)
class Golden:
    """One pair."""

    folder: Path

    @property
    def source(self) -> Source:
        """As its sources.toml says."""
        text = (self.folder / "source.toml").read_text()
        return read_sources("[[source]]" + text.partition("[[source]]")[2], str(self.folder), KINDS).sources[0]

    @property
    def page(self) -> Page:
        """The bytes, as if fetched at noon."""
        media = tomllib.loads((self.folder / "source.toml").read_text())["page"]["media"]
        (path,) = self.folder.glob("page.*")
        return Page(body=path.read_bytes(), seen=NOON, media=media, url=self.source.url)

    def enters(self) -> dict[str, Any]:
        """What the page gives now."""
        reading = KINDS[self.source.kind].parse(self.page, self.source)
        items, empty = items_of(reading.articles, self.source, self.page, ordered=reading.ordered)
        sending = sift(items, {}).sending
        return {
            "form": reading.form,
            "listed": len(reading.articles),
            "empty": empty,
            "records": [orjson.loads(written(s, NOON).value) for s in sending],
            "taken back": [list(i.keys) for i in items if i.status == "removed"],
        }

    @property
    def expected(self) -> Any:
        """What was written down."""
        return orjson.loads((self.folder / "entered.json").read_bytes())


def pairs() -> list[Golden]:
    """All of them."""
    return [Golden(f) for f in sorted(FOLDER.iterdir())]


def main() -> None:
    """Write the pairs that are named, or all."""
    for golden in pairs():
        if sys.argv[1:] and golden.folder.name not in sys.argv[1:]:
            continue
        try:
            told = orjson.dumps(golden.enters(), option=orjson.OPT_INDENT_2)
        except NotRead as fault:
            sys.exit(f"{golden.folder.name}: {fault}")
        (golden.folder / "entered.json").write_bytes(told + b"\n")
        print(f"{golden.folder.name}: {len(golden.expected['records'])} records")


if __name__ == "__main__":
    main()
