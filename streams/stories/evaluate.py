"""How good the story memory is on labelled files: streams through the memory itself, pairs by its measures."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from streams.basics.times import parse_time
from streams.ports import Directory, RelevanceModel, Telling
from streams.records import NOWHERE, Article, Company, Relevance, StoryLink
from streams.stories.measures import at_threshold, auc, bcubed, best, pairwise, told_twice_and_swallowed
from streams.stories.memory import MemoryStories
from streams.stories.pairs import Pairs
from streams.stories.prepare import prepare
from streams.stories.tell import facts_of, telling_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judges:
    """Who says what an article names and is about, as in the flow; without them nobody is named."""

    directory: Directory | None = None
    model: RelevanceModel | None = None

    def tellings(self, rows: Sequence[Row]) -> list[Telling]:
        """What the memory is told of each row."""
        articles = [_article(row) for row in rows]
        named = self.directory.identify(articles) if self.directory else [()] * len(articles)
        judged = self.model.classify(articles) if self.model else [()] * len(articles)
        return [_telling(row, c, r) for row, c, r in zip(rows, named, judged, strict=True)]


NOBODY: Final = Judges()
_BATCH: Final = 256  # as the settings ship it


def evaluate_file(path: Path, judges: Judges = NOBODY) -> dict[str, Any]:
    """Measures of a JSON-lines file: pairs (`a`, `b`, `same`), a stream (`story`), or a stream without labels.

    Raises OSError when it cannot be read and ValueError when it is none of these.
    """
    rows = list(_rows(path))
    if not rows or not all(
        isinstance(row, dict) and ("title" in row or {"a", "b", "same"} <= row.keys()) for row in rows
    ):
        raise ValueError(f"{path}: neither pairs (a, b, same) nor articles (title, story)")
    try:
        found = evaluate_pairs(rows, judges) if "a" in rows[0] else evaluate_stream(rows, judges)
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{path}: a row is not like the first, or lacks something: {fault!r}") from None
    return {"file": path.name, **found}


def _rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):  # not as text: a headline may hold U+2028
        try:
            if line.strip():
                yield json.loads(line)
        except ValueError as fault:
            raise ValueError(f"{path}:{number}: no JSON: {fault}") from None


def evaluate_pairs(rows: Sequence[Row], judges: Judges = NOBODY) -> dict[str, Any]:
    """AUC, best F1, and precision, recall and F1 at the shipped bar.

    Each pair's score is its similarity divided by the bar for tellings of that length, so that 1 is the bar.
    Document frequencies and stories come from the file's own articles.
    """
    sides = {str(side["id"]): side for row in rows for side in (row["a"], row["b"])}
    articles = {t.article_key: prepare(t) for t in judges.tellings(list(sides.values()))}
    pairs = Pairs(articles.values())
    scores = [pairs.score(articles[str(row["a"]["id"])], articles[str(row["b"]["id"])]) for row in rows]
    truth = [bool(row["same"]) for row in rows]
    shipped, (threshold, top) = at_threshold(truth, scores, 1.0), best(truth, scores)
    return {
        "kind": "pairs",
        "pairs": len(rows),
        "same": sum(truth),
        "auc": round(auc(truth, scores), 4),
        "shipped": {"precision": _r(shipped.precision), "recall": _r(shipped.recall), "f1": _r(shipped.f1)},
        "best": {
            "threshold": _r(threshold),
            "precision": _r(top.precision),
            "recall": _r(top.recall),
            "f1": _r(top.f1),
        },
    }


def evaluate_stream(rows: Sequence[Row], judges: Judges = NOBODY) -> dict[str, Any]:
    """BCubed and pairwise scores of all articles and per language, articles in order of time; without labels counts."""
    tellings = sorted(judges.tellings(rows), key=lambda t: (t.event_time, t.article_key))
    began = time.perf_counter()
    links = asyncio.run(_related(tellings))
    seconds = time.perf_counter() - began
    found: dict[str, Any] = {
        "kind": "stream",
        "articles": len(tellings),
        "stories": len({link.id for link in links}),
        "roles": dict(Counter(link.role.value for link in links)),
        "largest": Counter(link.id for link in links).most_common(1)[0][1],
        "per_second": round(len(tellings) / seconds) if seconds else 0,
    }
    gold = {str(row["id"]): row["story"] for row in rows if "story" in row}
    if len(gold) == len(rows):
        found |= _measures([gold[t.article_key] for t in tellings], [link.id for link in links])
        by_lang: dict[str, list[Telling]] = defaultdict(list)
        for article in tellings:
            by_lang[article.lang].append(article)
        if len(by_lang) > 1:
            found["languages"] = {lang: _alone(articles, gold) for lang, articles in sorted(by_lang.items())}
    return found


async def _related(tellings: Sequence[Telling]) -> list[StoryLink]:
    """In batches, as the flow gives them: what lies behind is forgotten between two."""
    memory = MemoryStories()
    return [link for n in range(0, len(tellings), _BATCH) for link in await memory.relate(tellings[n : n + _BATCH])]


def _alone(tellings: Sequence[Telling], gold: Mapping[str, str]) -> dict[str, Any]:
    """The measures of one language's articles, as a stream of their own."""
    links = asyncio.run(_related(tellings))
    return {
        "articles": len(tellings),
        **_measures([gold[t.article_key] for t in tellings], [link.id for link in links]),
    }


