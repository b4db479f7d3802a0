"""Who we are to Kafka and Redis: one set of settings, the same for every client."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from streams.kafka.cluster import Cluster, client_options, cluster_of
from streams.kafka.publish import Publisher
from streams.kafka.reader import TopicReader
from streams.redis.client import connect
from streams.settings.record import Settings
from streams.worker.app import build_app
from streams.worker.credentials import credentials
from streams.worker.holding import Stop

SCRAM = Cluster(bootstrap="broker:9093", security="sasl_ssl", mechanism="scram-sha-256", user="desk", password="p4ss")


def test_a_plain_address_is_a_cluster_that_asks_for_nothing() -> None:
    """Tests and small desks name the brokers and no more."""
    assert cluster_of("broker:9092") == Cluster(bootstrap="broker:9092")
    assert client_options("broker:9092") == {
        "bootstrap_servers": "broker:9092", "security_protocol": "PLAINTEXT", "ssl_context": None,
    }  # fmt: skip
    assert credentials(Cluster(bootstrap="x")) is None


@pytest.mark.parametrize("security", ["ssl", "sasl_plaintext", "sasl_ssl"])
@pytest.mark.parametrize("mechanism", ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"])
def test_faust_is_told_what_every_other_client_is_told(security: str, mechanism: str, tmp_path: Path) -> None:
    """Publisher, reader, admin and Faust end with the same options."""
    cluster = Cluster(
        bootstrap="b:1", security=security, mechanism=mechanism, user="u", password="p", token_path=tmp_path / "t"
    )
    ours: dict[str, Any] = client_options(cluster)
    theirs: dict[str, Any] = dict(credentials_to_aiokafka_auth(credentials(cluster)))
    for options in (ours, theirs):
        context = options.pop("ssl_context", None)
        assert (context is not None) is cluster.encrypted
        if context:
            assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
        provider = options.pop("sasl_oauth_token_provider", None)
        assert (provider is not None) is (cluster.authenticated and mechanism == "oauthbearer")
    assert ours.pop("bootstrap_servers") == "b:1"
    assert ours == theirs


async def test_a_bearer_token_is_read_anew_at_every_connection(tmp_path: Path) -> None:
    """Whoever renews the file renews the token."""
    file = tmp_path / "token"
    cluster = Cluster(bootstrap="b:1", security="sasl_ssl", mechanism="oauthbearer", token_path=file)
    provider = client_options(cluster)["sasl_oauth_token_provider"]
    for token in ("first", "second"):
        file.write_text(token + "\n")
        assert await provider.token() == token


async def test_settings_reach_every_client() -> None:
    """The reader, the publisher, Faust and Redis are made from one record; none shows a password."""
    settings = Settings(
        kafka="a:1, b:2", kafka_security="sasl_ssl", kafka_sasl="scram-sha-256", kafka_user="desk",
        kafka_password="p4ss", redis="rediss://redis:6380/1", redis_user="desk", redis_password="r3dis",
    )  # fmt: skip
    publisher = Publisher(settings.cluster)
    app = build_app(settings, [], publisher=publisher, stop=Stop())
    assert [str(url) for url in app.conf.broker] == ["kafka://a:1", "kafka://b:2"]
    assert (app.conf.broker_credentials.username, app.conf.broker_credentials.mechanism.value) == (
        "desk", "SCRAM-SHA-256",
    )  # fmt: skip
    reader = TopicReader(settings.cluster)
    client = reader._consumer._client
    assert (client._security_protocol, client._sasl_mechanism) == ("SASL_SSL", "SCRAM-SHA-256")
    await reader._consumer.stop()
    redis = connect(settings)
    options = redis.connection_pool.connection_kwargs
    assert (options["username"], options["password"], options["host"], options["db"]) == ("desk", "r3dis", "redis", 1)
    assert redis.connection_pool.connection_class.__name__ == "SSLConnection"
    await redis.aclose()
    shown = f"{settings!r} {settings.cluster!r} {SCRAM!r}"
    assert "p4ss" not in shown
    assert "r3dis" not in shown
