"""Measurements for Prometheus. Plain sums in dictionaries, written for one event loop: no locks, half a microsecond."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from streams.metrics.names import ALL, Kind, Metric

Labels = tuple[str, ...]
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class PrometheusMeter(Collector):
    """See `Meter`. A registry of its own: two workers in one process do not mix."""

    def __init__(self) -> None:
        self._values: dict[Metric, dict[Labels, float]] = defaultdict(dict)
        self._buckets: dict[Metric, dict[Labels, list[float]]] = defaultdict(dict)
        self._registry = CollectorRegistry()
        self._registry.register(self)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

    def count(self, metric: Metric, *labels: str, by: float = 1) -> None:
        """See `Meter.count`."""
        values = self._values[metric]
        values[labels] = values.get(labels, 0) + by

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """See `Meter.set`."""
        self._values[metric][labels] = value

    def observe(self, metric: Metric, values: Iterable[float], *labels: str) -> None:
        """See `Meter.observe`."""
        series = self._buckets[metric]
        if labels not in series:
            series[labels] = [0.0] * (len(metric.buckets) + 1)
        buckets, edges = series[labels], metric.buckets
        total = 0.0
        for value in values:
            buckets[bisect_left(edges, value)] += 1
            total += value
        self.count(metric, *labels, by=total)

    def clear(self, metric: Metric) -> None:
        """See `Meter.clear`."""
        self._values[metric].clear()

    def forget(self, metric: Metric, *labels: str) -> None:
        """See `Meter.forget`."""
        self._values[metric].pop(labels, None)

    def value(self, metric: Metric, *labels: str) -> float:
        """What a counter or gauge stands at, or the sum of a histogram; 0 when it was never touched."""
        return self._values[metric].get(labels, 0)

    def text(self) -> bytes:
        """See `Meter.text`."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Family]:
        """Every metric of the table, also those that nothing was counted of yet.

        A counter or histogram begins at 0; a gauge that nobody has set says nothing, as its 0 may mean a fault.
        """
        for metric in ALL:
            yield self._family(metric)

    def _family(self, metric: Metric) -> Family:
        name = f"tapewire_{metric.name}"
        values = self._values[metric] or ({} if metric.labels or metric.kind is Kind.GAUGE else {(): 0.0})
        if metric.kind is Kind.HISTOGRAM:
            family = HistogramMetricFamily(name, metric.words, labels=metric.labels)
            edges = [*(str(float(edge)) for edge in metric.buckets), "+Inf"]
            for labels, total in values.items():
                counts = self._buckets[metric].get(labels, [0.0] * len(edges))
                family.add_metric(labels, list(zip(edges, _running(counts), strict=True)), total)
            return family
        make = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
        simple = make(name, metric.words, labels=metric.labels)
        for labels, value in values.items():
            simple.add_metric(labels, value)
        return simple


def _running(counts: Iterable[float]) -> Iterator[float]:
    total = 0.0
    for count in counts:
        total += count
        yield total
