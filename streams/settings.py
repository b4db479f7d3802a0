"""Settings: `tapewire.toml` and TAPEWIRE_* variables (which win) to one frozen record; all faults at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from streams.times import MINUTE, SECOND, parse_span

PREFIX = "TAPEWIRE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a run can be told. Every field can be given in the file and in the environment."""

    kafka: str = "127.0.0.1:9092"
    redis: str = "redis://127.0.0.1:6379/0"
    prefix: str = ""
    watches: Path = Path("watches.toml")
    sources: Path = Path("sources.toml")  # what `tapewire ingest` brings in
    slack_token: str = ""
    webhooks: str = ""  # NAME=url, separated by spaces: channels `webhook:NAME`, at-least-once
    slack_url: str = "https://slack.com/api/"
    slack_pace: int = SECOND  # between two posts to one channel
    slack_team_pace: int = 250  # between two posts to the workspace, on average
    slack_timeout: int = 10 * SECOND
    lease: int = 15 * SECOND  # longer than slack_timeout: an expired lease means doubt
    settle: int = 30 * SECOND  # how long Slack may take to show a message it accepted
    reread: int = 15 * SECOND  # between the two clean reads that allow a second post
    batch: int = 128
    batch_wait: int = 20  # how long a lone article waits for company
    session_timeout: int = 6 * SECOND  # the fastest that a broker with default settings accepts
    commit_interval: int = 500
    stall: int = 2 * MINUTE  # no progress for so long, with work waiting: the worker exits to be restarted
    embedded: bool = False  # the broker is librdkafka's mock: work around what it does not do


class BadSettings(ValueError):  # noqa: N818 - named for what was read
    """Settings that cannot be used; `faults` lists every fault, one line each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def _boolean(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise ValueError("write true or false")
    return known[text.lower()]


def _span(text: str) -> int:
    return int(text) if text.isdigit() else parse_span(text)


_READERS: dict[str, Callable[[str], Any]] = {"str": str, "int": _span, "bool": _boolean, "Path": Path}


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the file (`tapewire.toml` when it exists), then the environment. Raises `BadSettings`."""
    environment = os.environ if environment is None else environment
    named = file or (Path(environment[PREFIX + "CONFIG"]) if PREFIX + "CONFIG" in environment else None)
    faults: list[str] = []
    values: dict[str, Any] = {}
    known = {f.name: str(f.type) for f in fields(Settings)}
    for name, text, where in [*_from_file(named, faults), *_from_environment(environment)]:
        if name not in known:
            faults.append(f"{where}: unknown setting `{name}`")
            continue
        try:
            values[name] = _READERS[known[name]](text)
        except ValueError as fault:
            faults.append(f"{where}: `{name}` = {'(secret)' if _is_secret(name) else repr(text)}: {fault}")
    settings = Settings(**values) if not faults else Settings()
    faults += _contradictions(settings)
    if faults:
        raise BadSettings(faults)
    return settings


def _from_file(named: Path | None, faults: list[str]) -> list[tuple[str, str, str]]:
    import tomllib  # noqa: PLC0415 - keeps `tapewire --help` quick

    path = named or Path("tapewire.toml")
    if named is None and not path.exists():
        return []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        faults.append(f"{path}: {fault}")
        return []
    return [(name, str(value), str(path)) for name, value in data.items()]


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    known = {f.name for f in fields(Settings)}
    found = []
    for variable, value in environment.items():
        text, name = value, variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name == "config":
            continue
        if name.endswith("_file") and name.removesuffix("_file") in known:
            name, text = name.removesuffix("_file"), _secret(Path(value))
        if name in known:  # other TAPEWIRE_ variables steer tests and tools
            found.append((name, text, variable))
    return found


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise BadSettings([f"{path}: {fault}"]) from None


def parse_webhooks(text: str) -> dict[str, str]:
    """`ops=https://... desk=https://...` to urls by name. Raises ValueError, never with a url in it."""
    urls: dict[str, str] = {}
    for part in text.split():
        name, equals, url = part.partition("=")
        if not name or not equals or not url.startswith(("https://", "http://127.0.0.1")):
            raise ValueError("write webhooks as NAME=https://..., separated by spaces")
        urls[name] = url
    return urls


def _is_secret(name: str) -> bool:
    return "token" in name or name == "webhooks"


def _contradictions(settings: Settings) -> list[str]:
    faults = []
    try:
        parse_webhooks(settings.webhooks)
    except ValueError as fault:
        faults.append(f"`webhooks`: {fault}")
    if settings.lease <= settings.slack_timeout + SECOND:
        faults.append("`lease` must be at least a second longer than `slack_timeout`, or a slow post looks lost")
    if not 1 <= settings.batch <= 10_000:  # noqa: PLR2004 - stated in the message
        faults.append("`batch` must be from 1 to 10000")
    return faults
