"""The port that measuring goes through, and its silent twin for replay, tests and whoever wants no numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from streams.metrics.names import Metric


class Meter(Protocol):
    """Takes measurements. Never raises, never waits; `labels` are in the order of the metric's names."""

    def count(self, metric: Metric, *labels: str, by: float = 1) -> None:
        """Add to a counter."""
        ...

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Set a gauge."""
        ...

    def observe(self, metric: Metric, values: Iterable[float], *labels: str) -> None:
        """Enter values into a histogram."""
        ...

    def clear(self, metric: Metric) -> None:
        """Forget a metric's labels: what is not set again is gone (a partition that went to another worker)."""
        ...

    def forget(self, metric: Metric, *labels: str) -> None:
        """Drop one series of a metric: nobody measures it any more."""
        ...

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        ...


class SilentMeter:
    """Measures nothing."""

    def count(self, metric: Metric, *labels: str, by: float = 1) -> None:
        """See `Meter.count`."""

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """See `Meter.set`."""

    def observe(self, metric: Metric, values: Iterable[float], *labels: str) -> None:
        """See `Meter.observe`."""

    def clear(self, metric: Metric) -> None:
        """See `Meter.clear`."""

    def forget(self, metric: Metric, *labels: str) -> None:
        """See `Meter.forget`."""

    def text(self) -> bytes:
        """See `Meter.text`."""
        return b""
