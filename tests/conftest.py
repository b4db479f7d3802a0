"""Shared parts. A missing service skips on a laptop with one clear line, and fails in CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from streams.embedded import EmbeddedKafka, EmbeddedRedis
from tests.apache_kafka import ApacheKafka, NoKafkaError, jars
from tests.browser import Browser, NoBrowserError

# Machines are shared and slow at times: speed is measured by `make bench`, never by a test's time limit.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

_K = TypeVar("_K", bound=ApacheKafka)


def absent(why: str) -> NoReturn:
    """Skip here, fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"in CI nothing may be missing: {why}")
    pytest.skip(why)


@contextmanager
def or_absent(start: Callable[[], _K]) -> Iterator[_K]:
    """A broker of one's own, stopped afterwards."""
    try:
        broker = start()
    except NoKafkaError as missing:
        absent(str(missing))
    try:
        yield broker
    finally:
        broker.stop()


def need_kafka() -> None:
    """For whoever starts a broker somewhere below."""
    try:
        jars()
    except NoKafkaError as missing:
        absent(str(missing))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of this session's own."""
    with EmbeddedRedis() as redis:
        yield redis.url


@pytest.fixture(scope="session")
def embedded_kafka() -> EmbeddedKafka:
    """librdkafka's mock broker."""
    return EmbeddedKafka()


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """A real Apache Kafka."""
    with or_absent(ApacheKafka) as broker:
        yield broker


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A real browser."""
    try:
        return Browser(tmp_path_factory.mktemp("browser"))
    except NoBrowserError as missing:
        absent(str(missing))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real articles, which are not part of the repository."""
    folder = Path(os.environ.get("TAPEWIRE_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "seeds" / "articles.jsonl").exists():
        pytest.skip("the real articles are not on this machine (TAPEWIRE_SHARED)")
    return folder
