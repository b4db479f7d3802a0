"""Where a worker's time goes, from the metrics it exports."""

from __future__ import annotations

import urllib.request
from collections import defaultdict

from prometheus_client.parser import text_string_to_metric_families

from tests.soak.crew import Crew


def sums(crew: Crew, name: str, label: str) -> dict[str, tuple[float, float]]:
    """For each value of the label: seconds and observations, over all workers that answer."""
    found: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for worker in crew.workers.values():
        for family in text_string_to_metric_families(_scraped(worker.health)):
            for sample in family.samples:
                seconds, count = found[sample.labels.get(label, "")]
                if sample.name == f"{name}_sum":
                    found[sample.labels[label]] = (seconds + sample.value, count)
                elif sample.name == f"{name}_count":
                    found[sample.labels[label]] = (seconds, count + sample.value)
    return {value: pair for value, pair in found.items() if pair[1]}


def _scraped(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def shares(crew: Crew, articles: int) -> list[tuple[str, str]]:
    """Each stage's share of the time spent in stages, and its milliseconds an article; then round trips and posts."""
    stages = sums(crew, "tapewire_stage_seconds", "stage")
    total = sum(seconds for seconds, _ in stages.values())
    rows = [
        (f"stage {stage}", f"{seconds / total:.0%}, {seconds / articles * 1_000:.2f} ms an article")
        for stage, (seconds, _) in sorted(stages.items(), key=lambda row: -row[1][0])
    ]
    for name, label, what in (("redis", "part", "Redis round trip"), ("post", "channel", "post to")):
        for value, (seconds, count) in sums(crew, f"tapewire_{name}_seconds", label).items():
            rows.append((f"{what} {value}", f"{seconds / count * 1_000:.1f} ms on average, {count:.0f} times"))
    return rows
