"""From file and environment to values: each setting read by its type, each fault with its place and its mend."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, get_args

from streams.basics.times import parse_span
from streams.basics.toml_lines import BadToml, read_toml
from streams.settings import record
from streams.settings.record import Settings

PREFIX: Final = "TAPEWIRE_"
HIDDEN: Final = "(secret)"
_FILE: Final = "_file"
_NEAR: Final = 0.8


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as it was given; `where` is a file with its line, or a variable."""

    name: str
    value: object
    where: str


def types() -> dict[str, str]:
    """Every setting and its type, as `streams/settings/record.py` writes it."""
    return {f.name: str(f.type) for f in fields(Settings)}


def secrets() -> frozenset[str]:
    """Settings whose value must never be shown."""
    return frozenset(f.name for f in fields(Settings) if not f.repr)


def shown(value: object) -> str:
    """A value as a fault may repeat it: what has an @ in it may hold a password."""
    return HIDDEN if "@" in str(value) else repr(value)[:80]


def read_settings(
    file: Path | None, environment: Mapping[str, str] | None
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """The values that were given, where each was given, and every fault."""
    environment = os.environ if environment is None else environment
    faults: list[str] = []
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for given in (*_from_file(_named(file, environment), faults), *_from_environment(environment, faults)):
        try:
            values[given.name] = _value(given)
            places[given.name] = given.where
        except ValueError as fault:
            value = HIDDEN if given.name in secrets() else shown(given.value)
            faults.append(f"{given.where}: `{given.name}` = {value}: {fault}")
    return values, places, faults


def _named(file: Path | None, environment: Mapping[str, str]) -> Path | None:
    return file or (Path(environment[PREFIX + "CONFIG"]) if environment.get(PREFIX + "CONFIG") else None)


def _from_file(named: Path | None, faults: list[str]) -> Iterator[Given]:
    path = named or Path("tapewire.toml")
    if named is None and not path.exists():
        return
    try:
        toml = read_toml(path)
    except BadToml as fault:
        faults.append(str(fault))
        return
    for name, value in toml.data.items():
        where = toml.where(name)
        if name.endswith(_FILE) and (own := name.removesuffix(_FILE)) in toml.data:
            faults.append(f"{where}: `{own}` is given too; take one of them out")
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            faults.append(
                f"{where}: [{name}] is a table; write settings as NAME = VALUE, watches in a file of their own"
            )
        else:
            yield from _known(name, value, where, faults)


def _from_environment(environment: Mapping[str, str], faults: list[str]) -> Iterator[Given]:
    for variable, name in _ours(environment):
        if not _meant(name):
            continue
        if name.endswith(_FILE) and variable.removesuffix(_FILE.upper()) in environment:
            faults.append(f"{variable}: {variable.removesuffix('_FILE')} is given too; unset one of them")
        yield from _known(name, environment[variable], variable, faults)


def unread(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """One line per variable with our prefix that no setting reads: no fault, for other programs may be meant."""
    for variable, name in _ours(os.environ if environment is None else environment):
        if not _meant(name):
            near = _likely(name.removesuffix(_FILE))
            meant = f"; did you mean {PREFIX}{near.upper()}?" if near else ""
            yield f"{variable}: is no setting, nobody reads it{meant}"


def _ours(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every variable with our prefix, and the setting that its name says."""
    for variable in environment:
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name != "config":
            yield variable, name


def _meant(name: str) -> bool:
    """Whether it is a setting, or is spelt so nearly like one that it can be nothing else."""
    own = name.removesuffix(_FILE)
    return name in types() or own in types() or bool(_close(own, _NEAR))


def _known(name: str, value: object, where: str, faults: list[str]) -> Iterator[Given]:
    own = name.removesuffix(_FILE)
    if name in types():
        yield Given(name, value, where)
    elif name.endswith(_FILE) and own in types():
        try:
            yield Given(own, _content(own, value), f"{where} ({value})")
        except ValueError as fault:
            faults.append(f"{where}: `{own}`: {fault}")
    else:
        near = _likely(own)
        faults.append(f"{where}: unknown setting `{name}`" + (f"; did you mean `{near}`?" if near else ""))


def _content(name: str, path: object) -> str:
    if not isinstance(path, str) or not path:
        raise ValueError("give the path of a file, as a string")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as fault:
        # Who gives the secret itself instead of a file with it must not find it in a log.
        what = "the file of the secret" if name in secrets() else shown(path)
        raise ValueError(f"{what} cannot be read: {getattr(fault, 'strerror', None) or 'not UTF-8'}") from None


def _likely(name: str) -> str:
    """The setting that was meant: who writes `redis_url` means `redis`, though `redis_user` is spelt more alike."""
    return max((s for s in types() if name.startswith(s + "_")), key=len, default="") or _close(name)


def _close(name: str, cutoff: float = 0.6) -> str:
    return next(iter(difflib.get_close_matches(name, list(types()), n=1, cutoff=cutoff)), "")


def _value(given: Given) -> Any:
    kind = types()[given.name]
    if kind in _READERS:
        return _READERS[kind](given.value)
    return _one_of(get_args(getattr(record, kind)), given.value)


def _one_of(choices: tuple[str, ...], value: object) -> str:
    text = _text(value).lower().replace("-", "_")
    for choice in choices:
        if choice.replace("-", "_") == text:
            return choice
    raise ValueError(f"write one of {', '.join(choices)}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError('write a string, in quotes: "..."')  # noqa: TRY004 - one error type for every unreadable value
    if any(ord(c) < 32 for c in value):  # noqa: PLR2004 - the control characters
        raise ValueError("has a line break or another control character in it")
    return value.strip()


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if str(value).lower() not in known:
        raise ValueError("write true or false")
    return known[str(value).lower()]


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip().isdecimal():
        raise ValueError("write a whole number")
    return int(value)


def _span(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("write a span of time: 500ms, 90s, 15m, 6h or 2d")  # noqa: TRY004 - as above
    return 0 if str(value) == "0" else parse_span(str(value))  # 30 without a unit: 30 seconds, or milliseconds?


def _path(value: object) -> Path:
    if not _text(value):
        raise ValueError("write a path")
    return Path(_text(value))


_READERS: Final[dict[str, Callable[[object], Any]]] = {
    "str": _text,
    "int": _number,
    "bool": _boolean,
    "Millis": _span,
    "Path": _path,
    "Path | None": lambda value: _path(value) if value != "" else None,
}
