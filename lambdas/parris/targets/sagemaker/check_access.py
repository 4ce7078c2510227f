"""Checks the role of a training job, its network, and the S3 folders that it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.folder import INPUTS_FOLDER
from parris.payloads import maybe_text_in
from parris.s3_uri import split_s3_uri
from parris.targets.sagemaker.read_spec import channels_in
from parris.validation.input_data import expected_instead_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from parris.aws.bucket import Bucket
    from parris.payloads import Payload
    from parris.settings import Settings

_ROLE, _CHANNELS = "execution-role-arn", "input-channels"
_SUBNETS, _GROUPS = "subnet-ids", "security-group-ids"
_WRITTEN_BY_THE_JOB = ("output-uri", "checkpoint-uri")


def find_role_violations(config: Payload, allowed_arns: Sequence[str]) -> Iterator[Violation]:
    """Yield a violation if the deployment does not allow the role."""
    role_arn = maybe_text_in(config, _ROLE)
    if role_arn is not None and role_arn not in allowed_arns:
        allowed = ", ".join(allowed_arns) or "none"
        expected = (
            f"a role that the deployment's AllowedSageMakerRoleArns lists (now: {allowed}), or no"
            " such key: then a role is made for the job"
        )
        yield Violation(f"/{_ROLE}", shown(role_arn), expected)


def find_network_violations(config: Payload, wrong: AbstractSet[str]) -> Iterator[Violation]:
    """Yield a violation if only one of subnets and security groups is given."""
    for key, other in ((_SUBNETS, _GROUPS), (_GROUPS, _SUBNETS)):
        if key in config and other not in config and other not in wrong:
            yield Violation(f"/{other}", "nothing", f"a list, because {key} is given")


def find_uri_violations(
    config: Payload, settings: Settings, wrong: AbstractSet[str]
) -> Iterator[Violation]:
    """Yield the S3 folders that the job cannot read or write.

    What a role of the user's own may read and write is not known here.

    Args:
        config: the merged config, without invalid keys.
        settings: the folders and buckets that the deployment's jobs may use.
        wrong: the keys that are invalid, and therefore are not in the config.
    """
    if _ROLE in config or _ROLE in wrong:
        return
    for channel in channels_in(config):
        expected = expected_instead_of(channel.uri, settings, has_own_role=True)
        if expected is not None:
            yield Violation(f"/{_CHANNELS}/{channel.name}", shown(channel.uri), expected)
    for key in _WRITTEN_BY_THE_JOB:
        if key in config:
            yield from _not_shared(config, key, settings)


def find_empty_channels(config: Payload, bucket: Bucket) -> Iterator[Violation]:
    """Yield a violation for each channel in the training bucket that has no data.

    The role that validates cannot list other buckets. Data of the user's own disk is uploaded only
    when the job starts, not for an estimate.
    """
    for channel in channels_in(config):
        name, key = split_s3_uri(channel.uri)
        is_elsewhere = name != bucket.name or key.startswith(f"{INPUTS_FOLDER}/")
        if not is_elsewhere and not bucket.has_any(key):
            expected = "a prefix with objects, since SageMaker refuses a channel without data"
            yield Violation(f"/{_CHANNELS}/{channel.name}", shown(channel.uri), expected)


def _not_shared(config: Payload, key: str, settings: Settings) -> Iterator[Violation]:
    uri = str(config[key])
    bucket, folder = split_s3_uri(uri)
    folders = settings.shared_folders
    is_shared = any(folder == one or folder.startswith(f"{one}/") for one in folders)
    if bucket != settings.training_bucket or not is_shared:
        shared = ", ".join(f"s3://{settings.training_bucket}/{one}/" for one in folders)
        expected = (
            f"a folder that every job may write to ({shared or 'none so far'}), or an"
            f" {_ROLE} whose role may write there. Without {key}, a folder of the job's own is used"
        )
        yield Violation(f"/{key}", shown(uri), expected)
