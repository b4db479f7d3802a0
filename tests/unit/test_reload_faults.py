"""Reload while somebody still writes: what is not whole is refused, told, and looked at again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.relevance.model import TRAINED
from streams import reload
from streams.checks import unreachable
from streams.metrics import names
from streams.settings import Settings
from streams.silent import read_desk
from tests.unit.test_reload import COMPANY, WATCH, Desk


async def test_an_empty_watch_file_is_refused(tmp_path: Path) -> None:
    """An editor that truncates and then writes must not leave a desk without watches; who means none says so."""
    desk = Desk(tmp_path)
    desk.watches.write_text("")
    assert not await desk.reloader.look()
    assert desk.names() == ["first"]
    assert "watches.toml: no [[watch]] in it" in desk.refused["watches"]
    assert desk.meter.value(names.RELOAD_OK, "watches") == 0
    desk.watches.write_text("watch = []")
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == ([], {})


async def test_a_half_copied_model_is_refused_until_it_is_whole(tmp_path: Path) -> None:
    """The old one judges meanwhile."""
    folder = tmp_path / "model"
    shutil.copytree(TRAINED, folder)
    desk = Desk(tmp_path, model=folder)
    whole = (folder / "weights.npz").read_bytes()
    before = desk.parts.model
    (folder / "weights.npz").write_bytes(whole[: len(whole) // 2])
    assert not await desk.reloader.look()
    assert "zip" in desk.refused["model"]
    assert desk.parts.model is before
    assert desk.meter.value(names.RELOAD_OK, "model") == 0
    (folder / "weights.npz").write_bytes(whole)
    assert await desk.reloader.look()
    assert desk.refused == {}


async def test_what_nobody_foresaw_is_a_refusal_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loader that raises anything ends no worker, and the next look succeeds though nothing changed since."""
    desk = Desk(tmp_path)
    desk.watches.write_text(WATCH.format("second", "NVDA"))

    def broken(*_: object) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(reload, "read_desk", broken)
        assert not await desk.reloader.look()
    assert desk.refused == {"watches": "cannot be read: MemoryError('no room')"}
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["second"], {})


async def test_rights_that_are_mended_are_a_change(tmp_path: Path) -> None:
    """chmod changes no byte and no time of writing, and still the file can be read now."""
    desk = Desk(tmp_path)
    before = reload.mark(desk.watches)
    desk.watches.chmod(0)
    assert reload.mark(desk.watches) != before
    closed = reload.mark(desk.watches)
    desk.watches.chmod(0o644)
    assert reload.mark(desk.watches) != closed


@pytest.mark.parametrize("text", ["company = 5", "company = ['a']", "a = " + "1" * 5_000, "[[group]]\nname = 'a'", ""])
async def test_a_directory_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever stands in its files; also a folder where a file belongs."""
    folder = tmp_path / "directory"
    folder.mkdir()
    (folder / "a.toml").write_text(COMPANY.format("alibaba", "BABA"))
    desk = Desk(tmp_path, directory=folder)
    (folder / "a.toml").write_text(text)
    assert not await desk.reloader.look()
    assert set(desk.refused) == {"directory"}
    (folder / "a.toml").unlink()
    (folder / "a.toml").mkdir()
    assert not await desk.reloader.look()
    assert desk.refused == {"directory": "a.toml: Is a directory"}


def test_a_watch_file_that_goes_while_it_is_read_is_a_fault(tmp_path: Path) -> None:
    """It is read once for its watches and once more for the lines of their channels."""
    desk = Desk(tmp_path)
    read = read_desk(desk.watches)
    desk.watches.unlink()
    (fault,) = unreachable(replace(Settings(), watches=desk.watches), read)
    assert "cannot be read: No such file" in fault
    desk.watches.write_text("a = " + "1" * 5_000)
    assert "no TOML" in unreachable(replace(Settings(), watches=desk.watches), read)[0]
