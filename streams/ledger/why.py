"""Why an article ended as it did: its walk through the stages, each stage's before and after in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from streams.basics.text import canonical_url, plain
from streams.basics.times import iso
from streams.flow import Journey, Parts, triage
from streams.ledger.sums import Ledger
from streams.ports import RelevanceModel
from streams.records import Article, Company, Decision, Ended, Outcome, Reason, Relevance

_SHOWN = 90  # characters of a headline or lead


class Explains(Protocol):
    """A directory that can also say on which companies it abstained."""

    def explain(self, article: Article) -> tuple[tuple[Company, ...], tuple[Company, ...]]:
        """The companies an article names, and those on which the evidence was too thin."""
        ...


@dataclass(slots=True)
class Account:
    """One article's way, a paragraph a stage. The context's titles name the nearest story."""

    directory: Explains
    model: RelevanceModel
    titles: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    ended: str = ""

    def trace(self, stage: str, before: Sequence[Article], after: Sequence[Outcome]) -> None:
        """See `streams.flow.Trace`; of a batch, the one article is told."""
        if not before:  # buried: no later stage sees it
            return
        was, outcome = before[0], after[0]
        now = outcome.article if isinstance(outcome, Ended) else outcome
        head = stage if not self.ended else f"{stage} (not reached: what it would have said)"
        words = list(self._words(stage, was, now))
        if not words and not isinstance(outcome, Ended):
            words = ["goes on"]
        self.lines += ["", head, *(f"    {line}" for line in words)]
        if isinstance(outcome, Ended):
            self.lines.append(f"    ENDS HERE: {outcome.reason.value}: {outcome.detail}")
            self.ended = self.ended or stage

    def _words(self, stage: str, was: Article, now: Article) -> Iterator[str]:
        tell: dict[str, Callable[[Article, Article], Iterator[str]]] = {
            "decode": _decoded, "normalise": _normalised, "identify": self._identified, "classify": self._classified,
            "relate": self._related, "match": _matched, "decide": _decided,
        }  # fmt: skip
        return tell[stage](was, now) if stage in tell else iter(())

    def _identified(self, was: Article, now: Article) -> Iterator[str]:
        for company in now.companies or ():
            yield (
                f"{company.name} ({', '.join(company.tickers) or company.kind}): confidence {company.confidence:.2f}, "
                f"salience {company.salience}, {company.role}, at {_places(now, company)}"
            )
            yield f"    for: {'; '.join(company.evidence) or 'nothing on record'}"
        for company in self.directory.explain(was)[1]:
            yield f"abstains on {company.name} for {_places(was, company)}"
            yield f"    against: {'; '.join(company.evidence) or 'nothing on record'}"
        if not now.companies:
            yield "names no company"

    def _classified(self, _: Article, now: Article) -> Iterator[str]:
        for relevance in self.model.explain([now])[0]:
            yield _relevance(relevance)
        if not now.relevances:
            yield f"the model cannot read {now.lang!r}"

    def _related(self, _: Article, now: Article) -> Iterator[str]:
        facts = [f"{f.text or f.value} ({f.kind} {f'{f.value} {f.unit}'.strip()})" for f in now.facts or ()]
        yield f"facts: {'; '.join(facts) or 'none'}"
        link = now.story
        if link is None:
            return
        if not link.nearest:
            yield f"story {link.id}: the first to tell it; nothing like it in the window"
            return
        teller = link.first_source or "a source without name"
        yield f"story {link.id}: {link.role.value}, novelty {link.novelty}"
        yield f"told first by {teller}, {iso(link.first_seen)}"
        nearest = self.titles.get(link.nearest, link.nearest)
        yield f"nearest: {nearest!r}, similarity {link.similarity:.2f}, by {link.matched}"


def _decoded(was: Article, now: Article) -> Iterator[str]:
    yield f"{len(was.raw)} bytes from {was.origin}, seen {iso(was.seen)}"
    if now.title:
        yield f"title {now.title[:_SHOWN]!r}, text of {len(now.text)} characters, status {now.status.value}"


def _normalised(was: Article, now: Article) -> Iterator[str]:
    if not now.id:
        return
    yield f"id {now.id}, language {now.lang or 'unknown'}{' (given)' if was.lang else ' (as it reads)'}"
    if was.title != now.title:
        yield f"title {was.title[:_SHOWN]!r} -> {now.title[:_SHOWN]!r}"
    if was.url != now.url:
        yield f"url {was.url!r} -> {now.url!r}"
    trusted = "" if now.event_time == now.published else f"; published {iso(now.published) or 'unknown'} is not taken"
    yield f"event time {iso(now.event_time)}{trusted}"


def _relevance(relevance: Relevance) -> str:
    verdict = ">=" if relevance.relevant else "<"
    untold = f" (told from {relevance.bar:.2f})" if relevance.threshold <= relevance.probability < relevance.bar else ""
    words = f": {', '.join(relevance.terms)}" if relevance.terms else ""
    return f"{relevance.category} {relevance.probability:.2f} {verdict} {relevance.threshold:.2f}{untold}{words}"


def _matched(_: Article, now: Article) -> Iterator[str]:
    for match in now.matches or ():
        failed = f"{match.reason.value}: {match.detail}" if match.reason else "every condition holds"
        yield f"{match.watch}: {failed}{'; it may go on with a told story' if match.follows else ''}"


def _decided(_: Article, now: Article) -> Iterator[str]:
    for decision in now.decisions or ():
        yield f"{decision.watch or 'all watches'}: {decision.reason.value}: {decision.detail}"


def _places(article: Article, company: Company) -> str:
    words = dict.fromkeys(article.body[start:end] for start, end in company.spans)
    return ", ".join(repr(w) for w in words) or "nowhere in the words"


async def why(
    parts: Parts, directory: Explains, context: Sequence[Article], article: Article, live: Ledger | None = None
) -> list[str]:
    """The lines of an article's walk; `context` is what came before it, and is judged first, in silence.

    What the `live` run decided on it stands first, and then only what is judged otherwise now.
    """
    titles: dict[str, str] = {}
    for at in range(0, len(context), 256):
        journeys = await triage(parts, context[at : at + 256])
        titles |= {j.article.key: j.article.title for j in journeys if j.article.story}
    account = Account(directory, parts.model, titles)
    (journey,) = await triage(parts, [article], whole=True, trace=account.trace)
    title = (journey.article.title or repr(journey.article.raw))[:_SHOWN]
    return [title, *(_summary(journey.decisions) if live is None else _against(live, journey)), *account.lines]


def _summary(decisions: Iterable[Decision]) -> Iterator[str]:
    for decision in decisions:
        watch = decision.watch or "every watch"
        silent = decision.reason is Reason.MERGED or not decision.alert_id
        alert = "" if silent else f" (alert {decision.alert_id})"
        yield f"  {watch}: {decision.reason.value}{alert}: {decision.detail}"


def _against(live: Ledger, journey: Journey) -> Iterator[str]:
    """The recorded verdict, and what is judged otherwise now: by another desk, directory or model, or a lost story."""
    yield from recorded(live)
    said = {d.watch: d for d in live.newest.values()}
    other = [d for d in journey.decisions if not _same(d, said.get(d.watch) or said.get(None))]
    yield from ("", "judged now:" if other else "judged now: the same")
    yield from _summary(other)


def _same(now: Decision, then: Decision | None) -> bool:
    return then is not None and (now.reason, now.alert_id) == (then.reason, then.alert_id)


def recorded(ledger: Ledger) -> list[str]:
    """What a ledger of one article's decisions says, and below each alert when its channel had it."""
    lines = ["", "the ledger (what the live run decided)"]
    for decision in ledger.newest.values():
        watch, told = decision.watch or "every watch", ledger.receipts.words(decision)
        lines.append(f"    {watch}: {decision.reason.value}: {decision.detail} ({iso(decision.decided)})")
        lines += [f"        {told}"] if told else []
    return lines if ledger.newest else [*lines, "    nothing yet"]


def asked_for(what: str) -> Callable[[str, str, str], bool]:
    """Whether an article with this id, url and title is the one that is asked for by id, url or words of its title."""
    what = what.strip()
    url, words = canonical_url(what) if "://" in what else "", plain(what).casefold()

    def same(identifier: str, its_url: str, title: str) -> bool:
        if url:
            return identifier == what or canonical_url(its_url) == url
        return bool(words) and (identifier == what or words in title.casefold())

    return same
