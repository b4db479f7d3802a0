"""How fast companies are found, on one core, also as a multiple of the bare automaton's time on the same texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Final, TypeVar

from models.companies.automaton import Automaton
from models.companies.identify import CompanyDirectory, load_directory
from models.companies.load import load_files
from models.companies.spelling import alike
from streams.records import NOWHERE, Article

HEADLINES: Final = 2_000
ARTICLES: Final = 200
ARTICLE_CHARS: Final = 3_000
HOSTILE_CHARS: Final = 100_000
T = TypeVar("T")
_SENTENCES: Final = (
    ("en", "Nvidia and TSMC expand their packaging plant in Arizona as orders for AI chips keep growing"),
    ("en", "Residents of the coastal town met on Tuesday to discuss the new harbour wall and its cost"),
    ("en", "Apple (NASDAQ: AAPL) delays its folding phone, two suppliers in Taiwan said"),
    ("en", "Target misses its sales goal for the second quarter and names a new head of stores"),
    ("en", "The ministry wants to close the gap in the budget with a tax on sugar, officials said"),
    ("en", "Shares of Ford and General Motors slip after the tariff decision, while Tesla gains 2%"),
    ("en", "Scientists found traces of water in a rock from Mars that was kept in a cellar for years"),
    ("en", "Alibaba Group (9988.HK) sells convertible bonds worth $3 billion to pay for data centres"),
    ("de", "Die Bahn streicht im Winter weitere Fernzüge, weil Personal und Fahrzeuge fehlen"),
    ("de", "Siemens Energy hebt die Prognose an, die Aktie springt auf den höchsten Stand des Jahres"),
    ("de", "Der Gemeinderat hat gestern Abend über den Neubau der Turnhalle am Ortsrand beraten"),
    ("de", "Allianz und Münchener Rück zahlen mehr Dividende, der Versicherer Talanx zieht nach"),
    ("de", "In der Nacht zum Sonntag stürzte ein Baum auf die Straße, verletzt wurde niemand"),
    ("de", "Infineons Werk in Dresden wird früher fertig, das Land fördert die Fabrik mit einer Milliarde"),
    ("de", "Post und Telekom wehren sich gegen die neuen Regeln der Bundesnetzagentur"),
    ("de", "Nach dem Regen hofften die Bauern auf eine gute Ernte, doch der Frost kam im Mai zurück"),
)


def measure() -> dict[str, float]:
    """Seconds to build; headlines and articles a second; both as multiples of the automaton's time; hostile text."""
    files = load_files()
    built, automaton = _timed(lambda: Automaton(files.entries, files.blockers))
    directory = load_directory()
    headlines, articles = _headlines(), _articles()
    hostile = _hostile()
    figures = {
        "build_s": built,
        "load_s": _timed(load_directory)[0],
        "hostile_s": _best(lambda: directory.identify([hostile])),
        "names": float(len(automaton.names)),
    }
    for name, texts in (("headlines", headlines), ("articles", articles)):
        full, bare = _pair(directory, automaton, texts)
        figures[f"{name}_per_s"] = len(texts) / full
        figures[f"{name}_times_automaton"] = full / bare
    return figures


def _pair(directory: CompanyDirectory, automaton: Automaton, texts: Sequence[Article]) -> tuple[float, float]:
    bodies = [alike(a.body) for a in texts]

    def search() -> None:
        for body in bodies:
            automaton.search.find_matches_as_indexes(body, overlapping=True)

    return _best(lambda: directory.identify(texts)), _best(search)


def _headlines() -> list[Article]:
    return [_article(f"{text} ({number})", "", lang) for number, (lang, text) in _numbered(HEADLINES)]


def _articles() -> list[Article]:
    written = []
    for number in range(ARTICLES):
        lang = ("en", "de")[number % 2]
        own = [text for known, text in _SENTENCES if known == lang]
        text = ". ".join(islice(cycle(own[number % len(own) :] + own), ARTICLE_CHARS // 60))[:ARTICLE_CHARS]
        written.append(_article(own[number % len(own)], text, lang))
    return written


def _hostile() -> Article:
    """Ten thousand names, most of them ambiguous, and brackets for the tickers' patterns."""
    text = "Target Gap Block (A) Shell, " * (HOSTILE_CHARS // 27)
    return _article("Target", text[:HOSTILE_CHARS], "en")


def _numbered(number: int) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(islice(cycle(_SENTENCES), number)))


def _article(title: str, text: str, lang: str) -> Article:
    return Article(raw=b"", origin=NOWHERE, seen=0, title=title, text=text, lang=lang)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _best(work: Callable[[], object]) -> float:
    """The fastest of three runs, after one to warm up."""
    work()
    return min(_timed(work)[0] for _ in range(3))
