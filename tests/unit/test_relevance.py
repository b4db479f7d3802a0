"""relevance: judgements, their words, their training, and files that do not fit."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.companies.identify import load_directory
from models.relevance.corpus import EXAMPLES, BadCorpus, digest, load_corpus, load_feedback, with_feedback
from models.relevance.model import TRAINED, Model, load_model
from models.relevance.parts import read
from models.relevance.tokens import masked
from models.relevance.train import LIGHTEST, Matrix, Thresholds, code_digest, read_corpus, read_thresholds, save, train
from streams.commands import train as train_command
from streams.records import Article, Relevance, evolve
from tests.build import arrival


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return load_model()


def article(title: str, text: str = "", lang: str = "en") -> Article:
    """An article as it stands before classify."""
    return evolve(arrival(b""), title=title, text=text, lang=lang, companies=())


def judged(model: Model, title: str, text: str = "", lang: str = "en") -> dict[str, Relevance]:
    """Category to relevance."""
    one = article(title, text, lang)
    (found,) = model.explain([evolve(one, relevances=model.classify([one])[0])])
    return {r.category: r for r in found}


CLEAR = [
    ("en", "US bars exports of advanced AI chips to two more countries without a licence", "export_controls"),
    ("de", "Bundesregierung untersagt Export von Spezialmaschinen nach Russland", "export_controls"),
    ("en", "Steelmaker to invest $2 billion in new plant in Ohio", "capex"),
    ("de", "Chiphersteller baut Fabrik in Dresden für fünf Milliarden Euro", "capex"),
    ("en", "Robotics start-up raises $40 million in Series B round led by pension fund", "funding_rounds"),
    ("de", "Start-up sammelt 20 Millionen Euro in Finanzierungsrunde ein", "funding_rounds"),
]
NOTHING = [
    ("en", "Ten recipes for a rainy weekend"),
    ("de", "Sturm legt Bahnverkehr im Norden lahm"),
    ("en", "Retailer announces $3 billion share buyback and lifts dividend"),
    ("de", "Verein verliert drittes Spiel in Folge"),
    ("en", "Phone maker unveils cheaper foldable at trade show"),
]


@pytest.mark.parametrize(("lang", "title", "category"), CLEAR)
def test_a_clear_case_is_relevant_for_its_category(model: Model, lang: str, title: str, category: str) -> None:
    """Both languages, every category."""
    assert judged(model, title, lang=lang)[category].relevant


@pytest.mark.parametrize(("lang", "title"), NOTHING)
def test_everyday_news_and_near_misses_carry_nothing(model: Model, lang: str, title: str) -> None:
    """Neither words about money nor about companies are enough."""
    assert [r.category for r in judged(model, title, lang=lang).values() if r.relevant] == []


def test_a_language_the_model_cannot_read_is_not_judged(model: Model) -> None:
    """It says nothing rather than guess."""
    assert judged(model, "La Chine interdit les exportations de gallium", lang="fr") == {}


def test_probabilities_do_not_depend_on_the_batch(model: Model) -> None:
    """One by one or together: the same figures."""
    articles = [article(t, lang=lang) for lang, t, _ in CLEAR]
    together = model.classify(articles)
    alone = [model.classify([a])[0] for a in articles]
    for a, b in zip(together, alone, strict=True):
        assert [r.probability for r in a] == pytest.approx([r.probability for r in b], abs=1e-5)


@pytest.mark.parametrize(("lang", "title", "category"), CLEAR)
def test_the_words_that_carried_a_judgement_are_true_to_the_model(
    model: Model, lang: str, title: str, category: str
) -> None:
    """In reading order; without any of them the probability is lower."""
    found = judged(model, title, lang=lang)[category]
    assert found.terms
    places = [title.index(t) for t in found.terms]
    assert places == sorted(places)
    for term in found.terms:
        rest = re.sub(rf"\b{re.escape(term)}\b", " ", title)
        assert judged(model, rest, lang=lang)[category].probability < found.probability


def test_a_judgement_without_a_word_to_show_has_none(model: Model) -> None:
    """Figures carry nothing that people could read; nor is anything shown for what nobody asks about."""
    sure, low = (Relevance(category="capex", probability=p, threshold=0.5) for p in (0.9, 0.1))
    bare, idle = (evolve(article(t), relevances=(r,)) for t, r in (("12 34", sure), ("Alibaba to build a plant", low)))
    assert model.explain([bare, idle]) == [(sure,), (low,)]


def test_a_relevant_sentence_deep_in_a_long_text_is_found(model: Model) -> None:
    """Later sentences are judged each as a headline; the best one counts."""
    filler = "The weather was mild and the market square was busy with visitors all day long. " * 8
    deep = "The company raised $300 million in a Series C funding round led by existing investors. "
    shallow = judged(model, "Software firm news", filler)["funding_rounds"].probability
    assert judged(model, "Software firm news", filler + deep)["funding_rounds"].probability > shallow + 0.3


def test_amounts_are_masked_to_what_they_are() -> None:
    """Both languages' spellings of one amount read alike."""
    assert masked("$3.2bn")[-1:] == masked("3,2 Mrd. US-Dollar")[:1] == ["_bn_"]
    assert masked("up 4.8 %") == ["up", "_pct_"]
    assert masked("in 2026") == ["in", "_year_"]


