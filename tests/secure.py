"""Servers that ask who one is: Apache Kafka over SASL_SSL with SCRAM-SHA-512 and ACLs, Redis over TLS with an ACL user."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from streams.embedded import free_port
from tests.apache_kafka import ApacheKafka
from tests.certificates import Certificates

ADMIN, USER = ("admin", "admin-of-the-test"), ("tapewire", "secret-of-the-test")
TRIAGE, DELIVER = ("triage", USER[1]), ("deliver", USER[1])  # who have only the rights of their role
_ALLOWED = {  # what the runbook says that tapewire needs, and nothing more
    ResourceType.TOPIC: (AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DESCRIBE,
                         AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER, AclOperation.ALTER_CONFIGS),
    ResourceType.GROUP: (AclOperation.READ, AclOperation.DESCRIBE),
}  # fmt: skip


class SecureKafka(ApacheKafka):
    """Encrypted, authenticated, and forbidding what is not allowed. `prefix` is what the user `tapewire` may touch."""

    def __init__(self, certificates: Certificates, prefix: str, partitions: int = 4) -> None:
        self._certificates, self._prefix = certificates, prefix
        super().__init__(partitions)
        self._allow()

    def client(self) -> dict[str, str]:
        """As the administrator."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": ADMIN[0],
            "sasl.password": ADMIN[1],
            "ssl.ca.location": str(self._certificates.ca),
        }

    def _formatting(self) -> list[str]:
        users = [
            f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in (ADMIN, USER, TRIAGE, DELIVER)
        ]
        return [part for user in users for part in ("--add-scram", user)]

    def _properties(self, partitions: int) -> str:
        plain = super()._properties(partitions).replace("PLAINTEXT://127", "SASL_SSL://127", 2)
        plain = plain.replace("=PLAINTEXT:PLAINTEXT,", "=SASL_SSL:SASL_SSL,")
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        values = {
            "inter.broker.listener.name": "SASL_SSL",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config":
                f'{login} username="{ADMIN[0]}" password="{ADMIN[1]}";',
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._certificates.both),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self._certificates.ca),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN[0]};User:ANONYMOUS",  # the controller's own listener
            "auto.create.topics.enable": "false",
        }  # fmt: skip
        return plain + "".join(f"{k}={v}\n" for k, v in values.items())

    def _allow(self) -> None:
        self._grant(
            AclBinding(what, self._prefix, ResourcePatternType.PREFIXED, f"User:{USER[0]}", "*", operation,
                       AclPermissionType.ALLOW)
            for what, operations in _ALLOWED.items()
            for operation in operations
        )  # fmt: skip

    def allow(self, user: str, *, reads: Sequence[str] = (), writes: Sequence[str] = (), group: str = "") -> None:
        """Give a user the right to read or write these topics, and to be a member of that group."""
        rows = [(ResourceType.TOPIC, name, AclOperation.READ) for name in reads]
        rows += [(ResourceType.TOPIC, name, AclOperation.WRITE) for name in writes]
        rows += [(ResourceType.GROUP, group, AclOperation.READ)] if group else []
        self._grant(
            AclBinding(what, name, ResourcePatternType.LITERAL, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
            for what, name, operation in rows
        )

    def _grant(self, rights: Iterable[AclBinding]) -> None:
        admin = AdminClient({**self.client()})
        for future in admin.create_acls(list(rights)).values():
            future.result(20)


class SecureRedis:
    """TLS only, no default user, and one that may touch its own keys with the commands that are needed."""

    def __init__(self, certificates: Certificates, *prefixes: str) -> None:
        self.port = free_port()
        self.url = f"rediss://127.0.0.1:{self.port}/0"
        self._folder = Path(tempfile.mkdtemp(prefix="tapewire-redis-"))
        self._certificates = certificates
        self._acl = self._folder / "users.acl"
        names = [f"{prefix}{part}" for prefix in prefixes for part in ("stories", "delivery")]
        keys = [pattern for name in names for pattern in (f"~{{{name}}}*", f"~{name}*")]
        self._acl.write_text(
            "user default off\n"
            f"user {USER[0]} on >{USER[1]} {' '.join(keys)}"
            " -@all +@read +@write +@scripting +@connection +@transaction +info +time\n"
        )

    def __enter__(self) -> Self:
        binary = shutil.which("redis-server") or ""
        tls = {"cert-file": self._certificates.cert, "key-file": self._certificates.key,
               "ca-cert-file": self._certificates.ca, "auth-clients": "no"}  # fmt: skip
        flags = [part for name, value in tls.items() for part in (f"--tls-{name}", str(value))]
        command = [binary, "--port", "0", "--tls-port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", str(self._folder), "--aclfile", str(self._acl), *flags]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()
        return self

    def _wait(self, seconds: float = 15.0) -> None:
        client = redis.Redis.from_url(
            self.url, username=USER[0], password=USER[1], ssl_ca_certs=str(self._certificates.ca)
        )
        end = time.monotonic() + seconds
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                client.close()
                return

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
