"""What a replay or `why` is given to read, when it is broken: one line with file and place, exit code 2."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from streams.cli import main
from streams.files.json_lines import decode_line
from streams.kafka.bounds import Bound, between, bound, cut
from streams.kafka.reader import Ranges
from streams.sample import WATCHES
from tests.build import NOON

ARTICLE = b'{"title": "Alibaba to invest in three data centres", "seen": "2026-01-09T12:00:00Z"}\n'


@pytest.mark.parametrize(
    ("packed", "fault"),
    [
        (gzip.compress(ARTICLE * 500)[:-30], "cannot be unpacked: Compressed file ended"),
        (gzip.compress(b"")[:10] + b"\xff" * 40, "cannot be unpacked: Error -3"),
        (b"plain", "cannot be unpacked: Not a gzipped file"),
    ],
    ids=("cut off", "damaged", "not packed"),
)
def test_a_packed_file_that_is_broken_is_said_to_be(
    packed: bytes, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut off on its way, damaged, or not packed at all."""
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(packed)
    for command in (["replay", str(path), "--out", str(tmp_path / "out")], ["why", "Alibaba", "--in", str(path)]):
        assert main([*command, "--watches", str(WATCHES)]) == 2
        assert f"{path}: {fault}" in capsys.readouterr().err


def test_a_broken_record_names_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody finds one of a million lines by its fault alone."""
    path = tmp_path / "wire.jsonl"
    path.write_bytes(ARTICLE + b"\n" + b'{"value": "x", "time": "never"}\n' + ARTICLE)
    assert main(["replay", str(path), "--out", str(tmp_path / "out"), "--watches", str(WATCHES), "--quiet"]) == 2
    assert f"{path}:3: no record as export writes it" in capsys.readouterr().err


@pytest.mark.parametrize("place", ['"partition": [1]', '"offset": {}', '"offset": -1', '"partition": true'])
def test_a_place_is_a_whole_number(place: str) -> None:
    """Anything else would be a fault far from its line."""
    with pytest.raises(ValueError, match="an export has a whole number there"):
        decode_line(f'{{"value": "x", {place}}}'.encode())


def test_a_day_without_dashes_is_not_taken_for_an_offset() -> None:
    """20260109 lies beyond most topics: a stretch from there would be empty, and look whole."""
    with pytest.raises(ValueError, match="write 2026-01-09 for a day, @20260109 for an offset"):
        bound("20260109", NOON)
    assert bound("@20260109", NOON) == Bound(offset=20_260_109)


@pytest.mark.parametrize(("start", "end"), [("1h", "2h"), ("2026-01-10", "2026-01-09T12:00Z"), ("@20", "@10")])
def test_a_stretch_that_ends_before_it_begins_is_refused(start: str, end: str) -> None:
    """Ends that were swapped would give an empty answer, which looks like a quiet day."""
    with pytest.raises(ValueError, match=f"--from {start} lies after --to {end}"):
        between(start, end, NOON)
    assert between(end, start, NOON) == (bound(end, NOON), bound(start, NOON))
    assert between(None, "24h", NOON) == (Bound(), bound("24h", NOON))


def test_options_that_a_file_has_no_use_for_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever names a topic believes that it is replayed."""
    path = tmp_path / "wire.jsonl"
    path.write_bytes(ARTICLE)
    assert main(["replay", str(path), "--topic", "articles", "--out", str(tmp_path / "out")]) == 2
    assert "a file is replayed as it stands" in capsys.readouterr().err


def test_what_is_read_beside_the_articles_is_read_before_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes of the desk that are none, by file and line; a run that is none, before there is another."""
    path, none, out = tmp_path / "wire.jsonl", tmp_path / "none.jsonl", tmp_path / "out"
    path.write_bytes(ARTICLE)
    none.write_bytes(b"\n{}\n")
    call = ["replay", str(path), "--out", str(out), "--watches", str(WATCHES), "--quiet"]
    assert main([*call, "--desk", str(none)]) == 2
    assert f"{none}:2: no feedback of version 1; `tapewire feedback list" in capsys.readouterr().err
    assert main([*call, "--against", str(none)]) == 2
    assert f"{none}:1: no decision" in capsys.readouterr().err
    assert not out.exists()


class Reader:
    """A topic of a hundred records."""

    async def expect(self, topic: str) -> None:
        """It is there."""

    async def ranges(self, topic: str) -> Ranges:
        """Its only partition."""
        return {(topic, 0): (0, 100)}


@pytest.mark.parametrize(
    ("start", "end", "cut_to"), [(5_000, None, (5_000, 5_000)), (50, 20, (50, 50)), (None, 500, (0, 100))]
)
async def test_a_bound_outside_the_topic_gives_nothing_and_not_less(
    start: int | None, end: int | None, cut_to: tuple[int, int]
) -> None:
    """Sums over such a stretch must not be negative."""
    assert await cut(Reader(), "articles", Bound(start), Bound(end)) == {("articles", 0): cut_to}  # type: ignore[arg-type]