def test_names_are_masked_before_reading() -> None:
    """A company's name carries no weight of its own."""
    one = read("Alibaba raises money", "", [(0, 7)])
    two = read("Nvidia raises money", "", [(0, 6)])
    assert one == two


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_is_judged(title: str, text: str) -> None:
    """Whatever stands in it: a probability between 0 and 1 for every category."""
    found = load_model_once().classify([article(title, text)])[0]
    assert all(0.0 <= r.probability <= 1.0 for r in found)


_loaded: list[Model] = []


def load_model_once() -> Model:
    """Hypothesis calls often."""
    if not _loaded:
        _loaded.append(load_model())
    return _loaded[0]


def _small(folder: Path, per_file: int = 60) -> Path:
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()[:per_file]
        (folder / path.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_scorer_adds_up_what_training_learned(tmp_path: Path) -> None:
    """The fast path gives scikit-learn's decision function."""
    corpus = load_corpus(_small(tmp_path, 30))
    readings = read_corpus(corpus, load_directory())
    trained = train(corpus, readings)
    save(trained, dict.fromkeys(trained.categories, Thresholds(0.5, 0.6)), corpus, tmp_path / "model")
    model = load_model(tmp_path / "model")
    fast = model.scorer.scores([r.windows[0] for r in readings])
    matrix = Matrix(readings)
    learned, at = trained.weights, {name: column for column, name in enumerate(matrix.names)}
    values = (matrix.rows / matrix.scales).tocsr()[:, [at[name] for name in learned.vocabulary]]
    assert np.abs(fast - (values @ learned.rows + learned.bias)).max() < 1e-3


def test_a_feature_that_hardly_moves_a_score_is_left_out(tmp_path: Path) -> None:
    """But for concepts, whose numbers the pairs are made of."""
    corpus = load_corpus(_small(tmp_path, 30))
    learned = train(corpus).weights
    weight = dict(zip(learned.vocabulary, np.abs(learned.rows).max(axis=1), strict=True))
    assert min(w for name, w in weight.items() if name[0] != "c") >= LIGHTEST * 0.999  # stored in half precision
    assert len(weight) < 0.9 * len(Matrix([read(e.title, e.text) for e in corpus]).names)


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Deterministic: same corpus, same weights file."""
    corpus = load_corpus(_small(tmp_path, 30))
    for name in ("a", "b"):
        trained = train(corpus, read_corpus(corpus, load_directory()))
        save(trained, dict.fromkeys(trained.categories, Thresholds(0.5, 0.6)), corpus, tmp_path / name)
    assert (tmp_path / "a" / "weights.npz").read_bytes() == (tmp_path / "b" / "weights.npz").read_bytes()
    assert (tmp_path / "a" / "model.json").read_bytes() == (tmp_path / "b" / "model.json").read_bytes()


MERGERS = [
    "Brewer agrees to merge with rival in all-share deal", "Two regional banks to merge, creating lender with 4 million clients",
    "Miner agrees takeover of smelter for $3 billion", "Grocer to buy discount chain in cash and stock",
    "Chip designer to acquire photonics firm", "Merger of two ferry operators cleared by regulator",
    "Insurer agrees to be taken over by larger rival", "Drug maker buys biotech for $1.2 billion to fill pipeline",
    "Court blocks merger of airline and holiday group", "Shareholders approve merger of cement makers",
    "Steel groups call off merger after talks fail", "Software firm sells itself to private equity in $5 billion deal",
    "Takeover battle: third bidder emerges for packaging group", "Telecom operators agree all-share merger",
    "Publisher completes acquisition of podcast studio", "Car parts maker rejects takeover bid from competitor",
    "Board backs sweetened takeover offer from rival", "Energy groups agree to merge in deal worth $20 billion",
    "Retailers in merger talks, sources say", "Railway group to acquire freight operator, pending approval",
    "Bank drops hostile bid for smaller lender", "Bookmakers to merge in all-stock transaction",
    "Antitrust authority opens probe into merger of food groups", "Fintech acquired by card network for $900 million",
    "Hotel chains agree to merge, shares rise", "Shipbuilder takes over yard in friendly deal",
    "Miners agree to combine in all-share merger of equals", "Toy maker to buy game studio, deal to close in spring",
    "Logistics group acquires courier to expand in Asia", "Two law firms agree to merge",
]  # fmt: skip


def test_a_category_is_added_with_one_file_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mergers, trained in a folder of their own, fire on a merger and on nothing else."""
    _small(tmp_path, 45)
    rows = MERGERS
    lines = [json.dumps({"title": r, "text": "", "categories": ["mergers"], "kind": "merger"}) for r in rows]
    (tmp_path / "mergers.en.jsonl").write_text("\n".join(lines))
    thresholds = (
        TRAINED.parent / "categories.toml"
    ).read_text() + "\n[mergers]\nthreshold = 0.5\nleaves_out = ['acqui', 'merger', 'takeover', 'stake']\n"
    (tmp_path / "categories.toml").write_text(thresholds)
    reviewed = tmp_path / "reviewed.json"
    reviewed.write_text(json.dumps({"title": rows[0], "categories": ["mergers"], "lang": "en", "text": "Reviewed."}))
    options = argparse.Namespace(
        examples=[tmp_path], feedback=[reviewed], categories=tmp_path / "categories.toml", into=tmp_path / "model"
    )
    assert train_command.run(options) == 0
    assert "mergers" in capsys.readouterr().out
    model = load_model(tmp_path / "model")
    found = judged(model, "Airline agrees to merge with ferry operator in all-share deal")["mergers"]
    assert found.relevant, found
    assert not judged(model, "Storm closes railway line in the north")["mergers"].relevant


def test_reviewed_feedback_is_learned_and_overrules_the_corpus(tmp_path: Path) -> None:
    """Files and folders; the later review of one text is right; every bad line is named."""
    (tmp_path / "capex.en.jsonl").write_text('{"title": "Mill to grow", "text": "", "categories": ["capex"]}\n')
    folder = tmp_path / "reviewed"
    folder.mkdir()
    rows = [
        {"title": "Mill to grow", "text": "", "categories": ["capex"], "lang": "en"},
        {"title": "Mill to grow", "text": "", "categories": [], "lang": "en"},
        {"title": "Werk wird gebaut", "text": "", "categories": ["capex"], "lang": "de"},
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = with_feedback(load_corpus(tmp_path), load_feedback(folder))
    assert [(e.title, e.lang, set(e.categories)) for e in found] == [
        ("Mill to grow", "en", set()),
        ("Werk wird gebaut", "de", {"capex"}),
    ]
    (folder / "b.jsonl").write_text("nope\n")
    with pytest.raises(BadCorpus, match=r"b\.jsonl:1"):
        load_feedback(folder)
    with pytest.raises(BadCorpus, match="No such file"):
        load_feedback(tmp_path / "absent.jsonl")


def test_a_category_without_a_threshold_is_refused(tmp_path: Path) -> None:
    """The message says which line to add."""
    _small(tmp_path, 3)
    (tmp_path / "c.toml").write_text("[capex]\nthreshold = 0.5\n")
    with pytest.raises(BadCorpus, match="no threshold for export_controls"):
        read_thresholds(tmp_path / "c.toml", load_corpus(tmp_path))


def test_what_is_relevant_is_told_from_the_alert_threshold(tmp_path: Path) -> None:
    """Without one of its own, as soon as it is relevant; one below the threshold is a slip of the pen."""
    _small(tmp_path, 3)
    tables = (
        "[capex]\nthreshold = 0.5\n[export_controls]\nthreshold = 0.5\nalert = {}\n[funding_rounds]\nthreshold = 0.6"
    )
    (tmp_path / "c.toml").write_text(tables.format(0.9))
    found = read_thresholds(tmp_path / "c.toml", load_corpus(tmp_path))
    assert (found["capex"], found["export_controls"]) == (Thresholds(0.5, 0.5), Thresholds(0.5, 0.9))
    (tmp_path / "c.toml").write_text(tables.format(0.4))
    with pytest.raises(BadCorpus, match=r"export_controls: `alert` 0\.4 is below `threshold` 0\.5"):
        read_thresholds(tmp_path / "c.toml", load_corpus(tmp_path))


def test_bad_examples_are_named_with_file_and_line(tmp_path: Path) -> None:
    """All of them at once."""
    (tmp_path / "x.en.jsonl").write_text('{"title": "a", "categories": []}\nnope\n{"title": 3, "categories": []}\n')
    with pytest.raises(BadCorpus) as bad:
        load_corpus(tmp_path)
    assert "x.en.jsonl:2" in str(bad.value)
    assert "x.en.jsonl:3" in str(bad.value)


def test_the_shipped_model_is_the_one_these_examples_and_this_code_give() -> None:
    """Nobody edits examples and forgets to train."""
    version = json.loads((TRAINED / "model.json").read_text())["version"]
    assert version == f"{digest(load_corpus())[:8]}-{code_digest()[:8]}"


def test_the_model_file_is_small() -> None:
    """Under 10 MB."""
    assert sum(p.stat().st_size for p in TRAINED.iterdir()) < 10_000_000
