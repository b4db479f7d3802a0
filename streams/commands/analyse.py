"""`tapewire analyse`: articles in as JSON lines, one JSON line out for each, silently and in order.

Every article goes through every stage, also one that a live run would have ended early, so that each
field is filled. A line that is no article gives `{"line": n, "error": {...}}`, and the rest goes on.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.basics.times import WallClock, iso, parse_time
from streams.files.json_lines import decode_line
from streams.files.whole import lines_of
from streams.flow import Parts, triage
from streams.knowledge import Knowledge
from streams.ports import Clocked
from streams.records import Article, Decision, Millis, Origin, evolve
from streams.settings.load import add_config, load_settings
from streams.silent import silent
from streams.wire import company_fields, fact_fields, relevance_fields

_BATCH = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the articles are, and which watches decide."""
    parser.add_argument("file", nargs="?", default="-", help="JSON lines, .gz too; - or nothing for standard input")
    parser.add_argument("--watches", type=Path, help="decide for these watches (default: one on every category)")
    add_config(parser)
    parser.add_argument(
        "--now",
        help="when all articles were seen (default: each when published, so none is late; a replay goes by `seen`)",
    )


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when any line was no article, 2 when files cannot be read; what came before is printed."""
    try:
        settings = load_settings(options.config)
        known = Knowledge.of(settings)
        desk = known.desk(options.watches) if options.watches else known.everything()
        now = _now(options.now)
        source = sys.stdin.buffer if options.file == "-" else _lines(Path(options.file))
        clock = Clocked()
        bad_lines = asyncio.run(_printed(silent(known, desk, clock), clock, source, now))
    except ValueError as bad:  # settings, watches, directory and model raise one of their own
        print(bad, file=sys.stderr)
        return 2
    return 1 if bad_lines else 0


def _lines(path: Path) -> Iterator[bytes]:
    """Raises ValueError for a file that cannot be read: an OSError is of our output."""
    try:
        yield from lines_of(path)
    except OSError as fault:
        raise ValueError(f"{path}: {fault.strerror}" if fault.strerror else str(fault)) from None


def _now(text: str | None) -> Millis | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError as fault:
        raise ValueError(f"--now {text!r}: {fault}; write 2026-01-09T12:00Z") from None


async def _printed(parts: Parts, clock: Clocked, source: Iterable[bytes], now: Millis | None) -> int:
    """Prints each batch when it is done, so that what is piped in may have no end; how many lines were no article."""
    bad_lines = 0
    for batch in _batches(source):
        articles = [_article(line, number, now) for number, line in batch]
        journeys = await triage(parts, articles, whole=True)
        explained = parts.model.explain([j.article for j in journeys])
        for (number, _), journey, relevances in zip(batch, journeys, explained, strict=True):
            clock.set(max(clock.now(), journey.article.seen))
            if journey.buried:
                error = {"reason": journey.buried.reason.value, "detail": journey.buried.detail}
                line = orjson.dumps({"line": number, "error": error})
                bad_lines += 1
            else:
                line = orjson.dumps(analysis(evolve(journey.article, relevances=relevances), journey.decisions))
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    return bad_lines


def _batches(source: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    numbered = ((n, line.strip()) for n, line in enumerate(source, 1))
    filled = ((n, line) for n, line in numbered if line)
    while batch := list(islice(filled, _BATCH)):
        yield batch


def _article(line: bytes, number: int, now: Millis | None) -> Article:
    """A bare article, or the one in a record as export writes it; of a broken record decode says what is wrong."""
    with suppress(ValueError):
        line = decode_line(line).value
    seen = now
    if seen is None:
        try:
            seen = parse_time(orjson.loads(line)["published"])
        except (ValueError, KeyError, TypeError):  # absent or unreadable: decode will say so
            seen = WallClock().now()
    return Article(raw=line, origin=Origin(topic="analyse", partition=0, offset=number), seen=seen)


def analysis(article: Article, decisions: tuple[Decision, ...]) -> dict[str, Any]:
    """One line of `tapewire analyse`: everything the flow found out about an article."""
    return {
        "id": article.id,
        "lang": article.lang,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": iso(article.published),
        "companies": [company_fields(c) for c in article.companies or ()],
        "relevances": {r.category: relevance_fields(r) for r in article.relevances or ()},
        "facts": [fact_fields(f) for f in article.facts or ()],
        "story": _story_fields(article),
        "decisions": [_brief(d) for d in decisions],
    }


def _story_fields(article: Article) -> dict[str, Any] | None:
    link = article.story
    if link is None:
        return None
    return {
        "id": link.id,
        "role": link.role.value,
        "novelty": link.novelty,
        "matched": link.matched,
        "similarity": round(link.similarity, 4),
        "nearest": link.nearest,
    }


def _brief(decision: Decision) -> dict[str, Any]:
    return {
        "watch": decision.watch,
        "stage": decision.stage,
        "reason": decision.reason.value,
        "detail": decision.detail,
        "alert": decision.alert_id,
    }
