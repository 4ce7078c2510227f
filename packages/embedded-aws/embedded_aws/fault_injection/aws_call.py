"""One call of an AWS API, as it arrives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AwsCall:
    """Who asks for what.

    `caller` is a function's name, `StepFunctions`, an instance's id, or `CloudFormation`; `role` is
    the name of the role that it acts as. `service` and `operation` are botocore's words, and for
    what CloudFormation does for a stack `create` or `delete` and a resource type.
    `call_id` is the same for every try of one call of an SDK, and differs between calls.
    `event` is what the calling function was invoked with, empty for any other caller; `request` is
    the path and the body of the request. In one of them is whose job it is about.
    """

    caller: str
    role: str
    service: str
    operation: str
    call_id: str
    event: str
    request: str
