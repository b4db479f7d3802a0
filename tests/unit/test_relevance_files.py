"""A model's files: whole and fitting, or refused in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.relevance.model import TRAINED, BadModel, load_model


def card(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what model.json says."""
    said = json.loads((folder / "model.json").read_text())
    change(said)
    (folder / "model.json").write_text(json.dumps(said))


def half(path: Path) -> None:
    """As it lies there while it is copied."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def shorter(folder: Path, name: str) -> None:
    """One number too few in one of the arrays."""
    with np.load(folder / "weights.npz") as arrays:
        changed = {key: arrays[key][:-1] if key == name else arrays[key] for key in arrays}
    np.savez(folder / "weights.npz", **changed)


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda f: (f / "model.json").unlink(), "No such file"),
    "another format": (lambda f: card(f, lambda said: said.update(format=99)), "format 99, this code reads 5"),
    "no version": (lambda f: card(f, lambda said: said.pop("version")), "version"),
    "a threshold in words": (lambda f: card(f, lambda said: said.update(thresholds=["high"] * 3)), "float"),
    "a list": (lambda f: (f / "model.json").write_text("[]"), "list"),
    "half a card": (lambda f: half(f / "model.json"), "JSON"),
    "half the weights": (lambda f: half(f / "weights.npz"), "zip"),
    "empty weights": (lambda f: (f / "weights.npz").write_bytes(b""), "EOFError"),
    "other weights": (lambda f: (f / "weights.npz").write_bytes(b"PK not really"), "ValueError"),
    "code that reads otherwise": (lambda f: card(f, lambda said: said.update(reads="0" * 16)), "another version of this"),
    "weights of another training": (lambda f: card(f, lambda said: said.update(weights="0" * 16)), "another training"),
    "too few thresholds": (lambda f: card(f, lambda said: said["thresholds"].pop()), "thresholds 2, not 3"),
    "too few alert thresholds": (lambda f: card(f, lambda said: said["alert_thresholds"].pop()), "alert_thresholds 2"),
    "too few slopes": (lambda f: card(f, lambda said: said["slopes"].pop()), "slopes 2, not 3"),
    **{f"a short {name}": (partial(shorter, name=name), f"{name} .*, not") for name in ("bias", "rows")},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_model_that_is_not_whole_or_does_not_fit_is_refused(tmp_path: Path, fault: str) -> None:
    """With what is wrong and how to mend it: taken, it would fail article by article."""
    shutil.copytree(TRAINED, tmp_path / "model")
    make, words = FAULTS[fault]
    make(tmp_path / "model")
    with pytest.raises(BadModel, match=f"{words}.*; run `tapewire train`"):
        load_model(tmp_path / "model")
