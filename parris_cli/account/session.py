"""The person's own AWS account, as their shell and their files name it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGION, _OLD_REGION = "AWS_REGION", "AWS_DEFAULT_REGION"
_NO_PROXY = ("NO_PROXY", "no_proxy")
_THIS_MACHINE = "127.0.0.1,localhost"


def embedded_endpoint() -> str | None:
    """Return the endpoint of the embedded AWS that the shell points at, None where it does not."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    is_here = urlsplit(endpoint).hostname in ("127.0.0.1", "localhost", "::1")
    return endpoint if is_here else None


def own_session() -> boto3.Session:
    """Return a session of the person's own account.

    Raises:
        BotoCoreError: when what they have set is not there, such as a profile.
    """
    # boto3 itself reads the older variable only; every other SDK reads this one, and first.
    return boto3.Session(region_name=os.environ.get(_REGION) or None)


def region_variables() -> dict[str, str]:
    """Return the variables with which other programs find the Region that this command finds."""
    region = os.environ.get(_REGION) or os.environ.get(_OLD_REGION)
    return {_REGION: region, _OLD_REGION: region} if region else {}


@contextmanager
def without_own_account() -> Iterator[None]:
    """Let this process know nothing of the person's own account inside the block.

    What serves an embedded AWS asks it through SDKs that read these variables, too. A proxy goes
    on to be asked for everything that is not on this machine: packages may come through it.
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
