"""The measures, on examples that can be counted by hand, and the evaluation of files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from streams.cli import main
from streams.commands import evaluate_stories
from streams.knowledge import Knowledge
from streams.settings.record import Settings
from streams.stories import evaluate
from streams.stories.evaluate import Judges, evaluate_file, render
from streams.stories.measures import at_threshold, auc, bcubed, best, pairwise, told_twice_and_swallowed
from streams.stories.memory import MemoryStories
from tests.story_build import told


def test_auc_is_the_share_of_pairs_in_right_order() -> None:
    """Ties count half."""
    assert auc([True, True, False, False], [0.9, 0.4, 0.4, 0.1]) == pytest.approx(3.5 / 4)
    assert auc([True], [0.3]) == 0.5


def test_f1_at_a_threshold_and_the_best_one() -> None:
    """By hand: two of three calls are right, two of two found."""
    truth, scores = [True, False, True, False], [0.9, 0.8, 0.7, 0.1]
    found = at_threshold(truth, scores, 0.5)
    assert (found.precision, found.recall, found.f1) == pytest.approx((2 / 3, 1.0, 0.8))
    assert best(truth, scores) == (0.7, found)


def test_bcubed_and_pairwise_by_hand() -> None:
    """Three articles of story a, one of b; b was thrown in with one a."""
    gold, found = ["a", "a", "a", "b"], [1, 1, 2, 2]
    b, p = bcubed(gold, found), pairwise(gold, found)
    assert (b.precision, b.recall) == pytest.approx((0.75, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4))
    assert (p.precision, p.recall) == pytest.approx((1 / 2, 1 / 3))


def test_told_twice_and_swallowed_by_hand() -> None:
    """The third a opens another story (one of two follow-ups); b's first joins it (one of two stories)."""
    assert told_twice_and_swallowed(["a", "a", "a", "b"], [1, 1, 2, 2]) == (0.5, 0.5)


def _side(number: int, title: str) -> dict[str, object]:
    return {"id": f"x{number}", "title": title, "text": "", "lang": "en", "published": f"2026-01-09T1{number}:00:00Z"}


def judges() -> Judges:
    """As they are shipped."""
    known = Knowledge.load()
    return Judges(known.directory, known.model)


TITLES = (
    "Lumenta sells convertible bond in Oslo",
    "Convertible bond sold by Lumenta in Oslo",
    "Strike ends in harbour",
)


def test_a_file_of_pairs(tmp_path: Path) -> None:
    """The shipped bar is 1 on the scale of the scores."""
    rows = [
        {"id": "p1", "same": True, "a": _side(1, TITLES[0]), "b": _side(2, TITLES[1])},
        {"id": "p2", "same": False, "a": _side(1, TITLES[0]), "b": _side(3, TITLES[2])},
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(r) for r in rows))
    found = evaluate_file(file, judges())
    assert (found["auc"], found["shipped"]["f1"], found["pairs"]) == (1.0, 1.0, 2)
    assert "AUC 1.000" in render(found)


def test_pairs_about_one_company_are_judged_as_the_memory_judges_them(tmp_path: Path) -> None:
    """Two headlines that share the company alone lie below the shipped bar."""
    titles = ("Siemens shares slip at noon", "Siemens suspends outlook", "Outlook of Siemens suspended")
    one, two, three = (_side(n, title) for n, title in enumerate(titles, 1))
    rows = [{"id": "p1", "same": False, "a": one, "b": two}, {"id": "p2", "same": True, "a": two, "b": three}]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(r) for r in rows))
    shipped = evaluate_file(file, judges())["shipped"]
    assert (shipped["precision"], shipped["recall"]) == (1.0, 1.0)


