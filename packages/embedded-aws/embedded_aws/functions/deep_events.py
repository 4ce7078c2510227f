"""Runs in a function's process before its runtime: events may be nested as deep as on Lambda.

Up to Python 3.11 the levels of a JSON text count towards the limit of Python's own frames. Only the
runtime's own reading of an event is let go deeper, so that a function's code meets the usual limit.
"""

import sys
from typing import Any

_MORE_LEVELS = 5_000


def _install() -> None:
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

    original = LambdaMarshaller.unmarshal_request

    def unmarshal_request(*given: Any, **named: Any) -> Any:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _MORE_LEVELS)
        try:
            return original(*given, **named)
        finally:
            sys.setrecursionlimit(limit)

    LambdaMarshaller.unmarshal_request = unmarshal_request


if sys.version_info < (3, 12):
    _install()
