"""How Kafka is reached: one record, and the options it means for every client (worker, publisher, reader, admin)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A Kafka cluster and who we are to it. Files are PEM."""

    bootstrap: str
    security: str = "plaintext"
    mechanism: str = "scram-sha-512"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    key_password: str = field(default="", repr=False)
    token_path: Path | None = None

    @property
    def encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return self.security.endswith("ssl")

    @property
    def authenticated(self) -> bool:
        """Whether SASL says who we are."""
        return self.security.startswith("sasl")

    def tls(self) -> ssl.SSLContext | None:
        """The TLS context; None without TLS. Raises OSError (`ssl.SSLError` is one) for files that do not fit."""
        if not self.encrypted:
            return None
        return tls_context(self.ca, self.cert, self.key, self.key_password)


Where = Cluster | str
"""A cluster, or the bootstrap servers of one that asks for nothing."""


def tls_context(ca: Path | None, cert: Path | None, key: Path | None, key_password: str) -> ssl.SSLContext:
    """Verifies the other side's name and chain, always. Raises OSError for files that do not fit."""
    import ssl  # noqa: PLC0415 - only when it is spoken

    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    if cert:
        context.load_cert_chain(str(cert), str(key) if key else None, password=lambda: key_password)
    return context


def cluster_of(where: Where) -> Cluster:
    """`where` as a cluster."""
    return where if isinstance(where, Cluster) else Cluster(bootstrap=where)


def client_options(where: Where) -> dict[str, Any]:
    """What every aiokafka client is made with."""
    cluster = cluster_of(where)
    options: dict[str, Any] = {
        "bootstrap_servers": cluster.bootstrap,
        "security_protocol": cluster.security.upper(),
        "ssl_context": cluster.tls(),
    }
    if not cluster.authenticated:
        return options
    options["sasl_mechanism"] = cluster.mechanism.upper()
    if cluster.mechanism == "oauthbearer":
        return options | {"sasl_oauth_token_provider": token_provider(cluster)}
    return options | {"sasl_plain_username": cluster.user, "sasl_plain_password": cluster.password}


def token_provider(cluster: Cluster) -> Any:
    """Reads the bearer token anew at every connection: whoever renews the file renews the token."""
    import asyncio  # noqa: PLC0415 - heavy, and only for those who ask

    from aiokafka.abc import AbstractTokenProvider  # noqa: PLC0415

    path = cluster.token_path

    class FileToken(AbstractTokenProvider):  # type: ignore[misc]  # its base is untyped
        async def token(self) -> str:
            return (await asyncio.to_thread(path.read_text, encoding="utf-8")).strip() if path else ""

    return FileToken()
