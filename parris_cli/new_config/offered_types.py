"""The instance types that the account's Region offers, so that a misspelled one is asked again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris.near_names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import boto3


class OfferedTypes:
    """What EC2 offers to an account.

    Args:
        session: the account's; None where it is not looked at.
    """

    def __init__(self, session: boto3.Session | None) -> None:
        self._session = session

    def checked(self, types: Sequence[str]) -> tuple[str, ...]:
        """Return the types, if EC2 offers all of them or cannot be asked.

        Raises:
            ValueError: saying which one it does not offer, and what may have been meant.
        """
        for kind in types if self._offered else ():
            # SageMaker has types of its own, which no call lists.
            if not kind.startswith("ml.") and kind not in self._offered:
                meant = did_you_mean(kind, self._offered)
                raise ValueError(f"found {kind!r}, expected a type that your Region offers{meant}")
        return tuple(types)

    @cached_property
    def _offered(self) -> frozenset[str]:
        if self._session is None:
            return frozenset()
        try:
            pages = self._session.client("ec2").get_paginator("describe_instance_type_offerings")
            return frozenset(
                one["InstanceType"]
                for page in pages.paginate()
                for one in page["InstanceTypeOfferings"]
            )
        except (BotoCoreError, ClientError):
            return frozenset()  # the deployment checks it when a job is started
