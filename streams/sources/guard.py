"""Which addresses may be asked: the public internet, and what the settings allow by name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urljoin, urlsplit

from streams.basics.limits import URL_CHARS
from streams.sources.web import Unsafe

_PORTS: Final = {"http": 80, "https": 443}
_NOT_PUBLIC_4: Final = tuple(
    ip_network(n)
    for n in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_PUBLIC_6: Final = ip_network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(ip_network(n) for n in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_NAT64: Final = ip_network("64:ff9b::/96")
_HOME: Final = tuple(
    ip_network(n)
    for n in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)  # fmt: skip
_NEVER: Final = tuple(ip_network(n) for n in ("fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32"))
"""Where clouds keep their secrets, among addresses that could be somebody's home."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_\-]{0,62}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_NUMBERS: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a url leads: nothing else of it is ever connected to."""

    url: str
    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Guard:
    """`private`: hosts, or host:port, that may lie in a private network or on this machine."""

    private: Collection[str] = ()

    def place(self, url: str, base: str = "") -> Place:
        """A url taken apart, after `base` for a redirect. Raises `Unsafe` for what no page of a stranger needs."""
        if len(url) > URL_CHARS or any(c <= " " or c in "\\\x7f" for c in url):
            raise Unsafe("an address with spaces, control characters or backslashes, or without end")
        try:
            parts = urlsplit(urljoin(base, url))
            port = parts.port
            host = _ascii(parts.hostname or "")
        except ValueError:
            raise Unsafe("an address that cannot be read") from None
        if parts.scheme not in _PORTS:
            raise Unsafe(f"{parts.scheme or 'no'} scheme: only http and https are fetched")
        if parts.username is not None or parts.password is not None:
            raise Unsafe("an address with a user name in it")
        port = _PORTS[parts.scheme] if port is None else port
        if not self._is_port(port) and not self.allows(host, port):
            raise Unsafe(f"port {port}: only 80, 443 and those from 1024 are asked")
        _check_host(host)
        told = f"[{host}]" if ":" in host else host
        place = told if port == _PORTS[parts.scheme] else f"{told}:{port}"
        return Place(parts._replace(netloc=place, fragment="").geturl(), parts.scheme, host, port)

    @staticmethod
    def _is_port(port: int) -> bool:
        return port in _PORTS.values() or port >= 1024  # noqa: PLR2004 - stated in the message

    def allows(self, host: str, port: int) -> bool:
        """Whether the settings allow this host, by exactly this name, to be private."""
        return host in self.private or f"{host}:{port}" in self.private

    def check(self, place: Place, address: str) -> str:
        """The address, when it may be connected to for this place. Raises `Unsafe`."""
        found = embedded(ip_address(address.partition("%")[0]))
        if any(found in n for n in _NEVER if n.version == found.version):
            raise Unsafe(f"{place.host} is {found}, where a cloud keeps its secrets")
        if is_public(found):
            return address
        home = any(found in n for n in _HOME if n.version == found.version)
        if home and self.allows(place.host, place.port):
            return address
        raise Unsafe(f"{place.host} is {found}, which is not public")


def _ascii(host: str) -> str:
    host = host.lower()
    if not host.isascii():
        import idna  # noqa: PLC0415 - rare, and its tables are large

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise Unsafe("a host name that is none") from None
    return host.rstrip(".")


def _check_host(host: str) -> None:
    if "%" in host:
        raise Unsafe("an address with a zone")
    if ":" in host:
        ip_address(host)  # urlsplit let only an IPv6 address through
        return
    if not _HOST.fullmatch(host):
        raise Unsafe("a host name that is none")
    if _NUMBERS.fullmatch(host):
        try:
            IPv4Address(host)
        except ValueError:
            raise Unsafe(f"{host!r}: an IP address in disguise") from None


def embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, when it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour:
        return address.sixtofour
    return address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one that any stranger on the internet could have."""
    if isinstance(address, IPv4Address):
        return not any(address in n for n in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in n for n in _NOT_PUBLIC_6)
