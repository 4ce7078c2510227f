"""Checks where a config stores its experiment, and the script config that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.experiment import EXPERIMENTS, experiment_name
from parris.payloads import maybe_text_in, text_in
from parris.s3_uri import split_s3_uri
from parris.validation.read_json import (
    MOST_FILE_BYTES,
    YAML_SUFFIXES,
    JsonTextError,
    decode_text,
    read_json_object,
)
from parris.validation.semantics import LONGEST_FILE_NAME_BYTES
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload
    from parris.settings import Settings

EXPERIMENTS_KEY, TRAINING_CONFIG_KEY = "experiments-uri", "training-config-filename"


def experiment_uri(config: Payload, job_id: str, settings: Settings) -> str:
    """Return the run's folder at the team's experiments, with a trailing slash."""
    given = maybe_text_in(config, EXPERIMENTS_KEY)
    place = given or f"s3://{settings.training_bucket}/{EXPERIMENTS}"
    name = experiment_name(text_in(config, "training-job-name"), job_id)
    return f"{place.rstrip('/')}/{name}/"


def find_location_violations(config: Payload, settings: Settings) -> Iterator[Violation]:
    """Yield a violation for a location that this deployment cannot write to."""
    uri = maybe_text_in(config, EXPERIMENTS_KEY)
    if uri is None:
        return
    bucket, prefix = split_s3_uri(uri)
    is_in_folder = prefix == EXPERIMENTS or prefix.startswith(f"{EXPERIMENTS}/")
    if bucket in settings.experiment_buckets:
        return
    if bucket != settings.training_bucket:
        buckets = ",".join([*settings.experiment_buckets, bucket])
        expected = (
            f"a folder in s3://{settings.training_bucket}/{EXPERIMENTS}/, or in another bucket that"
            " the deployment may write to. To allow this bucket: parris deploy --set"
            f" ExperimentBuckets={buckets}"
        )
        yield Violation(f"/{EXPERIMENTS_KEY}", shown(uri), expected)
    elif not is_in_folder:
        expected = (
            f"a folder in {EXPERIMENTS}/ of the training bucket, such as"
            f" s3://{bucket}/{EXPERIMENTS}/{prefix.strip('/')}"
        )
        yield Violation(f"/{EXPERIMENTS_KEY}", shown(uri), expected)


def unwritable_location(config: Payload, uri: str, why: str) -> Violation:
    """Return the violation of a location where S3 refuses to store anything."""
    expected = f"a location that the deployment may write to; S3 refuses to store {uri}: {why}"
    return Violation(f"/{EXPERIMENTS_KEY}", shown(config.get(EXPERIMENTS_KEY)), expected)


def find_training_config_violations(config: Payload, body: bytes) -> Iterator[Violation]:
    """Yield a violation for a script config that is no text, or JSON that cannot be read.

    A deployment cannot read YAML, so that only the script sees what is wrong with it.

    Args:
        config: the merged config.
        body: the script config.
    """
    name = text_in(config, TRAINING_CONFIG_KEY)
    expected = _expected(name.lower(), body)
    if expected is not None:
        yield Violation(f"/{TRAINING_CONFIG_KEY}", shown(name), expected)


def _expected(name: str, body: bytes) -> str | None:
    last = name.rpartition("/")[2]
    if len(last.encode()) > LONGEST_FILE_NAME_BYTES:
        return f"a file name of at most {LONGEST_FILE_NAME_BYTES} bytes"
    if not name.endswith((".json", *YAML_SUFFIXES)):
        return "a file in YAML or JSON, whose name ends in .yaml, .yml or .json"
    if len(body) > MOST_FILE_BYTES:
        return f"a file of at most {MOST_FILE_BYTES} bytes; put data into an input of the job"
    if not body.strip():
        return "a file that is not empty"
    try:
        text = decode_text(body)
        if name.endswith(".json"):
            read_json_object(text.encode())
    except JsonTextError as err:
        return f"a file in {'JSON' if name.endswith('.json') else 'YAML'} ({err})"
    return None
