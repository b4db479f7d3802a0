"""What settings may not say of the connections to Kafka and Redis; each fault names its mend, never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from streams.kafka.cluster import tls_context
from streams.settings.read import shown
from streams.settings.record import Settings

_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
Fault = tuple[str, str]
"""The setting, and what is wrong with it."""


def address(text: str) -> tuple[str, int]:
    """`HOST:PORT` in two. Raises ValueError, never with a password in it."""
    found = _ADDRESS.fullmatch(text)
    if not found or not 0 < int(found[2]) <= 65_535:  # noqa: PLR2004 - the last port there is
        raise ValueError(f"{shown(text)} is no HOST:PORT")
    return found[1].strip("[]"), int(found[2])


def kafka_faults(settings: Settings) -> Iterator[Fault]:
    """Of the addresses of the brokers."""
    if "@" in settings.kafka:
        yield "kafka", "says who you are; write broker:9092 alone, and that into `kafka_user` and `kafka_password`"
        return
    for one in settings.kafka.split(","):
        try:
            address(one.strip())
        except ValueError as fault:
            yield "kafka", f"cannot be used: {fault}; write broker:9092, several separated by commas"


def sasl_faults(settings: Settings) -> Iterator[Fault]:
    """Of who we are to the brokers."""
    if not settings.cluster.authenticated:
        for name in ("kafka_user", "kafka_password", "kafka_token_path"):
            if getattr(settings, name):
                yield name, f"is not used with kafka_security = {settings.kafka_security}; set sasl_ssl"
    elif settings.kafka_sasl == "oauthbearer":
        if settings.kafka_token_path is None:
            yield "kafka_token_path", "is missing: oauthbearer needs a file with the token"
        else:
            yield from _readable("kafka_token_path", settings.kafka_token_path)
    else:
        for name in ("kafka_user", "kafka_password"):
            if not getattr(settings, name):
                yield name, f"is missing: {settings.kafka_sasl} needs user and password"


def tls_faults(settings: Settings) -> Iterator[Fault]:
    """Of the files of both TLS connections."""
    sides = (
        ("kafka", settings.cluster.encrypted, "kafka_security = ssl or sasl_ssl", settings.kafka_key_password),
        ("redis", settings.redis.startswith("rediss:"), "a rediss:// url", ""),
    )
    for side, spoken, how, key_password in sides:
        files = {name: getattr(settings, f"{side}_{name}") for name in ("ca", "cert", "key")}
        found = [fault for name, path in files.items() if path for fault in _readable(f"{side}_{name}", path)]
        if not spoken:
            found += [(f"{side}_{name}", f"is not used without TLS; set {how}") for name, path in files.items() if path]
        if files["key"] and not files["cert"]:
            found.append((f"{side}_cert", f"is missing: `{side}_key` is the key of a certificate"))
        if spoken and not found:
            found += _fitting(side, files, key_password)
        yield from found


def _fitting(side: str, files: Mapping[str, Path | None], key_password: str) -> Iterator[Fault]:
    for names in (("ca",), ("cert", "key")):
        chosen = {name: files[name] if name in names else None for name in files}
        if any(chosen.values()):
            try:
                tls_context(chosen["ca"], chosen["cert"], chosen["key"], key_password)
            except OSError as fault:
                reason = getattr(fault, "reason", None) or "not PEM"
                yield f"{side}_{names[0]}", f"cannot be used ({reason}); give PEM files that belong together"


def _readable(name: str, path: Path) -> Iterator[Fault]:
    try:
        path.open("rb").close()
    except OSError as fault:
        yield name, f"names {path}, which cannot be read: {fault.strerror}"


def redis_faults(settings: Settings) -> Iterator[Fault]:
    """Of the address of Redis, and of who we are there."""
    try:
        url = urlsplit(settings.redis)
        known = url.scheme in {"redis", "rediss", "unix"} and bool(url.hostname if url.scheme != "unix" else url.path)
        inside = bool(url.password)
        known = known and url.port != 0  # a port that is no number raises here
    except ValueError:
        known, inside = False, False
    if not known:
        yield "redis", "is no url of a Redis; write redis://host:6379/0, rediss://... for TLS"
    elif not (re.fullmatch(r"/?\d*", url.path) or url.scheme == "unix") or not re.fullmatch(r"(db=\d+)?", url.query):
        yield "redis", "may say which database and nothing else: redis://host:6379/0, unix:///path?db=0"
    if inside and settings.redis_password:
        yield "redis_password", "is given twice: the url in `redis` has a password too; take it out of the url"
    if settings.redis_user and not (settings.redis_password or inside):
        yield "redis_password", "is missing: `redis_user` needs one"
