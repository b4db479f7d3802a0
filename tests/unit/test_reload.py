"""Reload: what changes on disk is in use within a look, whole or not at all."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.relevance.model import TRAINED
from streams.cli import main
from streams.knowledge import Knowledge, marks_of
from streams.looking import Readings, look_for_ever
from streams.metrics import names
from streams.metrics.prometheus import PrometheusMeter
from streams.reload import Fresh, Reloader
from streams.settings.record import Settings

WATCH = "[[watch]]\nname = '{}'\nchannel = 'console'\ncompanies = ['{}']\n"
COMPANY = """
[[company]]
id = "{0}"
name = "{0}"
kind = "listed"
country = "US"
listings = [{{ ticker = "{1}", mic = "XNYS" }}]
aliases = ["{0} Inc"]
"""


class Desk:
    """A desk's files, what is in use of them, and the reloader that keeps them together."""

    def __init__(self, folder: Path, *, speaks: bool = True, **settings: Path) -> None:
        self.watches = folder / "watches.toml"
        self.watches.write_text(WATCH.format("first", "BABA"))
        self.settings = Settings(watches=self.watches, reload=20, **settings)  # type: ignore[arg-type]
        marks = marks_of(self.settings)
        self.known = Knowledge.of(self.settings)
        self.desk = self.known.desk(self.watches)
        self.refused: Mapping[str, str] = {}
        self.meter = PrometheusMeter()
        self.reloader = Reloader(
            settings=self.settings, speaks=speaks, current=lambda: self.known, swap=self.swap, marks=marks,
            readings=Readings(meter=self.meter, tell=lambda refused: self.__setattr__("refused", dict(refused))),
        )  # fmt: skip

    def swap(self, fresh: Fresh) -> None:
        """As the worker does it."""
        self.known, self.desk = fresh.known, fresh.desk

    def names(self) -> list[str]:
        """Watches in use."""
        return list(self.desk.names)


async def test_a_changed_watch_is_taken_and_a_bad_one_is_not(tmp_path: Path) -> None:
    """The old watches stay in use until the file is right again; health and metrics say so."""
    desk = Desk(tmp_path)
    before = desk.desk.version
    assert not await desk.reloader.look()
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    assert await desk.reloader.look()
    assert desk.names() == ["second"]
    assert desk.desk.version != before
    desk.watches.write_text(WATCH.format("third", "NVDIA"))
    assert not await desk.reloader.look()
    assert not await desk.reloader.look()  # it is said once
    assert desk.names() == ["second"]
    assert "watches.toml:4: watch 'third': nobody knows 'NVDIA'" in desk.refused["watches"]
    assert desk.meter.value(names.RELOAD_OK, "watches") == 0
    assert desk.meter.value(names.RELOADS, "watches", "refused") == 1
    desk.watches.write_text(WATCH.format("fourth", "NVDA"))
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["fourth"], {})
    assert desk.meter.value(names.RELOAD_OK, "watches") == 1


async def test_a_link_that_points_elsewhere_is_a_change(tmp_path: Path) -> None:
    """Kubernetes swaps a config map by its link."""
    for name, company in (("old", "BABA"), ("new", "NVDA")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "watches.toml").write_text(WATCH.format(name, company))
    desk = Desk(tmp_path)
    desk.watches.unlink()
    (tmp_path / "data").symlink_to("old")
    desk.watches.symlink_to("data/watches.toml")
    assert await desk.reloader.look()
    (tmp_path / "next").symlink_to("new")
    (tmp_path / "next").rename(tmp_path / "data")
    assert await desk.reloader.look()
    assert desk.names() == ["new"]


async def test_a_file_that_is_gone_or_speaks_to_nobody_is_refused(tmp_path: Path) -> None:
    """A watch that could not be told is no watch."""
    desk = Desk(tmp_path)
    desk.watches.unlink()
    assert not await desk.reloader.look()
    assert "cannot be read" in desk.refused["watches"]
    desk.watches.write_text(WATCH.format("second", "NVDA").replace("console", "slack:C0DESK"))
    assert not await desk.reloader.look()
    assert "needs a bot token" in desk.refused["watches"]
    assert desk.names() == ["first"]


async def test_directory_and_watches_that_only_fit_together_come_together(tmp_path: Path) -> None:
    """A company that was taken out is refused while a watch names it; when the watch goes too, both are taken."""
    folder = tmp_path / "directory"
    folder.mkdir()
    (folder / "a.toml").write_text(COMPANY.format("alibaba", "BABA") + COMPANY.format("nvidia", "NVDA"))
    desk = Desk(tmp_path, directory=folder)
    before = desk.known.directory.version
    (folder / "a.toml").write_text(COMPANY.format("nvidia", "NVDA"))
    assert not await desk.reloader.look()
    assert "nobody knows 'BABA'" in desk.refused["directory"]
    assert desk.known.directory.version == before
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    assert await desk.reloader.look()
    assert (desk.names(), desk.refused) == (["second"], {})
    assert desk.known.directory.version != before


async def test_a_model_is_swapped_whole(tmp_path: Path) -> None:
    """Half a model is refused; a whole one judges from then on under its own version."""
    folder = tmp_path / "model"
    shutil.copytree(TRAINED, folder)
    desk = Desk(tmp_path, model=folder)
    whole = (folder / "model.json").read_text()
    (folder / "model.json").write_text(whole[:100])
    assert not await desk.reloader.look()
    assert "model.json" in desk.refused["model"] or str(folder) in desk.refused["model"]
    version = desk.known.model.version
    (folder / "model.json").write_text(whole.replace(version, "new-version"))
    assert await desk.reloader.look()
    assert desk.known.model.version == "new-version"


async def test_sighup_reads_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what does not look changed; without it, the files are looked at every `reload`."""
    desk = Desk(tmp_path)
    task = asyncio.create_task(look_for_ever(0, desk.reloader.look))
    await asyncio.sleep(0.05)
    desk.watches.write_text(WATCH.format("second", "NVDA"))
    await asyncio.sleep(0.3)
    assert desk.names() == ["first"]
    os.kill(os.getpid(), signal.SIGHUP)
    for _ in range(100):
        if desk.names() == ["second"]:
            break
        await asyncio.sleep(0.05)
    assert desk.names() == ["second"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_reload_does_not_end_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model and directory take seconds to read, and whoever changes a file says so at any time."""
    before = signal.getsignal(signal.SIGHUP)

    def reading(*_: object, **__: object) -> tuple[None, list[str]]:
        os.kill(os.getpid(), signal.SIGHUP)
        return None, ["watches.toml: nothing can be read"]

    monkeypatch.setattr("streams.commands.worker.every_fault", reading)
    signal.signal(signal.SIGHUP, lambda *_: pytest.fail("the process would be gone"))
    try:
        assert main(["worker"]) == 2
    finally:
        signal.signal(signal.SIGHUP, before)
