"""Uploads a job's code to the training bucket, once for each content."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris.validation.code import CODE_KEY, FOLDER_KEY
from parris_cli.packing.archive import pack

if TYPE_CHECKING:
    from typing import IO

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.packing.plan_code import CodePlan

CODE_FOLDER = "uploads/code"
_MOST_IN_MEMORY_BYTES = 16 * 1024**2


def upload_code(account: Account, plan: CodePlan) -> Payload:
    """Upload the files of a plan, unless the bucket already contains them.

    Returns:
        The config keys that refer to them; none if there are no files.

    Raises:
        RefusedError: if a file cannot be read.
    """
    if not plan.files:
        return {}
    bucket = account.deployment.bucket
    with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY_BYTES) as archive:
        key = _pack(plan, archive)
        if not is_there(account, key):
            archive.seek(0)
            account.s3.upload_fileobj(archive, bucket, key)
    return _keys(plan, key)


def code_keys(plan: CodePlan) -> Payload:
    """Return the config keys that refer to the files of a plan once they are uploaded.

    Raises:
        RefusedError: if a file cannot be read.
    """
    if not plan.files:
        return {}
    with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY_BYTES) as archive:
        return _keys(plan, _pack(plan, archive))


def _pack(plan: CodePlan, archive: IO[bytes]) -> str:
    """Write the archive of a plan, and return its key in the bucket."""
    return f"{CODE_FOLDER}/{pack(plan.files, archive)}.tar.gz"


def _keys(plan: CodePlan, key: str) -> Payload:
    return {CODE_KEY: key, **({FOLDER_KEY: plan.script_folder} if plan.script_folder else {})}


def is_there(account: Account, key: str) -> bool:
    """Return whether the training bucket contains an object."""
    try:
        account.s3.head_object(Bucket=account.deployment.bucket, Key=key)
    except ClientError as err:
        if code_of(err) in ("404", "NoSuchKey"):
            return False
        raise
    return True
