"""Checks the data set that a config names: every row of it, before anything is launched."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in
from parris.s3_uri import split_s3_uri
from parris.training_api.data_set.check import check_data
from parris.training_api.data_set.read import DataFormat
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.payloads import Payload

DATA_SET_KEY = "data-set"
MOST_DATA_SET_BYTES = 32 << 20
"""ValidateConfig reads it within its memory and its time."""

_PATH = f"/{DATA_SET_KEY}"
_FORMATS = {f".{one}": one for one in DataFormat}


def data_set_in(config: Payload) -> tuple[str, ...]:
    """Return the URI of the config's data set, if it names one, as input data of the job."""
    uri = maybe_text_in(config, DATA_SET_KEY)
    return () if uri is None else (uri,)


def find_data_set_violations(config: Payload, bucket: Bucket) -> list[Violation]:
    """Return what is wrong with the data set of a config whose value fits the schema."""
    return [one for uri in data_set_in(config) for one in _violations_of(uri, bucket)]


def _violations_of(uri: str, bucket: Bucket) -> list[Violation]:
    name, key = split_s3_uri(uri)
    data_format = _FORMATS.get(PurePosixPath(key).suffix)
    if data_format is None:
        return [Violation(_PATH, shown(uri), "a file that ends in " + " or ".join(_FORMATS))]
    size_bytes = bucket.size_of(key) if name == bucket.name else None
    if size_bytes is None:
        return [Violation(_PATH, shown(uri), f"an object in s3://{bucket.name}/")]
    if size_bytes > MOST_DATA_SET_BYTES:
        expected = f"at most {MOST_DATA_SET_BYTES} bytes; larger data is input-data"
        return [Violation(_PATH, f"{size_bytes} bytes", expected)]
    checked = check_data(bucket.read(key) or b"", data_format)
    return [Violation(_PATH, str(one), "a data set without errors") for one in checked.violations]
