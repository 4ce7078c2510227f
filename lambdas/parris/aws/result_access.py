"""STS: short-lived credentials that read the results of one machine, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

    from parris.payloads import Json, Payload
    from parris.settings import Settings

_SECONDS = 3600
"""The longest session of a role that another role assumes.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining"""


class ResultAccess:
    """Hands the results of an attempt to the machine of the next one."""

    def __init__(self, client: STSClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    @translates_errors
    def credentials_for(self, prefix: str) -> Payload:
        """Return credentials that list and read the objects below a prefix for an hour.

        Args:
            prefix: of the training bucket, with a trailing slash.
        """
        found = self._client.assume_role(
            RoleArn=self._settings.resume_role_arn,
            RoleSessionName="parris-resume",
            Policy=json.dumps(self._policy(prefix), separators=(",", ":")),
            DurationSeconds=_SECONDS,
        )["Credentials"]
        return {
            "access_key_id": found["AccessKeyId"],
            "secret_access_key": found["SecretAccessKey"],
            "session_token": found["SessionToken"],
        }

    def _policy(self, prefix: str) -> Payload:
        """Return the policy of the session: the role itself reads the results of every machine."""
        partition = self._settings.resume_role_arn.split(":")[1]
        bucket_arn = f"arn:{partition}:s3:::{self._settings.training_bucket}"
        statements: list[Json] = [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket_arn}/{prefix}*"},
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": bucket_arn,
                "Condition": {"StringLike": {"s3:prefix": f"{prefix}*"}},
            },
            # With which keys is the role's own matter, and a list of them could be too long here.
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
        ]
        return {"Version": "2012-10-17", "Statement": statements}