def test_a_file_of_a_stream(tmp_path: Path) -> None:
    """Two tellings of one story, one of another, in any order of lines."""
    rows = [{**_side(i + 1, t), "story": "ab"[i // 2]} for i, t in enumerate(TITLES)]
    file = tmp_path / "stream.jsonl"
    file.write_text("\n".join(json.dumps(r) for r in reversed(rows)))
    found = evaluate_file(file)
    assert (found["bcubed"]["f1"], found["dup"], found["miss"], found["stories"]) == (1.0, 0.0, 0.0, 2)
    assert "BCubed F1 1.000" in render(found)


@pytest.mark.parametrize("text", ["", "[]\n", '{"name": 1}\n', "not json\n"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and a line that says so."""
    file = tmp_path / "other.jsonl"
    file.write_text(text)
    parser = argparse.ArgumentParser()
    evaluate_stories.add_arguments(parser)
    assert evaluate_stories.run(parser.parse_args([str(file)])) == 2
    assert capsys.readouterr().err


PAIR = '{"a": {"id": 1, "title": "Mill\u2028to grow"}, "b": {"id": 2, "title": "Mill"}, "same": true}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PAIR + "no json", "rows.jsonl:2: no JSON"), ('{"a": {}, "b": {}, "same": true}', "rows.jsonl: a row"),
        (PAIR + '{"title": "Mill"}', "rows.jsonl: a row is not like the first"),
    ],
)  # fmt: skip
def test_a_broken_row_is_named(tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By file and line where it is no JSON; a line ends where a line feed is, whatever a headline holds."""
    file = tmp_path / "rows.jsonl"
    file.write_text(text, encoding="utf-8")
    assert main(["evaluate", "stories", str(file)]) == 2
    assert said in capsys.readouterr().err
    file.write_text(PAIR, encoding="utf-8")
    assert main(["evaluate", "stories", str(file)]) == 0


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object per file."""
    file = tmp_path / "stream.jsonl"
    file.write_text(json.dumps(_side(1, TITLES[0])))
    parser = argparse.ArgumentParser()
    evaluate_stories.add_arguments(parser)
    assert evaluate_stories.run(parser.parse_args([str(file), "--json"])) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 1


async def test_partitions_do_not_change_stories() -> None:
    """The same order of articles in one, two or four partitions gives the same links."""
    titles = [f"{TITLES[i % 3]} {'again' * (i % 2)} {i // 7}" for i in range(120)]
    answers = []
    for count in (1, 2, 4):
        articles = [told(i, t, after=i * 1_800_000, partition=i % count) for i, t in enumerate(titles)]
        answers.append(await MemoryStories().relate(articles))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.seeds
@pytest.mark.parametrize("in_order_of_time", [True, False])
async def test_the_two_bond_articles_are_one_story(shared: Path, in_order_of_time: bool) -> None:
    """And the other three are drawn into no story, whichever order they come in."""
    rows = [json.loads(line) for line in (shared / "seeds" / "articles.jsonl").read_text().splitlines()]
    if in_order_of_time:
        rows.sort(key=lambda r: str(r["published"]))
    from streams.basics.times import parse_time  # noqa: PLC0415

    articles = [
        told(0, r["title"], r["text"], lang="de", article_key=r["id"], event_time=parse_time(r["published"]))
        for r in rows
    ]
    links = dict(zip([r["id"] for r in rows], await MemoryStories().relate(articles), strict=True))
    assert links["002"].id == links["004"].id
    assert len({link.id for link in links.values()}) == 4


TARGETS = [
    ("pairs.finance.dev.jsonl", "auc", 0.91),
    ("pairs.finance.dev.jsonl", "f1", 0.75),
    ("pairs.german.dev.jsonl", "f1", 0.88),
    ("pairs.german-english.dev.jsonl", "auc", 0.88),
    ("pairs.german-english.dev.jsonl", "precision", 0.85),
]


@pytest.mark.seeds
@pytest.mark.parametrize(("name", "measure", "least"), TARGETS)
def test_labelled_pairs(shared: Path, name: str, measure: str, least: float) -> None:
    """A floor under the quality on real pairs, so that no change lowers it unseen."""
    file = shared / "eval" / "stories" / name
    if not file.exists():
        pytest.skip("the labelled pairs are not on this machine")
    found = evaluate_file(file, judges())
    assert (found["auc"] if measure == "auc" else found["shipped"][measure]) >= least


@pytest.mark.seeds
def test_labelled_stream(shared: Path) -> None:
    """The same for the stream; what is told twice or swallowed is the cost that users feel."""
    file = shared / "eval" / "stories" / "stream.olympics.dev.jsonl"
    if not file.exists():
        pytest.skip("the labelled stream is not on this machine")
    found = evaluate_file(file)["languages"]
    assert found["en"]["bcubed"]["f1"] >= 0.75
    assert found["de"]["bcubed"]["f1"] >= 0.70
    assert found["en"]["dup"] <= 0.17
    assert found["en"]["miss"] <= 0.12


def test_streams_are_measured_in_batches_as_the_worker_takes_them() -> None:
    """What lies behind is forgotten between two batches."""
    assert Settings().batch == evaluate._BATCH
