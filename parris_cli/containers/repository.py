"""The deployment's repository of images: whether it has one, and the login to push one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from parris_cli.account.clients import Account


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password for a registry, valid for 12 hours."""

    registry: str
    user: str
    password: str

    def __repr__(self) -> str:
        """Leave out the password, which no message may contain."""
        return f"Login({self.registry}, {self.user})"


class Repository:
    """The repository of a deployment.

    Raises:
        RefusedError: if the deployment has none, because it is of an earlier version.
    """

    def __init__(self, account: Account) -> None:
        self.uri = account.deployment.image_repository
        if not self.uri:
            raise RefusedError(
                "this deployment has no repository for images: update it with `parris deploy`"
            )
        self._ecr = account.ecr

    def uri_of(self, tag: str) -> str:
        """Return the URI of an image, as `image` in a config takes it."""
        return f"{self.uri}:{tag}"

    def has(self, tag: str) -> bool:
        """Return whether the repository has an image with that tag."""
        name = self.uri.partition("/")[2]
        try:
            self._ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
        except ClientError as err:
            if code_of(err) == "ImageNotFoundException":
                return False
            raise
        return True

    def login(self) -> Login:
        """Return what an engine needs to push."""
        (data,) = self._ecr.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
        return Login(self.uri.partition("/")[0], user, password)
