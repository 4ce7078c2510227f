"""The role of a job on a server: the server assumes it with the name of the attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class _Session:
    user_id: str
    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class AttemptRole:
    """The role that one attempt acts with.

    Args:
        make_sts: returns a client of STS that acts as the server.
        role_arn: the role of jobs on servers.
        session_name: the name of the attempt.
        region: the server's.
    """

    make_sts: Callable[[], Any]
    role_arn: str
    session_name: str
    region: str

    def find_arn(self) -> str:
        """Return the role that was handed over."""
        return self.role_arn

    def assume(self, role_arn: str) -> _Session:
        """Return a session that the server has assumed."""
        assumed = self.make_sts().assume_role(RoleArn=role_arn, RoleSessionName=self.session_name)
        keys = assumed["Credentials"]
        return _Session(
            assumed["AssumedRoleUser"]["AssumedRoleId"],
            keys["AccessKeyId"],
            keys["SecretAccessKey"],
            keys["SessionToken"],
        )
