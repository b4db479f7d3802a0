"""What settings may not say, alone and together; each fault names its place and its mend, never a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from streams.basics.times import DAY, HOUR, MINUTE, SECOND, span_words
from streams.settings.connections import Fault, address, kafka_faults, redis_faults, sasl_faults, tls_faults
from streams.settings.record import Settings, is_local, is_safe, parse_webhooks
from streams.watches.quiet import check_zone

_WITHIN: Final[dict[str, tuple[int, int]]] = {
    "batch": (1, 10_000),
    "topic_partitions": (1, 1_000),
    "topic_replication": (1, 20),
    "topic_min_insync": (1, 20),
    "stories_most": (1_000, 1_000_000_000),
}
_BETWEEN: Final[dict[str, tuple[int, int]]] = {
    "reload": (0, HOUR),
    "slack_pace": (0, MINUTE),
    "slack_team_pace": (0, MINUTE),
    "slack_timeout": (100, 2 * MINUTE),
    "lease": (SECOND, 10 * MINUTE),
    "settle": (0, HOUR),
    "reread": (0, HOUR),
    "batch_wait": (0, 5 * SECOND),
    "session_timeout": (SECOND, 10 * MINUTE),
    "commit_interval": (50, MINUTE),
    "stall": (5 * SECOND, DAY),
    "catch_up": (HOUR, 3_650 * DAY),
    "topic_keep": (HOUR, 3_650 * DAY),
}
_PREFIX: Final = re.compile(r"[A-Za-z0-9._-]{0,100}")
_TOKEN: Final = re.compile(r"(?:xoxe\.)?xox[a-z]+-\S+")
_APP_TOKEN: Final = re.compile(r"xapp-\S+")


def contradictions(settings: Settings, places: Mapping[str, str]) -> list[str]:
    """Every fault of settings that were read; `places` says where each was given."""
    rules: tuple[Callable[[Settings], Iterator[Fault]], ...] = (
        _ranges,
        kafka_faults,
        sasl_faults,
        tls_faults,
        redis_faults,
        _webhooks,
        _slack,
        _rest,
    )
    return [
        f"{places[name]}: `{name}` {words}" if name in places else f"`{name}` {words}"
        for rule in rules
        for name, words in rule(settings)
    ]


def holds(folder: Path, pattern: str) -> bool:
    """Whether there is a folder with such files in it."""
    try:
        return any(folder.glob(pattern))
    except OSError:  # too long for a name
        return False


def _ranges(settings: Settings) -> Iterator[Fault]:
    for name, (low, high) in _WITHIN.items():
        if not low <= getattr(settings, name) <= high:
            yield name, f"must be from {low} to {high}"
    for name, (low, high) in _BETWEEN.items():
        if not low <= getattr(settings, name) <= high:
            yield name, f"must be from {span_words(low)} to {span_words(high)}"
    if settings.lease <= settings.slack_timeout + SECOND:
        yield "lease", "must be at least a second longer than `slack_timeout`, or a slow post looks lost"
    if settings.stall < 2 * settings.session_timeout:
        yield "stall", "must be at least twice `session_timeout`, or a rebalance looks like a standstill"
    if settings.topic_min_insync > settings.topic_replication:
        yield "topic_min_insync", "is more than `topic_replication`: nothing could ever be written"


def _webhooks(settings: Settings) -> Iterator[Fault]:
    try:
        hooks = [f"webhook:{name}" for name in parse_webhooks(settings.webhooks)]
    except ValueError as fault:
        yield "webhooks", f"cannot be used: {fault}"
        hooks = [settings.alarm]  # nobody knows
    if settings.alarm and settings.alarm.split(":")[0] not in {"webhook", "console"}:
        yield "alarm", "must be webhook:NAME or console: an alarm about Slack does not go to Slack"
    elif settings.alarm and settings.alarm not in {"console", *hooks}:
        yield "alarm", "names no webhook of `webhooks`: nobody would hear it"


def _slack(settings: Settings) -> Iterator[Fault]:
    if settings.slack_token and not _TOKEN.fullmatch(settings.slack_token):
        yield "slack_token", "is no Slack token; a bot token begins with xoxb-"
    if settings.slack_app_token and not _APP_TOKEN.fullmatch(settings.slack_app_token):
        yield "slack_app_token", "is no app-level Slack token; one begins with xapp-"
    if settings.slack_app_token and not settings.slack_token:
        yield "slack_app_token", "hears clicks on alerts that `slack_token` would have to post: give both"
    if settings.desk_users and not settings.desk_users.replace(",", " ").split():
        yield "desk_users", "names nobody, and would mean everybody; leave it out for that"
    if not is_safe(settings.slack_url):
        yield "slack_url", "must be https://...; http only to this machine, for it carries the token"


def _rest(settings: Settings) -> Iterator[Fault]:
    if not _PREFIX.fullmatch(settings.prefix):
        yield "prefix", "may only hold letters, digits, dot, dash and underline, 100 at most: it becomes topic names"
    for name, file in (("model", "model.json"), ("directory", "*.toml")):
        folder: Path | None = getattr(settings, name)
        if folder is not None and not holds(folder, file):
            yield name, f"names {folder}, which is no folder with {file} in it"
    try:
        check_zone(settings.zone)
    except ValueError as fault:
        yield "zone", f"cannot be used: {fault}"
    if settings.health == "off":
        return
    try:
        host, _ = address(settings.health)
    except ValueError as fault:
        yield "health", f"cannot be used: {fault}; write 127.0.0.1:9644, or off"
        return
    if not is_local(host) and not settings.health_token:
        yield "health_token", f"is missing: {host} can be reached from outside, so /metrics needs a token"
