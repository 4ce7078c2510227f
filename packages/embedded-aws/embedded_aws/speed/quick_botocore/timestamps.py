"""Timestamps as AWS writes them are read without a parser that knows all other forms, too.

moto reads those that it has written itself in this way, for each response.
"""

import importlib
import re
import time
from datetime import datetime
from typing import Any

from botocore import utils

_tz: Any = importlib.import_module("dateutil.tz")  # which has no types
_utils: Any = vars(utils)
_original_parse: Any = _utils["_parse_timestamp_with_tzinfo"]
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}|\d{6}))?Z", re.ASCII)


def _parse_timestamp(value: Any, tzinfo: Any) -> Any:
    if isinstance(value, str) and _USUAL.fullmatch(value):
        zone = _tz.tzlocal() if "UTC" in time.tzname else _tz.tzutc()  # as that parser has it
        try:
            return datetime.fromisoformat(value[:-1]).replace(tzinfo=zone)
        except ValueError:
            pass  # which has its message from botocore
    return _original_parse(value, tzinfo)


def install() -> None:
    """Patch what reads the timestamps of requests and responses."""
    _utils["_parse_timestamp_with_tzinfo"] = _parse_timestamp
