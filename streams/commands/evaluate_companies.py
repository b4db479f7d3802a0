"""`tapewire evaluate companies`: precision and recall of companies on a file of labelled sentences."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from models.companies.evaluate import measure
from models.companies.identify import load_directory
from models.companies.labelled import BadRows, read_rows
from models.companies.load import BadDirectory
from models.companies.universe import from_pytickersymbols, made_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and how to print."""
    parser.add_argument(
        "file", type=Path, help="JSON lines: id, lang, text, companies, hard_negative, optional, disputed"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--extra-names", type=int, default=0, metavar="N", help="switch on N generated company names")
    parser.add_argument("--errors", type=int, default=20, metavar="N", help="how many of the worst mistakes to show")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when it was measured, 2 when a file cannot be read."""
    try:
        with options.file.open("rb") as lines:
            rows = read_rows(lines, str(options.file))
        report = measure(load_directory(extra=extra_names(options.extra_names)), rows)
    except (BadRows, BadDirectory) as bad:
        print(bad, file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"{options.file}: {fault.strerror}", file=sys.stderr)
        return 2
    if options.json:
        print_json(report, options.errors)
    else:
        print_table(report, options.errors)
    return 0


def extra_names(number: int) -> list[Any]:
    """Names of listed companies as pytickersymbols has them, when it is installed, and made-up ones behind them."""
    if not number:
        return []
    try:
        real = from_pytickersymbols()
    except ImportError:
        real = []
    return [*real, *made_up(number)][:number]


def print_json(report: Any, errors: int) -> None:
    """Figures per language and the worst mistakes, as one object."""
    mistakes = [
        {"id": m.id, "lang": m.lang, "text": m.text, "false": m.false, "missed": m.missed, "roles": m.roles}
        for m in report.mistakes[:errors]
    ]
    figures = {lang: f.as_dict() for lang, f in report.figures.items()}
    print(orjson.dumps({"figures": figures, "mistakes": mistakes}).decode())


def print_table(report: Any, errors: int) -> None:
    """A line per language, then a line per mistake."""
    print(f"{'':4} {'rows':>5} {'P':>7} {'R':>7} {'F1':>7}   subject P/R/F1     hard negatives clean")
    for lang, f in report.figures.items():
        c, s = f.found, f.subjects
        hard = f"{f.clean}/{f.hard}" if f.hard else "-"
        print(
            f"{lang:4} {f.rows:5} {c.precision:7.3f} {c.recall:7.3f} {c.f1:7.3f}"
            f"   {s.precision:.2f}/{s.recall:.2f}/{s.f1:.3f}     {hard}"
        )
    for m in report.mistakes[:errors]:
        parts = (("false", m.false), ("missed", m.missed), ("role", m.roles))
        words = "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
        print(f"{m.lang} {m.id}: {words} | {m.text[:160]}")
