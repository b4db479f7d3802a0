"""The kind `push`: others bring their articles to us over HTTP and are told when Kafka has them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from streams.sources.base import Errand, Kind, Notice, Source, Take, Visit, World
from streams.sources.door import Door
from streams.sources.keys import Keys, key_of
from streams.sources.porter import Certificate, serving
from streams.sources.pushed import parse
from streams.sources.table import Table
from streams.sources.tally import Tally

_LISTEN: Final = "127.0.0.1:8700"


def options(table: Table) -> Mapping[str, Any]:
    """`listen`, `keys`, and what makes another address than this machine's own safe: a certificate, or a proxy."""
    folder = Path(table.file.name).parent
    host, _, port = table.text("listen", _LISTEN).rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65_536:  # noqa: PLR2004 - ports
        table.fault("listen", f"must be an address and a port, such as {_LISTEN!r}")
    secure = _tls(table, folder)
    if not _is_loopback(table, host.strip("[]")) and not secure and not table.flag("behind_proxy"):
        table.fault("listen", "is open to others: give `certificate` and `certificate_key`, or say behind_proxy = true")
    table.flag("behind_proxy")
    keys = []
    for reference in table.strings("keys"):
        try:
            keys.append(key_of(reference, lambda where: table.naming(folder / where)))
        except ValueError as bad:
            table.fault("keys", str(bad))
    if "keys" not in table.values or not table.values["keys"]:
        table.fault("keys", 'is missing: nobody pushes without one; write ["env:NAME"] or ["file:PATH"]')
    number = int(port) if port.isdecimal() else 0
    return {"host": host.strip("[]"), "port": number, "keys": Keys.of(keys), "tls": secure}


def _tls(table: Table, folder: Path) -> Certificate | None:
    chain, key = table.text("certificate"), table.text("certificate_key")
    if bool(chain) != bool(key):
        table.fault("certificate", "and `certificate_key` go together")
    if not chain or not key:
        return None
    files = table.naming(folder / chain), table.naming(folder / key)
    try:
        return Certificate.of(*files)
    except (OSError, ValueError) as bad:
        table.fault("certificate", f"and its key cannot be used: {bad}")
        return Certificate(*files)


def _is_loopback(table: Table, host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        table.fault("listen", f"{host!r} is no address: write 127.0.0.1, or 0.0.0.0 for all")
        return True


async def bring(errand: Errand, world: World, take: Take, notice: Notice) -> None:
    """Hold the door open for ever; it is opened anew only for another address or certificate."""
    tally = Tally(errand=errand, clock=world.clock, notice=notice)
    door = Door(errand=errand, clock=world.clock, take=take, tally=tally)
    try:
        while True:
            stands = _stands(errand.source)
            async with opened(door):
                while _stands(errand.source) == stands:
                    await tally.tell()
                    await errand.pause(1)
    except OSError as fault:
        await notice(errand.source, Visit(at=world.clock.now(), fault=f"cannot listen: {fault}"))
        raise


def opened(door: Door) -> AbstractAsyncContextManager[str]:
    """The door, listening; gives its address."""
    return serving(door.answer, *_stands(door.errand.source))


def _stands(source: Source) -> tuple[str, int, Certificate | None]:
    """Where the door is."""
    return source.options["host"], source.options["port"], source.options["tls"]


KIND: Final = Kind(
    name="push", words="others send their articles here over HTTP, and are told when Kafka has them",
    parse=parse, bring=bring, options=options, needs_url=False,
)  # fmt: skip
