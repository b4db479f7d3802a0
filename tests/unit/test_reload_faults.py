"""Reload while somebody still writes: what is not whole is refused, told, and looked at again."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.relevance.model import TRAINED
from streams import assemble
from streams.assemble import Live
from streams.basics.times import HOUR
from streams.checks import every_fault, speaking
from streams.desk.clerk import Clerk
from streams.desk.feedback import GRACE, Act, Feedback
from streams.desk.kafka import Follower
from streams.flow import Parts
from streams.health.signs import Signs
from streams.kafka.publish import Publisher
from streams.knowledge import Knowledge
from streams.looking import mark
from streams.metrics import names
from streams.ports import Clocked
from streams.worker.agents import Agent
from streams.worker.assemble import reloader
from streams.worker.desk import DeskService
from streams.worker.observe import Observer
from streams.worker.start import _sender
from tests.build import NOON
from tests.desk_kit import HERE, said
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
    before = desk.known.model
    (folder / "weights.npz").write_bytes(whole[: len(whole) // 2])
    assert not await desk.reloader.look()
    assert "zip" in desk.refused["model"]
    assert desk.known.model is before
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
        patch.setattr(Knowledge, "desk_in", broken)
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
    (folder / "model.json").write_text(card.replace(desk.known.model.version, "new-version"))
    assert await desk.reloader.look()
    assert (desk.known.model.version, desk.names()) == ("new-version", ["first"])
    assert set(desk.refused) == {"watches"}
    assert desk.meter.value(names.RELOAD_OK, "watches") == 0
    (folder / "model.json").write_text(card.replace("capex", "buybacks"))  # whatever the watches ask, it knows
    desk.watches.write_text(WATCH.format("second", "BABA") + "categories = ['buybacks']")
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["second"], {})


def _served(live: Live) -> DeskService:
    """The desk of these parts, without a broker behind it."""

    async def nothing(_: object) -> Any:
        raise AssertionError("nobody asks")

    clerk = Clerk(
        desk=live.desk,
        reader=live.known.reader(),
        clock=Clocked(),
        record=nothing,
        alert=nothing,
        decisions=nothing,
        barred=nothing,
    )
    return DeskService(
        follower=cast("Follower", SimpleNamespace(desk=live.desk)), clerk=clerk, publisher=Publisher("127.0.0.1:1"),
        ear=None, planned=None,
    )  # fmt: skip


async def test_a_process_that_only_delivers_answers_by_the_new_watches_too(tmp_path: Path) -> None:
    """It hears commands: `list` must not tell of the watches of last month. What waits follows a watch by them, too."""
    desk = Desk(tmp_path)
    live = assemble.live(desk.settings)
    service = _served(live)
    observer = cast("Observer", SimpleNamespace(signs=Signs(role="deliver", stall_s=120)))
    looking = reloader(desk.settings, live, (), observer, service)
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    assert await looking.look()
    assert service.clerk.desk.names == service.follower.desk.names == ("second",)
    assert _sender(desk.settings, live, service).desk().names == ("second",)


async def test_watches_that_change_while_a_worker_starts_are_taken(tmp_path: Path) -> None:
    """Between its reading and its first look; as when new watches and a new version are put in place at once."""
    desk = Desk(tmp_path)
    live = assemble.live(desk.settings)
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    observer = cast("Observer", SimpleNamespace(signs=Signs(role="deliver", stall_s=120)))
    service = _served(live)
    looking = reloader(desk.settings, live, (), observer, service)
    assert await looking.look()
    assert service.clerk.desk.names == ("second",)
    assert not await looking.look()


@pytest.mark.parametrize(("role", "taken"), [("triage", True), ("deliver", False), ("desk", False), ("all", False)])
async def test_only_who_speaks_needs_a_token_to_take_a_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, taken: bool
) -> None:
    """At a reload as at the start; a name that is wrong by itself is refused by all, or the roles would part."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    live = assemble.live(desk.settings)
    observer = cast("Observer", SimpleNamespace(signs=Signs(role=role, stall_s=120)))
    looking = reloader(desk.settings, live, (), observer, _served(live))
    desk.watches.write_text(WATCH.format("second", "NVDA").replace("console", "slack:C0DESK"))
    assert (every_fault(None, desk.watches, speaks=speaking(role))[1] == []) is taken
    assert await looking.look() is taken
    assert ("needs a bot token" in observer.signs.refused.get("watches", "")) is not taken
    desk.watches.write_text(WATCH.format("third", "NVDA").replace("console", "slack:#desk"))
    assert "no channel id" in "".join(every_fault(None, desk.watches, speaks=speaking(role))[1])
    assert not await looking.look()
    assert set(observer.signs.refused) == {"watches"}


async def test_what_judges_by_new_watches_remembers_and_hears_as_before(tmp_path: Path) -> None:
    """The same memory and clock; what somebody muted before stays so, and what is muted later is."""

    def muted(company: str) -> Feedback:
        return said(Act.MUTE, companies=(company,), until=NOON + HOUR)

    desk, taken = Desk(tmp_path), list[Parts]()
    live = assemble.live(desk.settings)
    service = _served(live)
    live.desk.add([muted("alibaba")])
    observer = cast("Observer", SimpleNamespace(signs=Signs(role="triage", stall_s=120)))
    agent = cast("Agent", SimpleNamespace(takes=(taken.append,)))
    looking = reloader(desk.settings, live, [agent], observer, service)
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    assert await looking.look()
    service.follower.desk.add([muted("nvidia")])
    (parts,) = taken
    assert (parts.stories, parts.clock, parts.catch_up) == (live.stories, live.clock, live.catch_up)
    assert parts.desk.names == ("second",)
    assert parts.desk.at(NOON + GRACE).mutes.keys() == {(HERE, "alibaba"), (HERE, "nvidia")}
