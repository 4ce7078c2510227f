"""Clients of one session, which reads the models and the endpoints of AWS once."""

import functools
from typing import Any

import boto3


def make_client(service_name: str, region_name: str | None = None) -> Any:
    """Return a new client, with the credentials of the first test's environment: none are real."""
    return _session().client(service_name, region_name=region_name)  # type: ignore[call-overload]


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()
