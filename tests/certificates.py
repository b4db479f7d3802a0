"""Certificates for servers on 127.0.0.1, made anew for each run; nothing of them is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: whom to trust, who the server is (`both`: key and chain in one file, as Kafka wants it)."""

    ca: Path
    cert: Path
    key: Path
    both: Path


def make(folder: Path) -> Certificates:
    """A certificate authority of our own and a server certificate for 127.0.0.1 and localhost."""
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    chain = b"".join(blob.bytes() for blob in server.cert_chain_pems)
    private = load_pem_private_key(server.private_key_pem.bytes(), None)
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "server.both.pem")
    authority.cert_pem.write_to_path(str(made.ca))
    made.cert.write_bytes(chain)
    made.key.write_bytes(key)
    made.both.write_bytes(key + chain)
    return made
