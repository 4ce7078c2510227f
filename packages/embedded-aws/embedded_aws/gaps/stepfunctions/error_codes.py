"""Errors of the executing engine have their code: InvalidDefinition, TaskTimedOut and so on.

moto's engine stores the code under a name that its server does not read, so callers get an empty
one, and raises some errors without a required message.
"""

from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.parser import api

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the engine's error classes."""
    for found in list(vars(api).values()):
        if isinstance(found, type) and issubclass(found, AWSError) and found is not AWSError:
            found.TYPE = getattr(found, "code", found.__name__)
            found.STATUS = getattr(found, "status_code", 400)
    wrap(AWSError, "__init__", _make_init)


def _make_init(original: Any) -> Any:
    def init(self: Any, message: str = "", *args: Any, **kwargs: Any) -> None:
        original(self, message, *args, **kwargs)

    return init
