"""The training corpus: JSON lines written by us, one file per category and language, near misses and everyday news."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import orjson

EXAMPLES: Final = Path(__file__).with_name("examples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One training text. `kind` says what sort of row it is; `file` where it stands."""

    title: str
    text: str
    categories: frozenset[str]
    kind: str
    lang: str
    file: str
    line: int


class BadCorpus(ValueError):  # noqa: N818 - named for what was read
    """Examples that cannot be trained on; the message has one fault per line."""


def load_corpus(*folders: Path) -> tuple[Example, ...]:
    """All examples of the folders (default: the shipped ones), sorted by file and line. Raises `BadCorpus`."""
    faults: list[str] = []
    found: list[Example] = []
    for folder in folders or (EXAMPLES,):
        for path in sorted(folder.glob("*.jsonl")):
            found += _examples(path, faults)
    if not found:
        faults.append(f"{', '.join(map(str, folders or (EXAMPLES,)))}: no examples (*.jsonl)")
    if faults:
        raise BadCorpus("\n".join(faults))
    return tuple(found)


def load_feedback(*places: Path) -> tuple[Example, ...]:
    """Reviewed feedback: files, or folders of *.jsonl, in the corpus format with a `lang`. Raises `BadCorpus`."""
    within = {place: sorted(place.glob("*.jsonl")) if place.is_dir() else [place] for place in places}
    faults = [f"{place}: no feedback (*.jsonl)" for place, found in within.items() if not found]
    paths = [path for found in within.values() for path in found]
    try:
        examples = tuple(e for path in paths for e in _examples(path, faults))
    except OSError as fault:
        raise BadCorpus(f"{fault.filename}: {fault.strerror}") from None
    if faults:
        raise BadCorpus("\n".join(faults))
    return examples


def with_feedback(corpus: Sequence[Example], feedback: Sequence[Example]) -> tuple[Example, ...]:
    """The corpus and the feedback; where both hold the same text the later review is right."""
    latest = {(e.title, e.text): e for e in feedback}
    return (*(e for e in corpus if (e.title, e.text) not in latest), *latest.values())


def _examples(path: Path, faults: list[str]) -> Iterator[Example]:
    lang = path.name.split(".")[-2] if path.name.count(".") > 1 else ""
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            example = Example(
                title=_string(row["title"]),
                text=_string(row.get("text", "")),
                categories=frozenset(row["categories"]),
                kind=str(row.get("kind", "")),
                lang=_string(row.get("lang") or lang),
                file=path.name,
                line=number,
            )
        except (orjson.JSONDecodeError, KeyError, TypeError) as fault:
            faults.append(f"{path.name}:{number}: {fault!r}; write {{title, text, categories, kind}}")
        else:
            yield example


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("title and text must be strings")
    return value


def categories_of(corpus: Sequence[Example]) -> tuple[str, ...]:
    """Every category some example carries, sorted."""
    return tuple(sorted({c for e in corpus for c in e.categories}))


def digest(corpus: Sequence[Example]) -> str:
    """Changes when any example does."""
    whole = blake2b(digest_size=8)
    for e in corpus:
        whole.update("\x1f".join((e.title, e.text, *sorted(e.categories), e.lang)).encode() + b"\x1e")
    return whole.hexdigest()
