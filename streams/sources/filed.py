"""What stands in a file: JSON lines or CSV, as it is or through a map. A broken line is told and left out. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import jmespath
import orjson

from streams.basics import limits
from streams.sources import mapped
from streams.sources.base import NotRead, Page, RawArticle, Reading, Source
from streams.sources.charset import text_of
from streams.sources.table import Table
from streams.stages.decode import Malformed, status_of

CSV: Final = "text/csv"
LINES: Final = "application/x-ndjson"
_FAULTS: Final = 20


def options(table: Table) -> Mapping[str, Any]:
    """`path`, `format` when its name does not tell, and `[source.map]` as polled JSON has it."""
    path = table.text("path", needed=True)
    form = table.text("format", "csv" if path.endswith(".csv") else "jsonl")
    if form not in ("csv", "jsonl"):
        table.fault("format", f"{form!r} is no format: write csv or jsonl")
    if path.endswith((".gz", ".zip", ".zst", ".bz2")):
        table.fault("path", "is packed: a file that grows is not; `tapewire import` reads packed ones")
    paths = dict(mapped.options(table)) if "map" in table.values else {}
    table.taken.add("map")
    return {"path": path, "media": CSV if form == "csv" else LINES, "map": paths}


def parse(page: Page, source: Source) -> Reading:
    """The articles of whole lines (of CSV with their header), in the order they stand in. Raises `NotRead`. Pure."""
    text = text_of(page.body, page.media)
    media = page.media.partition(";")[0] or source.options["media"]
    found = _rows(text) if media == CSV else _objects(text)
    paths = {k: jmespath.compile(p) for k, p in source.options["map"].items() if k != "items"}
    articles: list[RawArticle] = []
    faults: list[str] = []
    for row in found:
        told = row if isinstance(row, str) else _article(row, paths)
        if isinstance(told, str):
            faults.append(told)
        elif len(articles) < limits.ARTICLES_A_PAGE:
            articles.append(told)
    if faults and not articles:
        raise NotRead(f"no line of it can be read: {faults[0]}")
    return Reading(articles=tuple(articles), form="file", faults=tuple(faults[:_FAULTS]), ordered=True)


def _article(row: dict[str, Any], paths: Mapping[str, Any]) -> RawArticle | str:
    article = mapped.article_of(row, paths) if paths else mapped.as_it_is(row)
    try:
        return article | {"status": status_of(article).value}
    except Malformed as fault:
        return str(fault)


def _objects(text: str) -> Iterator[dict[str, Any] | str]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = orjson.loads(line.encode("utf-8", "replace"))
        except orjson.JSONDecodeError as fault:
            yield f"line {number}: {fault.msg}"
            continue
        yield data if isinstance(data, dict) else f"line {number}: no object"


def _rows(text: str) -> Iterator[dict[str, Any] | str]:
    csv.field_size_limit(limits.MARKUP_CHARS)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield {k: v for k, v in row.items() if k and isinstance(v, str)}
    except csv.Error as fault:
        yield f"line {reader.line_num}, and those that follow on this page: {fault}"
