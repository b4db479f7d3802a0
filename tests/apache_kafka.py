"""A real Apache Kafka 4 on 127.0.0.1 without containers: KRaft, one node, from its published jars."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.embedded import free_port

POM = Path(__file__).parents[1] / "deploy" / "kafka" / "pom.xml"


_TRIES = 3


class NoKafkaError(RuntimeError):
    """Why Apache Kafka cannot be had on this machine, in one line."""


def jars() -> Path:
    """The folder of Kafka's jars, fetched once and kept in the user's cache. Raises `NoKafkaError`."""
    if shutil.which("java") is None:
        raise NoKafkaError("Apache Kafka needs Java 17: no `java` on the PATH")
    folder = _cache() / f"kafka-{_stamp()}"
    if not (folder / "complete").exists():
        _fetch(folder)
    return folder


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tapewire"


def _stamp() -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, POM.read_text()).hex[:12]


def _fetch(folder: Path) -> None:
    if shutil.which("mvn") is None:
        raise NoKafkaError("Apache Kafka's jars are fetched with Maven: no `mvn` on the PATH")
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    for _ in range(_TRIES):  # a repository that stumbles once goes on where it was
        done = subprocess.run([*command, f"-DoutputDirectory={folder}"], capture_output=True, text=True, check=False)
        if not done.returncode:
            break
    else:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise NoKafkaError(f"Apache Kafka's jars cannot be fetched: {' '.join(last)[:200]}")
    (folder / "complete").touch()


class ApacheKafka:
    """A broker that can be started, stopped, killed and started again on the same data and port."""

    def __init__(self, partitions: int = 4) -> None:
        self._jars = jars()
        self._process: subprocess.Popen[bytes] | None = None
        for last in range(_TRIES - 1, -1, -1):
            self._format(partitions)
            try:
                self.start()
            except NoKafkaError:  # somebody else was quicker to take one of its ports
                self.stop()
                if not last:
                    raise
            else:
                return

    def _format(self, partitions: int) -> None:
        """A folder and ports of its own."""
        self._folder = Path(tempfile.mkdtemp(prefix="tapewire-kafka-"))
        self._port, self._controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self._port}"
        self._config = self._folder / "server.properties"
        self._config.write_text(self._properties(partitions))
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        storage = ["format", "-t", cluster, "-c", str(self._config), *self._formatting()]
        self._java("kafka.tools.StorageTool", *storage).wait()

    def client(self) -> dict[str, str]:
        """What a client of librdkafka must be told."""
        return {"bootstrap.servers": self.bootstrap}

    def _formatting(self) -> list[str]:
        """What else the storage is formatted with."""
        return []

    def _properties(self, partitions: int) -> str:
        values = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._folder / "log"),
            "num.partitions": str(partitions),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "log.retention.hours": "-1",  # it goes by the records' own times, and an archive's are old
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "auto.create.topics.enable": "true",
        }
        return "".join(f"{k}={v}\n" for k, v in values.items())

    def _java(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        memory = ["-Xmx512m", "-Xms256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        classpath = ["-cp", f"{self._jars}/*"]
        command = ["java", *memory, *quiet, *classpath, main, *arguments]
        with (self._folder / "broker.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def start(self, seconds: float = 120.0) -> None:
        """Start and wait until topics can be created. Raises `NoKafkaError`."""
        self._process = self._java("kafka.Kafka", str(self._config))
        end = time.monotonic() + seconds
        admin = AdminClient({**self.client(), "log_level": 0})
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                admin.list_topics(timeout=1)
            except KafkaException:
                time.sleep(0.1)
            else:
                return
        raise NoKafkaError(f"Apache Kafka did not start: {self.log()[-300:]}")

    def create(self, *topics: str, partitions: int = 4) -> None:
        """Create topics and wait until they are there."""
        admin = AdminClient({**self.client()})
        made = admin.create_topics([NewTopic(t, partitions, 1) for t in topics])
        for future in made.values():
            future.result(20)

    @property
    def pid(self) -> int:
        """Its process; 0 while it is dead."""
        return self._process.pid if self._process else 0

    def log(self) -> str:
        """What the broker printed."""
        return (self._folder / "broker.log").read_text(errors="replace")

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill and start again on the same data."""
        self.kill()
        self.start(180.0)  # it reads its log again, and on a busy machine that takes its time

    def stop(self) -> None:
        """End it and remove its data."""
        self._end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None
