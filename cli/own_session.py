"""The person's own AWS account, as their shell and their files name it."""

from __future__ import annotations

import os

import boto3

_REGION, _OLD_REGION = "AWS_REGION", "AWS_DEFAULT_REGION"


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
