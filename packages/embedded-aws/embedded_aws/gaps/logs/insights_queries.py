"""A query of Logs Insights filters, counts and sorts what is in the log.

moto's returns every event of the groups, whatever the query says. Here are the commands fields,
filter, stats, sort and limit; what is not modelled, or malformed, is refused by StartQuery. Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from typing import Any

from moto.logs import models
from moto.logs.exceptions import LogsClientError

from embedded_aws.log_queries.event_fields import fields_of
from embedded_aws.log_queries.query import parse_query
from embedded_aws.log_queries.tokens import QueryMalformedError
from embedded_aws.patching import wrap


class MalformedQueryError(LogsClientError):
    """The query cannot be run."""

    def __init__(self, message: str) -> None:
        """Set the error code of Logs."""
        super().__init__("MalformedQueryException", message)


def install() -> None:
    """Patch the run of a query."""
    wrap(models, "execute_query", _make_execute)


def _make_execute(original: Any) -> Any:
    def execute_query(
        log_groups: list[Any], query: str, start_time: int, end_time: int
    ) -> list[dict[str, Any]]:
        try:
            parsed = parse_query(query)
        except QueryMalformedError as error:
            raise MalformedQueryError(str(error)) from error
        return parsed.run(
            fields_of(event, stream.log_stream_name, group.name)
            for group in log_groups
            for stream in group.streams.values()
            for event in stream.events
            if start_time * 1000 <= event.timestamp <= end_time * 1000
        )

    return execute_query
