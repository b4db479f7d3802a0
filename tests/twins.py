"""The simplest parts that keep the ports' promises: companies and relevance by plain words; and a publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.flow import Parts
from streams.kafka.publish import Publisher, Record
from streams.ports import Clocked, StoryMemory
from streams.records import Article, Company, Relevance, evolve
from streams.stories.memory import MemoryStories
from streams.watches.watch import Desk, Desks, Watch
from tests.build import NOON, company

TICKERS = {"Alibaba": "BABA", "Nvidia": "NVDA", "Tencent": "0700.HK"}


@dataclass
class WordDirectory:
    """Names a company when its word stands in the title or text. `poison` raises, to play a bug."""

    version: str = "words"
    poison: str = ""

    def identify(self, articles: Sequence[Article]) -> list[tuple[Company, ...]]:
        """See `Directory.identify`."""
        if self.poison and any(self.poison in a.title for a in articles):
            raise RuntimeError(f"poisoned by {self.poison}")
        return [tuple(company(n.lower(), t) for n, t in TICKERS.items() if n in a.body) for a in articles]


@dataclass
class WordModel:
    """Relevant for capex when the body says invest; when it says mull, not so surely that it is told as news."""

    version: str = "words"
    categories: tuple[str, ...] = ("capex",)

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.classify`."""
        return [(self._judged(a.body),) for a in articles]

    @staticmethod
    def _judged(body: str) -> Relevance:
        probability = 0.9 if "invest" in body else 0.7 if "mull" in body else 0.1
        return Relevance(category="capex", probability=probability, threshold=0.5, alert_threshold=0.8)

    def explain(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.explain`."""
        return [tuple(evolve(r, terms=("invest",) if r.relevant else ()) for r in a.relevances or ()) for a in articles]


ALIBABA = Watch(name="alibaba", channel="slack:C1", companies=frozenset({"alibaba"}), categories=frozenset({"capex"}))
NVIDIA = Watch(name="nvidia", channel="slack:C2", companies=frozenset({"nvidia"}), categories=frozenset({"capex"}))


@dataclass
class Kit:
    """Parts for one test."""

    directory: WordDirectory = field(default_factory=WordDirectory)
    stories: StoryMemory = field(default_factory=MemoryStories)
    desk: Desks = field(default_factory=lambda: Desk((ALIBABA, NVIDIA)))
    clock: Clocked = field(default_factory=lambda: Clocked([NOON]))

    @property
    def parts(self) -> Parts:
        """As the flow wants them."""
        return Parts(
            directory=self.directory, model=WordModel(), stories=self.stories, desk=self.desk, clock=self.clock
        )


class Shelf(Publisher):
    """Keeps what is published."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    async def publish(self, records: Sequence[Record]) -> None:
        """See `Publisher.publish`."""
        self.records += records
