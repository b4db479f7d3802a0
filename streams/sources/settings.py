"""`sources.toml` to frozen sources, all faults at once, each with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from streams.basics.limits import SOURCE_CHARS
from streams.basics.times import MINUTE, SECOND
from streams.basics.toml_lines import BadToml, Toml, parse_toml, read_toml
from streams.records import Millis
from streams.sources.base import Kind, Source
from streams.sources.table import Table

_LEAST_EVERY = 5 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything `sources.toml` says."""

    sources: tuple[Source, ...] = ()
    private: frozenset[str] = frozenset()  # hosts, or host:port, that may lie in a private network
    pace: Millis = SECOND  # between two requests to one host
    at_once: int = 2  # requests to one host
    contact: str = ""  # told to every server, so that its owner can complain
    alerts: str = ""  # the channel that hears when a source dies, such as slack:C0OPS
    files: frozenset[Path] = field(default=frozenset(), compare=False)  # other files that were read for it


class BadSources(ValueError):  # noqa: N818 - named for what was read
    """The file cannot be used; `faults` lists every fault, one line each; `files` are others that were read for it."""

    def __init__(self, faults: Sequence[str], files: frozenset[Path] = frozenset()) -> None:
        self.faults, self.files = tuple(faults), files
        super().__init__("\n".join(faults))


Wrong = Callable[[str], Iterable[str]]
"""What is wrong with a channel's name, in words."""


def load_sources(path: Path, kinds: Mapping[str, Kind], wrong: Wrong = lambda _channel: ()) -> Sources:
    """`read_sources` of a file, with what is `wrong` with its `alerts`. Raises `BadSources`, also for no such file."""
    try:
        return _sources(read_toml(path), kinds, wrong)
    except BadToml as fault:
        raise BadSources([str(fault)]) from None


def read_sources(text: str, file: str, kinds: Mapping[str, Kind]) -> Sources:
    """The sources that `text` describes. Raises `BadSources` with every fault in it."""
    try:
        return _sources(parse_toml(text, file), kinds, lambda _channel: ())
    except BadToml as fault:
        raise BadSources([str(fault)]) from None


def _sources(toml: Toml, kinds: Mapping[str, Kind], wrong: Wrong) -> Sources:
    file, data = toml.name, toml.data
    faults = [f"{file}: unknown table [{k}]; write [ingest] and [[source]]" for k in data if k not in _TABLES]
    ingest = Table(_table(data.get("ingest", {})), "ingest", 0, toml, faults)
    whole = Sources(
        private=frozenset(p.lower() for p in ingest.strings("private")), pace=ingest.span("pace", SECOND),
        at_once=ingest.number_in("at_once", 2, 1, 100), contact=ingest.text("contact"), alerts=ingest.text("alerts"),
    )  # fmt: skip
    ingest.rest()
    for why in wrong(whole.alerts) if whole.alerts else ():
        ingest.fault("alerts", f"{whole.alerts!r} {why}")
    if "source" not in data and not faults:  # an editor that empties a file and then writes must stop no source
        faults.append(f"{file}: no [[source]] in it; is it whole? `source = []` brings nothing in")
    found = data.get("source", [])
    if not isinstance(found, list) or not all(isinstance(t, dict) for t in found):
        raise BadSources([*faults, f"{file}: write each source as a [[source]] table"])
    tables = [Table(t, "source", i, toml, faults) for i, t in enumerate(found)]
    sources = [_source(table, kinds) for table in tables]
    faults += _twins(sources)
    files = frozenset(path for table in tables for path in table.named)
    if faults:
        raise BadSources(faults, files)
    return replace(whole, sources=tuple(sources), files=files)


_TABLES = ("ingest", "source")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"ingest": value}


def _source(table: Table, kinds: Mapping[str, Kind]) -> Source:
    name = table.text("name", needed=True)
    kind = table.text("kind", "feed")
    known = kinds.get(kind)
    if known is None:
        table.fault("kind", f"{kind!r} is no kind of source: {', '.join(sorted(kinds))}")
    url = table.text("url", needed=known is not None and known.needs_url)
    if url and urlsplit(url).scheme not in ("http", "https"):
        table.fault("url", "must begin with http:// or https://")
    outlet = table.text("outlet", name)
    if len(outlet) > SOURCE_CHARS or len(name) > SOURCE_CHARS:
        table.fault("name", f"may have {SOURCE_CHARS} characters")
    source = Source(
        name=name, kind=kind, outlet=outlet, url=url, lang=table.text("lang"), zone=_zone(table),
        every=table.span("every", 2 * MINUTE, _LEAST_EVERY), silence=table.span("silence", 0),
        headers=_headers(table), options=known.options(table) if known else {}, where=table.at(),
    )  # fmt: skip
    if known:
        table.rest()
    return source


def _zone(table: Table) -> str:
    zone = table.text("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        table.fault("zone", f"{zone!r} is no time zone: write Europe/Berlin")
        return "UTC"
    return zone


def _headers(table: Table) -> dict[str, str]:
    """Sent with every request; a value of `file:PATH` is read from that file, so that no key stands in the settings."""
    headers = {}
    for name, value in table.mapping("headers").items():
        told = value
        if value.startswith("file:"):
            try:
                told = table.naming(Path(value.removeprefix("file:"))).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as fault:
                table.fault("headers", f"{name}: {fault}")
                continue
        if not (name.isascii() and name.replace("-", "").isalnum() and told.isascii() and told.isprintable()):
            table.fault("headers", f"{name!r} cannot be sent")
            continue
        headers[name] = told
    return headers


def _twins(sources: Sequence[Source]) -> list[str]:
    first: dict[str, Source] = {}
    faults = []
    for source in sources:
        twin = first.setdefault(source.name, source)
        if twin is not source:
            faults.append(f"{source.where}: `name` {source.name!r} is taken ({twin.where})")
    return faults
