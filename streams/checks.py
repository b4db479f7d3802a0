"""Everything that would keep a worker from starting, found without starting or connecting to anything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from models.companies.identify import CompanyDirectory
from models.companies.load import BadDirectory
from models.relevance.model import BadModel
from streams.basics.toml_lines import Toml
from streams.knowledge import directory_in, model_in
from streams.names import CHANNELS, kind_of, place_of
from streams.settings.faults import holds
from streams.settings.load import gather_settings
from streams.settings.record import Settings, parse_webhooks
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, load_sources
from streams.watches.file import BadWatches, Choices, desk_of, open_watches
from streams.watches.watch import Desk
from streams.watches.words import few

_SLACK_ID: Final = re.compile(r"[CGD][A-Z0-9]{2,20}")


def speaking(role: str) -> bool:
    """Whether a worker of this role has what telling channels takes: one that only triages has no token."""
    return role != "triage"


def every_fault(
    config: Path | None, watches: Path | None = None, *, speaks: bool = True
) -> tuple[Desk | None, list[str]]:
    """The desk, when it can be read, and one line per fault; `speaks`: whether this process has to do with channels."""
    settings, faults = gather_settings(config)
    if watches:
        settings = replace(settings, watches=watches)
    choices = _choices(settings, faults)
    garbled = any("`webhooks`" in fault for fault in faults)
    speaks = speaks and not any("`slack_token`" in fault for fault in faults)
    try:
        toml = open_watches(settings.watches)
    except BadWatches as bad:
        return None, faults + list(bad.faults)
    silent = [] if garbled else unreachable(settings, toml, speaks=speaks)
    try:
        return desk_of(toml, choices), faults + silent
    except BadWatches as bad:
        return None, [*faults, *bad.faults, *silent]


def resolved(desk: Desk, directory: CompanyDirectory) -> Iterator[str]:
    """One line per company or group that a watch asks for: whom the directory takes it for."""
    names = {entry.id: entry.name for entry in directory.entries}
    for asked in dict.fromkeys(one for watch in desk.watches for one in watch.asked):
        yield f"{asked}: {few([names[company] for company in directory.company_of(asked)])}"


def source_faults(config: Path | None) -> list[str]:
    """One line per fault of the sources file, when there is one: only `tapewire ingest` needs it."""
    settings, faults = gather_settings(config)
    wrong = partial(wrong_with, replace(settings, webhooks="") if faults else settings)
    try:
        if not settings.sources.exists():
            return []
    except OSError:
        pass  # too long for a name: the reader says so
    try:
        load_sources(settings.sources, KINDS, wrong)
    except BadSources as bad:
        return list(bad.faults)
    return []


class _Anything(Collection[str]):
    """What a watch may name when nobody can say what there is: its own faults are the directory's or the model's."""

    def __contains__(self, _: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _choices(settings: Settings, faults: list[str]) -> Choices:
    """What watches are held against; the faults of directory and model are added."""
    choices = Choices(company_of=lambda one: frozenset({one}), tickers=(), categories=_Anything())
    try:
        if _usable(settings.directory, "*.toml"):
            directory = directory_in(settings.directory)
            choices = replace(
                choices, company_of=directory.company_of, tickers=directory.tickers, likely=directory.likely
            )
    except BadDirectory as bad:
        faults += [f"{settings.directory}: {fault}" for fault in bad.faults]
    try:
        if _usable(settings.model, "model.json"):
            choices = replace(choices, categories=model_in(settings.model).categories)
    except BadModel as bad:
        faults.append(str(bad))
    return choices


def _usable(folder: Path | None, file: str) -> bool:
    """Whether it is worth reading; the settings' own faults say it when the folder holds no such file."""
    return folder is None or holds(folder, file)


def unreachable(settings: Settings, toml: Toml, *, speaks: bool) -> list[str]:
    """Watches of the watch file, other faults in them or not, whose channel nothing could be sent to.

    Who does not speak lacks no token: it refuses what a name alone shows, as those that speak do.
    """
    wrong = _unreachable if speaks else wrong_with
    tables = toml.data.get("watch", [])
    return [
        f"{toml.where('channel', 'watch', n)}: watch {table.get('name')!r}: channel {channel!r} {why}"
        for n, table in enumerate(tables if isinstance(tables, list) else ())
        if isinstance(table, dict) and isinstance(channel := table.get("channel"), str) and channel.strip()
        for why in wrong(settings, channel.strip())
    ]


def wrong_with(settings: Settings, channel: str) -> Iterator[str]:
    """Why nothing could be sent to a channel, for a process that need not be the one which sends.

    Only who delivers has a token and webhooks: where there is neither, their absence says nothing.
    """
    silent = not (settings.slack_token or settings.webhooks)
    if not (silent and kind_of(channel) == "webhook"):
        yield from _unreachable(settings, channel, needs_token=False)


def _unreachable(settings: Settings, channel: str, *, needs_token: bool = True) -> Iterator[str]:
    kind, place = kind_of(channel), place_of(channel)
    if kind == "slack" and needs_token and not settings.slack_token:
        yield "needs a bot token: set TAPEWIRE_SLACK_TOKEN_FILE to a file that holds one"
    if kind == "slack" and not _SLACK_ID.fullmatch(place):
        yield "is no channel id: copy the id (C0...) from the channel's details in Slack"
    elif kind == "webhook" and place not in (names := parse_webhooks(settings.webhooks)):
        yield f"is not among `webhooks` ({', '.join(names) or 'none is set'})"
    elif kind not in CHANNELS:
        yield f"is of a kind nobody knows; write {' or '.join(CHANNELS.values())}"
