"""`tapewire analyse` reads what the other commands write and read."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from streams.cli import main
from streams.files.json_lines import Line, encode_line

ARTICLE = b'{"title": "Alibaba to invest in Dresden", "id": "a1", "published": "2026-01-09T06:10:00Z"}'
RECORD = encode_line(Line(value=ARTICLE, key=b"k", partition=0, offset=3))
BROKEN = b'{"value": 7}'


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("bare.jsonl", ARTICLE),
        ("windows.jsonl", b"\xef\xbb\xbf" + ARTICLE + b"\r\n"),
        ("export.jsonl", RECORD + b"\n"),
        ("packed.jsonl.gz", gzip.compress(RECORD)),
    ],
)
def test_an_article_is_the_same_however_its_file_is_made(
    name: str, raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By Windows, by export, packed."""
    (tmp_path / name).write_bytes(raw)
    assert main(["analyse", str(tmp_path / name)]) == 0
    found = orjson.loads(capsys.readouterr().out)
    assert (found["id"], found["published"]) == ("a1", "2026-01-09T06:10:00.000Z")


def test_a_broken_record_is_one_bad_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest goes on."""
    (tmp_path / "a.jsonl").write_bytes(BROKEN + b"\n" + RECORD)
    assert main(["analyse", str(tmp_path / "a.jsonl")]) == 1
    bad, good = map(orjson.loads, capsys.readouterr().out.splitlines())
    assert (bad["line"], good["id"]) == (1, "a1")


def test_a_file_that_is_cut_off_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, with exit code 2."""
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(RECORD)[:-9])
    assert main(["analyse", str(tmp_path / "a.jsonl.gz")]) == 2
    assert "a.jsonl.gz: cannot be unpacked" in capsys.readouterr().err
