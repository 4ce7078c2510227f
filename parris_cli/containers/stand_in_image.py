"""Makes the config of a job for a real account run on an embedded AWS, which has no images.

The entrypoint of a training job runs as a process there, so that an empty image of the same name is
enough. Roles and networks of the real account are left out.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris.validation.merge_configs import merge_configs

if TYPE_CHECKING:
    from parris.payloads import Json, Payload
    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.terminal.screen import Screen

IMAGE_KEY = "image"
# Of the real account, and checked against it.
_OF_AN_ACCOUNT = ("execution-role-arn", "subnet-ids", "security-group-ids")
_ECR = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@sha256:(?P<digest>[0-9a-f]{64}))?"
)
_NOTHING = f"sha256:{'0' * 64}"
_TYPE = "application/vnd.docker"
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": f"{_TYPE}.distribution.manifest.v2+json",
    "config": {"mediaType": f"{_TYPE}.container.image.v1+json", "size": 0, "digest": _NOTHING},
    "layers": [],
}
_THERE_ALREADY = ("RepositoryAlreadyExistsException", "ImageAlreadyExistsException")


def with_stand_in_image(account: Account, files: JobFiles, screen: Screen | None) -> JobFiles:
    """Return the files of a job whose image exists in the embedded AWS.

    Args:
        account: the deployment in the embedded AWS.
        files: the job's files; those of a job without an image are returned unchanged.
        screen: shows what is left out of the config; None shows nothing.
    """
    config = files.merged
    uri = config.get(IMAGE_KEY)
    found = _ECR.fullmatch(uri) if isinstance(uri, str) else None
    if found is None:
        return files  # ValidateConfig says what is wrong with it
    repository, tag = found["repository"], found["tag"] or (found["digest"] or "latest")[:16]
    _put(account, repository, tag)
    arn = account.deployment.state_machine_arn.split(":")
    place = f"{arn[4]}.dkr.ecr.{arn[3]}.amazonaws.com/{repository}:{tag}"
    left_out: dict[str, Json] = {key: None for key in _OF_AN_ACCOUNT if config.get(key)}
    if left_out and screen is not None:
        names = ", ".join(left_out)
        screen.say(f"without {names}: what they name is not in this AWS", "embedded")
    overrides: Payload = {IMAGE_KEY: place, **left_out}
    merged = merge_configs(files.overrides, overrides, keeps_nulls=True)
    return dataclasses.replace(files, overrides=merged)


def _put(account: Account, repository: str, tag: str) -> None:
    ecr = account.client("ecr")
    for operation, request in (
        (ecr.create_repository, {}),
        (ecr.put_image, {"imageManifest": json.dumps(_MANIFEST), "imageTag": tag}),
    ):
        try:
            operation(repositoryName=repository, **request)
        except ClientError as err:
            if code_of(err) not in _THERE_ALREADY:
                raise
