"""`tapewire card FILE`: measures the shipped model on a labelled file and writes its card, tables included."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.companies.identify import load_directory
from models.relevance import evaluate
from models.relevance.compare import Trial, compare, curve
from models.relevance.corpus import Example, load_corpus
from models.relevance.evaluate import macro_f1
from models.relevance.model import TRAINED, load_model
from models.relevance.train import read_corpus
from streams.commands.evaluate_relevance import labelled_rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure on, and where the card goes."""
    parser.add_argument("file", type=Path, help="labelled JSON lines, as for `evaluate relevance`")
    parser.add_argument("--into", type=Path, help="the card (default: models/relevance/card.md)")
    parser.add_argument("--steps", type=int, default=6, help="points of the learning curve")


def run(options: argparse.Namespace) -> int:
    """Writes the card; takes some minutes, since every design is trained. Exit code 2 without labelled rows."""
    try:
        rows = labelled_rows(options.file)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 2
    return _measured_on(rows, options)


def _measured_on(rows: Sequence[evaluate.Labelled], options: argparse.Namespace) -> int:
    model, directory, corpus = load_model(), load_directory(), load_corpus()
    as_examples = [
        Example(title=r.title, text=r.text, categories=r.labels, kind="", lang=r.lang, file="", line=0) for r in rows
    ]
    readings, seen = read_corpus(corpus, directory), read_corpus(as_examples, directory)
    scores = evaluate.probabilities(rows, model, directory)
    figures = evaluate.figures(rows, scores, model.categories, model.card.thresholds)
    trial = Trial.of(corpus, readings, rows, seen)
    designs, growth = compare(trial), curve(trial, options.steps)
    measured = f"trained on {len(corpus)} examples written by us; measured on {len(rows)} real published headlines"
    alerts = evaluate.figures(rows, scores, model.categories, model.card.alert_thresholds)
    card = _card(f"Model `{model.version}`, {measured}", figures, alerts, designs, growth)
    (options.into or TRAINED.parent / "card.md").write_text(card, encoding="utf-8")
    print(card)
    return 0


def _card(model: str, figures: Any, alerts: Any, designs: Sequence[Any], growth: Sequence[Any]) -> str:
    lines = [
        "# Model card: relevance",
        "",
        f"Written by `tapewire card FILE`. {model}",
        "(with leads where there are any), German and English, labelled by the categories' rules and never trained on.",
        "Rows on which two blind readers differed are left out.",
        "",
        f"**Macro-F1 at the shipped thresholds: {macro_f1(figures):.3f}**",
        "",
        "From here an article counts as relevant (`threshold`):",
        "",
        *_measured(figures),
        "",
        "From here it is told to a watch that sets no `min_probability` (`alert`):",
        "",
        *_told(alerts),
        "",
        "## Designs compared",
        "",
        "All learned from the same three quarters.",
        "",
        *_table("design", designs),
        "",
        "## Learning curve",
        "",
        "Growing random parts of three quarters of the corpus, the shipped design.",
        "",
        *_table("corpus", growth),
        "",
        *_THRESHOLDS,
        "",
    ]
    return "\n".join(lines)


def _measured(figures: Any) -> list[str]:
    head = [
        "| category | language | carrying it | precision | recall | F1 (95 %) | AP | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return head + [
        f"| {f.category} | {f.lang} | {f.carrying} | {f.precision:.3f} | {f.recall:.3f} |"
        f" {f.f1:.3f} ({f.f1_low:.3f}-{f.f1_high:.3f}) | {f.average_precision:.3f} | {f.calibration_error:.3f} |"
        for f in figures
    ]


def _told(alerts: Any) -> list[str]:
    head = ["| category | language | carrying it | from | precision | recall |", "|---|---|---|---|---|---|"]
    return head + [
        f"| {f.category} | {f.lang} | {f.carrying} | {f.threshold:.2f} | {f.precision:.3f} | {f.recall:.3f} |"
        for f in alerts
    ]


_THRESHOLDS = (
    "How the thresholds were chosen: `categories.toml`. The rows in",
    "`contrast.<category>.*` were written against kinds of confusion that were seen on these headlines, by writers who",
    "saw none of them: the figures above are a little optimistic by that.",
)


def _table(first: str, rows: Sequence[Any]) -> list[str]:
    head = [
        f"| {first} | best F1, own held-out quarter | average precision, real headlines | best F1, real headlines |",
        "|---|---|---|---|",
    ]
    return head + [f"| {r.name} | {r.folds_f1:.3f} | {r.average_precision:.3f} | {r.best_f1:.3f} |" for r in rows]
