"""Settings: `tapewire.toml` and TAPEWIRE_* variables (which win) to one frozen record; all faults at once.

The words behind a setting are its line in `deploy/settings.md`. How they are read: `read.py`; what
may not be said together: `faults.py`; all of it: `load.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from streams.basics.times import DAY, MINUTE, SECOND
from streams.kafka.cluster import Cluster
from streams.kafka.plan import Wanted
from streams.records import Millis

Security = Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]
Mechanism = Literal["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"]
LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a run can be told. Every field can be given in the file and in the environment."""

    kafka: str = "127.0.0.1:9092"  # HOST:PORT of brokers, separated by commas
    kafka_security: Security = "plaintext"  # what is spoken with the brokers
    kafka_sasl: Mechanism = "scram-sha-512"  # how we say who we are, with sasl_plaintext and sasl_ssl
    kafka_user: str = ""  # for plain and scram
    kafka_password: str = field(default="", repr=False)  # for plain and scram
    kafka_ca: Path | None = None  # PEM file of who signed the brokers' certificates; the system's without it
    kafka_cert: Path | None = None  # PEM file of our own certificate, when the brokers ask for one
    kafka_key: Path | None = None  # PEM file of its key, unless `kafka_cert` holds both
    kafka_key_password: str = field(default="", repr=False)  # of the key
    kafka_token_path: Path | None = None  # for oauthbearer: a file with the token, read anew at every connection
    redis: str = field(default="redis://127.0.0.1:6379/0", repr=False)  # redis://, rediss:// (TLS) or unix:// url
    redis_user: str = ""  # ACL user
    redis_password: str = field(default="", repr=False)  # of the user, or of the server
    redis_ca: Path | None = None  # PEM file of who signed Redis' certificate; the system's without it
    redis_cert: Path | None = None  # PEM file of our own certificate, when Redis asks for one
    redis_key: Path | None = None  # PEM file of its key
    prefix: str = ""  # before the name of every topic, key and group: several desks share a cluster
    watches: Path = Path("watches.toml")  # the watch file
    sources: Path = Path("sources.toml")  # what `tapewire ingest` brings in
    model: Path | None = None  # folder of a trained model; the shipped one without it
    directory: Path | None = None  # folder of a company directory; the shipped one without it
    reload: Millis = 5 * SECOND  # how often watches, sources, model and directory are looked at; 0s: on SIGHUP only
    slack_token: str = field(default="", repr=False)  # a bot token (xoxb-...)
    slack_app_token: str = field(default="", repr=False)  # for buttons and /tapewire (Socket Mode): xapp-...
    desk_users: str = ""  # Slack user ids that may change the desk there; empty: everybody in the channel
    zone: str = "UTC"  # when "today" ends on this desk, and whose hours quiet=22:00-07:00 means in /tapewire
    webhooks: str = field(default="", repr=False)  # NAME=url, separated by spaces: channels `webhook:NAME`
    alarm: str = ""  # webhook:NAME or console: is told when Slack, or a channel of it, takes nothing
    slack_url: str = "https://slack.com/api/"  # where Slack's methods are
    slack_pace: Millis = SECOND  # between two posts to one channel
    slack_team_pace: Millis = 250  # between two posts to the workspace, on average
    slack_timeout: Millis = 10 * SECOND  # of one post
    lease: Millis = 15 * SECOND  # longer than `slack_timeout`: an expired lease means doubt
    settle: Millis = 30 * SECOND  # how long Slack may take to show a message it accepted
    reread: Millis = 15 * SECOND  # between the two clean reads that allow a second post
    batch: int = 256  # articles judged together, at most
    batch_wait: Millis = 20  # how long a lone article waits for company
    session_timeout: Millis = 6 * SECOND  # silence that costs a worker its partitions; brokers accept 6s and more
    commit_interval: Millis = 500  # between two commits: what is done again after a crash
    stall: Millis = 2 * MINUTE  # no progress for so long, with work waiting: the worker exits to be restarted
    health: str = "127.0.0.1:9644"  # HOST:PORT of /live, /ready and /metrics, or off
    health_token: str = field(default="", repr=False)  # bearer token for /metrics and reasons; a must beyond loopback
    log_format: LogFormat = "console"  # for eyes, or one JSON object a line
    log_level: LogLevel = "info"  # debug adds one line a decision
    stories_most: int = 500_000  # articles the story memory holds at most, some 1.2 kB each; the oldest go first
    catch_up: Millis = DAY  # what lay on Kafka for longer when it is read (first start, long outage) is late, not told
    topic_partitions: int = 8  # of `articles` and `alerts`, as `tapewire topics apply` makes them
    topic_replication: int = 1  # copies of every topic; 3 where there are three brokers
    topic_min_insync: int = 1  # copies that must have a record before it counts as written; 2 of 3
    topic_keep: Millis = 90 * DAY  # how long `articles` and `decisions` are kept
    beside: bool = False  # read articles in a process beside the worker, on a second core
    embedded: bool = False  # the broker is librdkafka's mock: work around what it does not do

    @property
    def cluster(self) -> Cluster:
        """Kafka, as every client of it is told."""
        return Cluster(
            bootstrap=self.kafka, security=self.kafka_security, mechanism=self.kafka_sasl, user=self.kafka_user,
            password=self.kafka_password, ca=self.kafka_ca, cert=self.kafka_cert, key=self.kafka_key,
            key_password=self.kafka_key_password, token_path=self.kafka_token_path,
        )  # fmt: skip

    @property
    def topics(self) -> Wanted:
        """What the topics are made and examined by."""
        return Wanted(
            prefix=self.prefix, partitions=self.topic_partitions, replication=self.topic_replication,
            min_insync=self.topic_min_insync, keep=self.topic_keep,
        )  # fmt: skip


class BadSettings(ValueError):  # noqa: N818 - named for what was read
    """Settings that cannot be used; `faults` lists every fault, one line each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def is_local(host: str) -> bool:
    """Whether only this machine can reach it."""
    return host in {"127.0.0.1", "localhost", "::1"}


def is_safe(url: str) -> bool:
    """Whether nobody on the way reads what is sent there: https, or http to this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return (parts.scheme == "https" and bool(host)) or (parts.scheme == "http" and is_local(host))


def parse_webhooks(text: str) -> dict[str, str]:
    """`ops=https://... desk=https://...` to urls by name. Raises ValueError, never with a url in it."""
    urls: dict[str, str] = {}
    for part in text.split():
        name, equals, url = part.partition("=")
        if not name or not equals or not is_safe(url):
            raise ValueError("write webhooks as NAME=https://..., separated by spaces")
        if name in urls:
            raise ValueError(f"two are called {name!r}: give each a name of its own")
        urls[name] = url
    return urls
