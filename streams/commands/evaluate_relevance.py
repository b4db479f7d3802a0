"""`tapewire evaluate relevance FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from models.companies.identify import load_directory
from models.relevance import evaluate
from models.relevance.evaluate import macro_f1
from models.relevance.model import TRAINED, BadModel, load_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The labelled file, and how to print."""
    parser.add_argument("file", type=Path, help="JSON lines with id, lang, title, text, labels")
    parser.add_argument("--model", type=Path, help="folder of the model (default: the shipped one)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--errors", type=int, default=5, help="worst errors to show per category")


def run(options: argparse.Namespace) -> int:
    """Exit code 2 when the file or the model cannot be read, or nothing in the file can be measured."""
    try:
        model = load_model(options.model or TRAINED)
        rows = labelled_rows(options.file)
    except (BadModel, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    if unknown := sorted(frozenset[str]().union(*(row.labels for row in rows)) - {*model.categories}):
        print(f"{options.file}: no category of the model is called {', '.join(unknown)}: not measured", file=sys.stderr)
    scores = evaluate.probabilities(rows, model, load_directory())
    thresholds = model.card.thresholds
    found = evaluate.figures(rows, scores, model.categories, thresholds)
    alerts = evaluate.figures(rows, scores, model.categories, model.card.alert_thresholds)
    swept = evaluate.at_thresholds(rows, scores, model.categories)
    errors = evaluate.worst(rows, scores, model.categories, thresholds, options.errors)
    if options.json:
        said = {"model": model.version, **evaluate.as_json(found, alerts), "thresholds": swept, "errors": errors}
        print(orjson.dumps(said).decode())
    else:
        print(f"model {model.version}: macro-F1 {macro_f1(found):.3f}")
        print("relevant: what is about the category")
        _print_figures(found)
        print("told: what a watch is alerted to that sets no `min_probability`")
        _print_figures(alerts)
        _print_thresholds(swept)
        _print_errors(errors)
    return 0


def labelled_rows(file: Path) -> list[evaluate.Labelled]:
    """`evaluate.read_rows`. Raises ValueError that names the file, also when it has none."""
    try:
        rows = evaluate.read_rows(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{file}: {getattr(fault, 'strerror', None) or repr(fault)}") from None
    if not rows:
        raise ValueError(f"{file}: no labelled row is in it, so nothing can be measured")
    return rows


def _print_figures(found: Any) -> None:
    print(
        f"{'category':16} {'lang':4} {'n':>4} {'from':>5} {'P':>6} {'R':>6} {'F1':>6}  {'95 %':13} {'AP':>6} {'ECE':>6}"
    )
    for f in found:
        interval = f"{f.f1_low:.3f}-{f.f1_high:.3f}"
        print(
            f"{f.category:16} {f.lang:4} {f.carrying:4} {f.threshold:5.2f} {f.precision:6.3f} {f.recall:6.3f}"
            f" {f.f1:6.3f}  {interval:13} {f.average_precision:6.3f} {f.calibration_error:6.3f}"
        )


def _print_errors(errors: Any) -> None:
    for e in errors:
        print(f"{e['category']} {e['sort']} {e['probability']:.2f} {e['lang']} {e['title'][:90]}")


def _print_thresholds(swept: Any) -> None:
    print("precision/recall at other thresholds")
    for category in dict.fromkeys(c for c, *_ in swept):
        cells = [f"{t:.2f} {p:.3f}/{r:.3f}" for c, t, p, r in swept if c == category]
        print(f"{category:16} {'  '.join(cells)}")