def _measures(gold: Sequence[str], found: Sequence[str]) -> dict[str, Any]:
    b, p = bcubed(gold, found), pairwise(gold, found)
    dup, miss = told_twice_and_swallowed(gold, found)
    return {
        "bcubed": {"precision": _r(b.precision), "recall": _r(b.recall), "f1": _r(b.f1)},
        "pairwise": {"precision": _r(p.precision), "recall": _r(p.recall), "f1": _r(p.f1)},
        "dup": _r(dup),
        "miss": _r(miss),
    }


def _telling(row: Row, companies: tuple[Company, ...], relevances: tuple[Relevance, ...]) -> Telling:
    article = _article(row, companies, relevances)
    return replace(telling_of(article, facts_of(article)), article_key=article.id)


def _article(row: Row, companies: tuple[Company, ...] = (), relevances: tuple[Relevance, ...] = ()) -> Article:
    when = parse_time(row["published"]) if row.get("published") else 0
    return Article(
        raw=b"", origin=NOWHERE, seen=when, event_time=when, id=str(row["id"]),
        title=row["title"], text=row.get("text") or "", url=row.get("url") or "", lang=row.get("lang") or "en",
        source=row.get("source") or "", companies=companies, relevances=relevances,
    )  # fmt: skip


def _r(value: float) -> float:
    return round(value, 4)


def render(found: Mapping[str, Any]) -> str:
    """The measures as a few lines for a terminal."""
    lines = [f"{found['file']}"]
    if found["kind"] == "pairs":
        lines.append(f"  {found['pairs']} pairs, {found['same']} the same story; AUC {found['auc']:.3f}")
        for name in ("shipped", "best"):
            m = found[name]
            at = "at the shipped bar" if name == "shipped" else f"best, at {m['threshold']:.2f} times that"
            lines.append(f"  F1 {m['f1']:.3f} (P {m['precision']:.3f} R {m['recall']:.3f}) {at}")
        return "\n".join(lines)
    lines.append(f"  {found['articles']} articles, {found['stories']} stories, largest {found['largest']}")
    lines.append("  " + ", ".join(f"{role} {n}" for role, n in sorted(found["roles"].items())))
    if "bcubed" in found:
        parts = {"all": found, **found.get("languages", {})}
        lines += [f"  {name}: {_line(part)}" for name, part in parts.items()]
    return "\n".join(lines)


def _line(part: Mapping[str, Any]) -> str:
    b, p = part["bcubed"], part["pairwise"]
    return (
        f"BCubed F1 {b['f1']:.3f} (P {b['precision']:.3f} R {b['recall']:.3f}), pairwise F1 {p['f1']:.3f}, "
        f"dup {part['dup']:.1%}, miss {part['miss']:.1%}"
    )
