"""Where a team's experiments are, and the client that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.experiment import EXPERIMENTS
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.session import own_session
from parris_cli.account.stack_status import Use
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from typing import Self

    from mypy_boto3_s3 import S3Client

_SCHEME = "s3://"
_CONNECTIONS = 16
"""At once, for reading: S3 serves thousands, a person's line does not."""


@dataclass(frozen=True, slots=True)
class Location:
    """A prefix of a bucket, empty or with a trailing slash, which runs have their folders below."""

    s3: S3Client
    bucket: str
    prefix: str

    @classmethod
    def at(cls, s3: S3Client, uri: str) -> Self:
        """Return the location of a URI.

        Raises:
            RefusedError: if it is none of S3.
        """
        bucket, _, prefix = uri.removeprefix(_SCHEME).partition("/")
        if not uri.startswith(_SCHEME) or not bucket:
            raise RefusedError(f"{uri}: expected a URI such as s3://bucket/{EXPERIMENTS}/")
        folder = prefix.strip("/")
        return cls(s3, bucket, f"{folder}/" if folder else "")

    @property
    def uri(self) -> str:
        """Return the URI, with a trailing slash."""
        return f"{_SCHEME}{self.bucket}/{self.prefix}"


def find_location(uri: str | None, deployment: str | None) -> Location:
    """Return the location of that URI, which needs nothing but the bucket, or else the default one
    of a deployment.

    Raises:
        RefusedError: if there is no such deployment, or several of which none was named.
    """
    if uri is None:
        account = real_account(deployment or find_deployment(""), Use.REACH)
        uri = f"{_SCHEME}{account.deployment.bucket}/{EXPERIMENTS}/"
    # Imported here: most commands need no pool.
    from botocore.config import Config

    client = own_session().client("s3", config=Config(max_pool_connections=_CONNECTIONS))
    return Location.at(client, uri)


def connections() -> int:
    """Return how many objects are read at once."""
    return _CONNECTIONS
