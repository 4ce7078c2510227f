"""Every request is counted, with its caller, and with its use of DynamoDB capacity.

Not a gap in behaviour: AWS counts for its bill, moto does not. See embedded_aws/metering/.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.context import current
from embedded_aws.metering.item_units import item_bytes, read_units, write_units
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
        bytes_before = _item_bytes(read)
        answer = original(self, environ, start_response)
        operation = str(read.operation.name)
        context = current()
        meter_of(context).count_call(
            ApiCall(
                caller=current_sender(),
                service=read.service,
                action=operation,
                at=context.clock.now(),
                write_units=_writes(read, operation, bytes_before),
                read_units=_reads(read, operation, bytes_before),
            )
        )
        return answer

    return call


def _writes(read: ReadRequest, operation: str, bytes_before: int) -> int:
    if read.service != "dynamodb":
        return 0
    return write_units(operation, bytes_before, _item_bytes(read))


def _reads(read: ReadRequest, operation: str, bytes_before: int) -> int:
    return read_units(operation, bytes_before) if read.service == "dynamodb" else 0


def _item_bytes(read: ReadRequest) -> int:
    if read.service != "dynamodb":
        return 0
    settings = current().settings
    try:
        params = read.params
    except ValueError:  # refused elsewhere
        return 0
    return item_bytes(settings.account_id, settings.region, params)
