"""sources.toml read again: taken whole or not at all, with whatever other files it names."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

from streams.looking import Readings, look_for_ever
from streams.metrics import names
from streams.metrics.prometheus import PrometheusMeter
from streams.sources import reload
from streams.sources.registry import KINDS
from streams.sources.reload import SourcesReloader
from streams.sources.settings import BadSources, Sources, load_sources

TABLE = '[[source]]\nname = "{0}"\nurl = "https://{0}.example/feed"\n'
KEY = "an-example-key-of-a-test"


class Desk:
    """A sources file, what is in use, and what was said."""

    def __init__(self, folder: Path, text: str) -> None:
        self.file = folder / "sources.toml"
        self.file.write_text(text)
        self.taken: list[Sources] = []
        self.refused: Mapping[str, str] = {}
        self.meter = PrometheusMeter()
        self.reloader = SourcesReloader(
            path=self.file, current=load_sources(self.file, KINDS), take=self.take, wrong=self.wrong,
            readings=Readings(meter=self.meter, tell=lambda refused: self.__setattr__("refused", dict(refused))),
        )  # fmt: skip

    @staticmethod
    def wrong(channel: str) -> list[str]:
        """The names of channels that nobody has."""
        return ["is a slip"] if channel == "slak:C0OPS" else []

    async def take(self, fresh: Sources) -> None:
        """As ingest does it."""
        self.taken.append(fresh)

    async def write(self, text: str) -> bool:
        """Write, and look."""
        self.file.write_text(text)
        return await self.reloader.look()

    @property
    def names(self) -> list[str]:
        """Sources in use."""
        return [s.name for s in self.reloader.current.sources]

    @property
    def is_well(self) -> bool:
        """As the metric says it."""
        return bool(self.meter.value(names.RELOAD_OK, "sources"))


def tables(*named: str) -> str:
    """A file of these."""
    return "\n".join(TABLE.format(name) for name in named)


async def test_a_file_whose_alerts_nobody_would_hear_is_refused(tmp_path: Path) -> None:
    """As at the start: a source that dies would be told to nobody."""
    desk = Desk(tmp_path, tables("a"))
    assert not await desk.write(tables("a", "b") + "\n[ingest]\nalerts = 'slak:C0OPS'")
    assert desk.names == ["a"]
    assert "`alerts` 'slak:C0OPS' is a slip" in desk.refused["sources"]
    assert await desk.write(tables("a", "b") + "\n[ingest]\nalerts = 'slack:C0OPS'")


async def test_a_changed_file_is_taken_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is new, changed and gone; a file that only moved its lines changes nothing."""
    desk = Desk(tmp_path, tables("a", "b"))
    assert not await desk.reloader.look() and desk.taken == []
    assert await desk.write("# a word\n\n" + tables("b").replace("feed", "rss") + tables("c"))
    assert desk.names == ["b", "c"] and len(desk.taken) == 1
    assert "in use now: 2 sources; new: c; changed: b; gone: a" in caplog.text
    assert not await desk.write(tables("b").replace("feed", "rss") + tables("c"))
    assert len(desk.taken) == 1 and desk.is_well


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no [[source]] in it; is it whole? `source = []` brings nothing in"),
        ("[ingest]\npace = '2s'\n", "no [[source]] in it"),
        (tables("a", "b")[:-12], ":7: no TOML"),
        (tables("a", "b").rpartition("url")[0], ":5: `url` is missing"),
        (tables("a", "a"), ":5: `name` 'a' is taken"),
        ("sources = 5\n" + tables("b"), "unknown table [sources]"),
        (None, "cannot be read: No such file or directory"),
    ],
    ids=["empty", "manners only", "cut in a line", "cut in a table", "twins", "unknown", "gone"],
)
async def test_a_file_that_cannot_be_used_keeps_the_old(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str | None, words: str
) -> None:
    """Empty, cut, wrong, gone: what, where and how to mend it, once; when it is mended it is taken."""
    desk = Desk(tmp_path, tables("a"))
    if text is None:
        desk.file.unlink()
        assert not await desk.reloader.look()
    else:
        assert not await desk.write(text)
    assert not await desk.reloader.look()
    assert desk.taken == [] and desk.names == ["a"]
    assert words in desk.refused["sources"] and str(desk.file) in desk.refused["sources"]
    assert caplog.text.count("refused, the old sources stay in use") == 1
    assert (desk.is_well, desk.meter.value(names.RELOADS, "sources", "refused")) == (False, 1)
    await desk.write(tables("a"))  # also when it is the one in use
    assert desk.is_well and desk.refused == {}
    assert await desk.write(tables("a", "b")) and desk.names == ["a", "b"]


async def test_whoever_means_no_source_at_all_says_so(tmp_path: Path) -> None:
    """As with watches."""
    desk = Desk(tmp_path, tables("a"))
    assert await desk.write("source = []")
    assert desk.names == [] and desk.is_well


def push(*keys: str, more: str = "") -> str:
    """A door that these keys open."""
    return f'[[source]]\nname = "door"\nkind = "push"\nkeys = {list(keys)}\n{more}'


