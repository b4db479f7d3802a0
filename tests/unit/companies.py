"""What the tests of the companies share: one loaded directory, and short ways to ask it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from models.companies.identify import CompanyDirectory, load_directory
from streams.records import Article, Company, Origin


@cache
def directory() -> CompanyDirectory:
    """The shipped directory."""
    return load_directory()


def article(title: str, text: str = "", *, lang: str = "en", given: tuple[str, ...] = (), source: str = "") -> Article:
    """An article that came through normalise."""
    origin = Origin(topic="articles", partition=0, offset=0)
    return Article(
        raw=b"", origin=origin, seen=0, title=title, text=text, lang=lang, given_tickers=given, source=source
    )


def companies(title: str, text: str = "", *, lang: str = "en", given: tuple[str, ...] = ()) -> dict[str, Company]:
    """The companies found, by id."""
    return {c.id: c for c in directory().identify([article(title, text, lang=lang, given=given)])[0]}


def words(title: str, lang: str, company: str) -> list[str]:
    """The words that stood for a company."""
    return [title[start:end] for start, end in companies(title, lang=lang)[company].spans]


def small(folder: Path, **files: str) -> CompanyDirectory:
    """A directory of these TOML files."""
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_directory(folder)
