"""`tapewire train`: examples to a model, and its card."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from models.companies.identify import load_directory
from models.relevance.corpus import BadCorpus, categories_of, load_corpus, load_feedback, with_feedback
from models.relevance.model import TRAINED
from models.relevance.train import (
    CATEGORIES,
    held_out_figures,
    read_corpus,
    read_thresholds,
    save,
    train,
    without_unlabelled,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where examples come from and the model goes."""
    parser.add_argument(
        "--examples", type=Path, action="append", help="folder of *.jsonl (may be given more than once)"
    )
    parser.add_argument(
        "--feedback", type=Path, action="append",
        help="file or folder of reviewed feedback (may be given more than once): examples with a `lang`, learned too",
    )  # fmt: skip
    parser.add_argument("--categories", type=Path, help="thresholds per category (default: the shipped file)")
    parser.add_argument("--into", type=Path, help="folder of the model (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Exit code 2 when the examples cannot be trained on."""
    started = time.monotonic()
    try:
        file = options.categories or CATEGORIES
        whole = with_feedback(load_corpus(*(options.examples or ())), load_feedback(*(options.feedback or ())))
        corpus = without_unlabelled(file, whole)
        thresholds = read_thresholds(file, corpus)
        for name in sorted(thresholds.keys() - set(categories_of(corpus))):
            print(f"{file}: no example carries {name}, so the model will not know it", file=sys.stderr)
    except BadCorpus as bad:
        print(bad, file=sys.stderr)
        return 2
    trained = train(corpus, read_corpus(corpus, load_directory()))
    version = save(trained, thresholds, corpus, options.into or TRAINED)
    seconds = time.monotonic() - started
    print(f"{len(corpus)} examples, {len(trained.weights.vocabulary)} features, {', '.join(trained.categories)}")
    for name, threshold, precision, recall in held_out_figures(trained, corpus, thresholds):
        print(f"{name}: held out, precision {precision:.3f}, recall {recall:.3f} at {threshold}")
    print(f"model {version} in {seconds:.1f} s")
    return 0