async def test_a_key_that_is_replaced_in_its_own_file_is_a_change(tmp_path: Path) -> None:
    """Of a push and of a header; a key file that is gone is refused, and taken when it is back."""
    key, header = tmp_path / "key", tmp_path / "header"
    key.write_text(KEY)
    header.write_text("first")
    text = push("file:key") + tables("a") + f'headers = {{authorization = "file:{header}"}}\n'
    desk = Desk(tmp_path, text)
    await desk.reloader.look()
    key.write_text(KEY + "-replaced")
    assert await desk.reloader.look()
    door, feed = desk.reloader.current.sources
    assert door.options["keys"].open(f"Bearer {KEY}-replaced") and not door.options["keys"].open(f"Bearer {KEY}")
    header.write_text("second")
    assert await desk.reloader.look()
    assert desk.reloader.current.sources[1].headers == {"authorization": "second"} != feed.headers
    key.unlink()
    assert not await desk.reloader.look()
    assert "sources.toml:4: `keys` key: FileNotFoundError" in desk.refused["sources"]
    key.write_text(KEY)
    assert await desk.reloader.look() and desk.refused == {}


async def test_a_file_named_for_the_first_time_and_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """The sources file was written first, its key second: nobody must touch the sources file again."""
    desk = Desk(tmp_path, tables("a"))
    assert not await desk.write(tables("a") + push("file:late"))
    for _ in range(3):
        assert not await desk.reloader.look()
    assert desk.meter.value(names.RELOADS, "sources", "refused") == 1  # said once
    (tmp_path / "late").write_text(KEY)
    assert await desk.reloader.look()
    assert desk.names == ["a", "door"]


async def test_a_renewed_certificate_is_a_change_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    """Chain and key are replaced one after the other: between the two they fit no more, and the old stay in use."""
    authority = trustme.CA()

    def issue(part: str) -> None:
        if part in ("chain", "both"):
            made.cert_chain_pems[0].write_to_path(tmp_path / "tls.pem")
        if part in ("key", "both"):
            made.private_key_pem.write_to_path(tmp_path / "tls.key")

    made = authority.issue_cert("127.0.0.1")
    issue("both")
    (tmp_path / "key").write_text(KEY)
    desk = Desk(tmp_path, push("file:key", more='certificate = "tls.pem"\ncertificate_key = "tls.key"\n'))
    await desk.reloader.look()
    made = authority.issue_cert("127.0.0.1")
    issue("chain")
    assert not await desk.reloader.look()
    assert "`certificate` and its key cannot be used" in desk.refused["sources"] and desk.taken == []
    issue("key")
    assert await desk.reloader.look() and desk.is_well


async def test_a_file_written_again_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one written is in use in the end, also when the first was read after its successor was begun."""
    desk = Desk(tmp_path, tables("a"))

    def loading(path: Path, kinds: Any, wrong: Any) -> Sources:
        found = load_sources(path, kinds, wrong)
        if found.sources[-1].name == "b":
            desk.file.write_text(tables("a", "c"))
        return found

    monkeypatch.setattr(reload, "load_sources", loading)
    assert await desk.write(tables("a", "b"))
    assert await desk.reloader.look()
    assert desk.names == ["a", "c"]
    assert not await desk.reloader.look()


async def test_while_somebody_writes_nothing_is_read(tmp_path: Path) -> None:
    """Each piece alone would look whole."""
    desk = Desk(tmp_path, tables("a"))

    async def slowly() -> None:
        with desk.file.open("w") as file:
            for name in "bcdef":
                file.write(tables(name))
                file.flush()
                await asyncio.sleep(0.05)

    writing = asyncio.create_task(slowly())
    await asyncio.sleep(0.01)
    assert await desk.reloader.look()
    await writing
    assert [[s.name for s in t.sources] for t in desk.taken] == [list("bcdef")]


async def test_what_nobody_foresaw_is_a_refusal_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends no ingest, and the next look succeeds though nothing changed since."""
    desk = Desk(tmp_path, tables("a"))

    def broken(*_: object) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(reload, "load_sources", broken)
        assert not await desk.write(tables("b"))
    assert desk.refused == {"sources": "cannot be read: MemoryError('no room')"}
    assert await desk.reloader.look() and desk.names == ["b"]


async def test_a_storm_of_signals_is_a_few_looks(tmp_path: Path) -> None:
    """A thousand SIGHUPs while one look is under way are one more; the newest file is in use."""
    desk = Desk(tmp_path, tables("a"))
    looks: list[bool] = []

    async def look(*, all_of_it: bool = False) -> bool:
        looks.append(all_of_it)
        return await desk.reloader.look(all_of_it=all_of_it)

    task = asyncio.create_task(look_for_ever(0, look))
    await asyncio.sleep(0.01)
    desk.file.write_text(tables("b"))
    for number in range(1_000):
        os.kill(os.getpid(), signal.SIGHUP)
        if number % 100 == 0:
            await asyncio.sleep(0)
    desk.file.write_text(tables("c"))
    for _ in range(500):
        if desk.names == ["c"]:
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)  # one more may have been asked for
    asked = len(looks)
    await asyncio.sleep(0.5)
    assert len(looks) == asked
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert 1 <= len(looks) <= 5 and all(looks)
    os.kill(os.getpid(), signal.SIGHUP)  # who is leaving is not ended by it
    await asyncio.sleep(0)


def test_keys_in_faults_are_never_told(tmp_path: Path) -> None:
    """Nor bytes of a file that holds one."""
    (tmp_path / "key").write_bytes(b"\xffan-example-key-of-a-test")
    text = push("file:key") + tables("a") + f'headers = {{a = "file:{tmp_path / "key"}", b = "file:\\u0000"}}\n'
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(BadSources) as bad:
        load_sources(tmp_path / "sources.toml", KINDS)
    assert KEY not in str(bad.value) and len(bad.value.faults) == 3
