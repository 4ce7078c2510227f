"""FilterLogEvents honours logStreamNamePrefix, and sorts the events of all streams by time.

moto searches every stream whatever the prefix, and sorts the events only on request, while AWS has
always sorted them since 2019. Source:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html.
"""

import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.responses import LogsResponse

from embedded_aws.patching import wrap

# A name that no stream can have: moto treats an empty list as all streams.
_NO_STREAM = "*"


def install() -> None:
    """Patch the API."""
    wrap(LogsResponse, "filter_log_events", _make_filter_log_events)


def _make_filter_log_events(original: Any) -> Any:
    def filter_log_events(self: Any) -> str:
        events, next_token, _ = self.logs_backend.filter_log_events(
            self._get_param("logGroupName"),
            _streams_meant(self),
            self._get_param("startTime"),
            self._get_param("endTime"),
            self._get_param("limit"),
            self._get_param("nextToken"),
            self._get_param("filterPattern"),
            interleaved=True,
        )
        return json.dumps({"events": events, "nextToken": next_token, "searchedLogStreams": []})

    return filter_log_events


def _streams_meant(response: Any) -> list[str]:
    names: list[str] = response._get_param("logStreamNames") or []
    prefix = response._get_param("logStreamNamePrefix")
    if prefix is None:
        return names
    if names:
        raise InvalidParameterException(
            "logStreamNames and logStreamNamePrefix cannot both be specified"
        )
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    streams = group.streams if group is not None else {}
    return [name for name in streams if name.startswith(prefix)] or [_NO_STREAM]
