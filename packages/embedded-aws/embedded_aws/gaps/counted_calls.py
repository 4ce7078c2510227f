"""Every request is counted, with its caller, and with its use of DynamoDB capacity.

Not a gap in behaviour: AWS counts for its bill, moto does not. See embedded_aws/metering/.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.context import current
from embedded_aws.metering.item_units import (
    READS,
    WRITES,
    item_bytes,
    read_units,
    write_units,
)
from embedded_aws.metering.meter import ApiCall, meter_of
from embedded_aws.patching import wrap
from embedded_aws.request_checks.read_request import ReadRequest, read_request
from embedded_aws.sender import current_sender


def install() -> None:
    """Patch the entry of every request, inside the gate that knows its caller."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        read = read_request(environ)
        if read is None:
            return original(self, environ, start_response)
        operation = str(read.operation.name)
        is_dynamodb = read.service == "dynamodb"
        is_write = is_dynamodb and operation in WRITES
        bytes_before = _item_bytes(read) if is_write or (is_dynamodb and operation in READS) else 0
        answer = original(self, environ, start_response)
        bytes_after = _item_bytes(read) if is_write else 0
        context = current()
        meter_of(context).count_call(
            ApiCall(
                caller=current_sender(),
                service=read.service,
                action=operation,
                at=context.clock.now(),
                write_units=write_units(operation, bytes_before, bytes_after) if is_dynamodb else 0,
                read_units=read_units(operation, bytes_before) if is_dynamodb else 0,
            )
        )
        return answer

    return call


def _item_bytes(read: ReadRequest) -> int:
    settings = current().settings
    try:
        params = read.params
    except ValueError:  # refused elsewhere
        return 0
    return item_bytes(settings.account_id, settings.region, params)
