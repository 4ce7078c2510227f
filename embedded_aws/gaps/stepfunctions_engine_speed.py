"""The engine keeps its boto3 clients and its parsed paths, and calls 127.0.0.1.

moto makes a new client for every task (most of what a task costs), parses every JSONPath anew, and
calls `localhost`, which some machines look up first as an IPv6 address.
"""

import functools
import sys
import threading
from typing import Any

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client, json_path

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.permissions.engine_key import engine_key

_making = threading.Lock()


def install() -> None:
    """Patch the engine's client factory, wherever it was imported by name, and its parser."""
    original = boto_client.boto_client_for
    wrap(boto_client, "boto_client_for", _make_client_for)
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and (
            getattr(module, "boto_client_for", None) is original
        ):
            module.boto_client_for = boto_client.boto_client_for  # type: ignore[attr-defined]
    wrap(json_path, "parse", _make_parse)


def _make_client_for(original: Any) -> Any:
    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        with _making:  # boto3's session is not safe to use from several threads
            key = engine_key(state_credentials)
            return _client_at(current().endpoint_url, region, service, *key)

    return boto_client_for


@functools.cache
def _client_at(
    endpoint_url: str, region: str, service: str, key_id: str, secret: str, token: str
) -> Any:
    return _session().client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            read_timeout=1000,  # above the 900 s that a function may take
            max_pool_connections=50,
        ),
    )


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()


def _make_parse(original: Any) -> Any:
    return functools.lru_cache(maxsize=4096)(original)
