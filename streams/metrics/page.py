"""The page `deploy/metrics.md`: `python -m streams.metrics.page > deploy/metrics.md` writes it from the table."""

from __future__ import annotations

import sys

from streams.metrics.names import ALL, OTHER, SOURCES, WATCHES_SHOWN


def page() -> str:
    """The whole page."""
    rows = [
        f"| `{m.full}` | {m.kind} | {', '.join(f'`{label}`' for label in m.labels)} | {m.words} |"
        for m in sorted(ALL, key=lambda m: m.name)
    ]
    return "\n".join(
        [
            "# Metrics",
            "",
            "Written by `python -m streams.metrics.page` from `streams/metrics/names.py`; a test keeps it fresh.",
            "Every worker serves them at `/metrics` beside `/live` and `/ready` (setting `health`).",
            f"The first {SOURCES} sources and {WATCHES_SHOWN} watches have their own label, the rest is `{OTHER}`.",
            "A histogram is exported as `NAME_bucket`, `NAME_sum` and `NAME_count`. The usual `process_*` are there",
            "too (`process_resident_memory_bytes`, `process_cpu_seconds_total`, `process_open_fds`).",
            "Counters and histograms begin at 0; a gauge is there once it was set: what a process does not look at, it",
            "does not tell.",
            "",
            "| name | type | labels | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(page())
