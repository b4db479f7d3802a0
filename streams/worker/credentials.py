"""Who we are to Kafka, in Faust's words."""

from __future__ import annotations

from typing import Any

import faust
from faust import auth

from streams.kafka.cluster import Cluster, token_provider


def credentials(cluster: Cluster) -> Any:
    """What `faust.App` takes as `broker_credentials`; None for a cluster that asks for nothing."""
    context = cluster.tls()
    if not cluster.authenticated:
        return faust.SSLCredentials(context) if context else None
    if cluster.mechanism == "oauthbearer":
        return auth.OAuthCredentials(oauth_cb=token_provider(cluster), ssl_context=context)
    return faust.SASLCredentials(
        username=cluster.user, password=cluster.password, mechanism=cluster.mechanism.upper(), ssl_context=context
    )
