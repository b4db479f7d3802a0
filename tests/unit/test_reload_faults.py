"""Reload while somebody still writes: what is not whole is refused, told, and looked at again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.relevance.model import TRAINED
from streams import reload
from streams.assemble import Live
from streams.desk.clerk import Clerk
from streams.desk.kafka import Follower
from streams.health.signs import Signs
from streams.kafka.publish import Publisher
from streams.knowledge import changing_desk, read_desk, reader
from streams.looking import mark
from streams.metrics import names
from streams.ports import Clocked
from streams.worker.assemble import reloader
from streams.worker.desk import DeskService
from streams.worker.observe import Observer
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
        patch.setattr(reload, "desk_in", broken)
        assert not await desk.reloader.look()
    assert desk.refused == {"watches": "cannot be read: MemoryError('no room')"}
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["second"], {})


async def test_rights_that_are_mended_are_a_change(tmp_path: Path) -> None:
    """chmod changes no byte and no time of writing, and still the file can be read now."""
    desk = Desk(tmp_path)
    before = mark(desk.watches)
    desk.watches.chmod(0)
    assert mark(desk.watches) != before
    closed = mark(desk.watches)
    desk.watches.chmod(0o644)
    assert mark(desk.watches) != closed


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


async def test_a_new_model_does_not_wait_for_a_broken_watch_file(tmp_path: Path) -> None:
    """It is held against the watches in use; the file on disk stays refused until it is mended."""
    folder = tmp_path / "model"
    shutil.copytree(TRAINED, folder)
    desk = Desk(tmp_path, model=folder)
    desk.watches.write_text("[[watch]")
    assert not await desk.reloader.look()
    card = (folder / "model.json").read_text()
    (folder / "model.json").write_text(card.replace(desk.parts.model.version, "new-version"))
    assert await desk.reloader.look()
    assert (desk.parts.model.version, desk.names()) == ("new-version", ["first"])
    assert set(desk.refused) == {"watches"}
    assert desk.meter.value(names.RELOAD_OK, "watches") == 0
    (folder / "model.json").write_text(card.replace("capex", "buybacks"))  # whatever the watches ask, it knows
    desk.watches.write_text(WATCH.format("second", "BABA") + "categories = ['buybacks']")
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["second"], {})


async def test_a_process_that_only_delivers_answers_by_the_new_watches_too(tmp_path: Path) -> None:
    """It hears commands: `list` must not tell of the watches of last month."""
    desk = Desk(tmp_path)

    async def nothing(_: object) -> Any:
        raise AssertionError("nobody asks")

    changing = changing_desk(read_desk(desk.watches))
    clerk = Clerk(desk=changing, reader=reader(), clock=Clocked(), record=nothing, alert=nothing, decisions=nothing)
    service = DeskService(
        follower=cast("Follower", SimpleNamespace(desk=changing)), clerk=clerk, publisher=Publisher("127.0.0.1:1"),
        ear=None, planned=None,
    )  # fmt: skip
    live = cast("Live", SimpleNamespace(parts=replace(desk.parts, desk=changing), meter=desk.meter))
    observer = cast("Observer", SimpleNamespace(signs=Signs(role="deliver", stall_s=120)))
    looking = reloader(desk.settings, live, (), observer, service)
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    assert await looking.look()
    assert service.clerk.desk.names == service.follower.desk.names == ("second",)
