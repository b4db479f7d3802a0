"""Everything that would keep a worker from starting, found without starting or connecting to anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from models.companies.load import BadDirectory
from models.relevance.model import BadModel
from streams.assemble import channels_of
from streams.places import kind_of, place_of
from streams.settings import Settings, parse_webhooks
from streams.settings_load import gather_settings
from streams.silent import Knowledge, load_knowledge, read_desk
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, load_sources
from streams.toml_lines import read_toml
from streams.watch_file import BadWatches
from streams.watches import Desk

_SLACK_ID: Final = re.compile(r"[CGD][A-Z0-9]{2,20}")


def every_fault(
    config: Path | None, watches: Path | None = None, *, speaks: bool = True
) -> tuple[Desk | None, list[str]]:
    """The desk, when it can be read, and one line per fault; a worker that only triages speaks to no channel."""
    settings, faults = gather_settings(config)
    if watches:
        settings = replace(settings, watches=watches)
    known, more = _knowledge(settings)
    faults += more
    desk = None
    try:
        desk = read_desk(settings.watches, known)
    except BadWatches as bad:
        faults += bad.faults
    if desk and speaks and not any("`webhooks`" in fault for fault in faults):
        faults += unreachable(settings, desk)
    return desk, faults


def source_faults(config: Path | None) -> list[str]:
    """One line per fault of the sources file, when there is one: only `tapewire ingest` needs it."""
    settings, _ = gather_settings(config)
    if not settings.sources.exists():
        return []
    try:
        load_sources(settings.sources, KINDS)
    except BadSources as bad:
        return list(bad.faults)
    return []


def _knowledge(settings: Settings) -> tuple[Knowledge | None, list[str]]:
    directory, model = _held(settings.directory, "*.toml"), _held(settings.model, "model.json")
    try:
        return load_knowledge(directory, model), []
    except BadDirectory as bad:
        return None, [f"{settings.directory}: {fault}" for fault in bad.faults]
    except BadModel as bad:
        return None, [str(bad)]


def _held(folder: Path | None, file: str) -> Path | None:
    """The folder, if it holds such a file; the settings' own faults say it when it does not."""
    return folder if folder and any(folder.glob(file)) else None


def unreachable(settings: Settings, desk: Desk) -> list[str]:
    """Watches whose channel nothing could be sent to."""
    toml = read_toml(settings.watches)
    return [
        f"{toml.where('channel', 'watch', n)}: watch {watch.name!r}: channel {watch.channel!r} {why}"
        for n, watch in enumerate(desk.watches)
        for why in _unreachable(settings, watch.channel)
    ]


def _unreachable(settings: Settings, channel: str) -> Iterator[str]:
    kind, place = kind_of(channel), place_of(channel)
    if kind == "slack" and not settings.slack_token:
        yield "needs a bot token: set TAPEWIRE_SLACK_TOKEN_FILE"
    elif kind == "slack" and not _SLACK_ID.fullmatch(place):
        yield "is no channel id: copy the id (C0...) from the channel's details in Slack"
    elif kind == "webhook" and place not in (names := parse_webhooks(settings.webhooks)):
        yield f"is not among `webhooks` ({', '.join(names) or 'none is set'})"
    elif kind not in channels_of(settings):
        yield f"is of a kind nobody knows; known are {', '.join(sorted({'console', 'slack', 'webhook'}))}"
