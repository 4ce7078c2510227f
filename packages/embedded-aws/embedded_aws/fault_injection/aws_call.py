"""One incoming call of an AWS API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AwsCall:
    """The caller and the request.

    `caller` is a function's name, `StepFunctions`, an instance's id, or `CloudFormation`; `role` is
    the name of the role that it acts as. `service` and `operation` are botocore's names; for what
    CloudFormation does for a stack they are `create` or `delete` and a resource type.
    `call_id` is the same for every attempt of one SDK call, and differs between calls.
    `event` is the event of the calling function, empty for any other caller; `request` is the path
    and the body of the request. One of them contains the job's name.
    """

    caller: str
    role: str
    service: str
    operation: str
    call_id: str
    event: str
    request: str
