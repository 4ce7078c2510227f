"""The user's own AWS account, as configured in the shell and in AWS's files."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGION, _OLD_REGION = "AWS_REGION", "AWS_DEFAULT_REGION"
_NO_PROXY = ("NO_PROXY", "no_proxy")
_THIS_MACHINE = "127.0.0.1,localhost"


def embedded_endpoint() -> str | None:
    """Return the endpoint of an embedded AWS that the shell is set to, None if it has none."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    is_here = urlsplit(endpoint).hostname in ("127.0.0.1", "localhost", "::1")
    return endpoint if is_here else None


def own_session() -> boto3.Session:
    """Return a session of the user's own account.

    Raises:
        BotoCoreError: when the configuration refers to something missing, such as a profile.
    """
    # boto3 reads only the older variable. Every other SDK reads this one, and reads it first.
    region = os.environ.get(_REGION) or None
    known = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return _session(region, os.environ.get("HOME"), frozenset(known.items()))


@lru_cache(maxsize=4)
def _session(
    region: str | None, home: str | None, environment: frozenset[tuple[str, str]]
) -> boto3.Session:
    """Return one session for one environment: each reads the models of AWS's services anew."""
    return boto3.Session(region_name=region)


def has_credentials() -> bool:
    """Return whether there are credentials of any kind, valid or not."""
    try:
        return own_session().get_credentials() is not None
    except BotoCoreError:
        return True  # they are configured, and using them says what is wrong


def region_variables() -> dict[str, str]:
    """Return the variables that give other programs the Region that this command uses."""
    region = os.environ.get(_REGION) or os.environ.get(_OLD_REGION)
    return {_REGION: region, _OLD_REGION: region} if region else {}


@contextmanager
def without_own_account() -> Iterator[None]:
    """Hide the user's own account from this process inside the block.

    The SDK clients of the embedded AWS read these variables, too. The proxy settings stay, except
    for this machine: packages may be downloaded through a proxy.
    """
    names = [name for name in os.environ if name.startswith("AWS_")]
    before = {name: os.environ.get(name) for name in (*names, *_NO_PROXY)}
    for name in names:
        del os.environ[name]
    for name in _NO_PROXY:
        os.environ[name] = ",".join(filter(None, (before[name], _THIS_MACHINE)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
