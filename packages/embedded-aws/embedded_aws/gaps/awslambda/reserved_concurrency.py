"""A function whose reserved concurrency is 0 is throttled: nobody can invoke it.

Only that value is modelled; on AWS the console's button Throttle sets it. moto stores the value and
invokes all the same. Source:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction

from embedded_aws.patching import wrap


class TooManyRequestsError(LambdaClientError):
    """The function may not run now."""

    code = 429

    def __init__(self) -> None:
        """Use Lambda's message."""
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


def install() -> None:
    """Patch the invocation of a function."""
    wrap(LambdaFunction, "invoke", _make_invoke)


def _make_invoke(original: Any) -> Any:
    def invoke(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.reserved_concurrency is not None and int(self.reserved_concurrency) == 0:
            raise TooManyRequestsError()
        return original(self, *args, **kwargs)

    return invoke
