"""One file for each thing that moto does otherwise than AWS; each has `install()`.

A gap file patches moto for the whole process, may be installed any number of times, and finds the
running embedded AWS with `embedded_aws.context.current()`.
"""

import functools
import importlib
import pkgutil
from typing import Any

from embedded_aws.lean_moto import importing


def install_all() -> None:
    """Install every gap file of this folder, in the order of their names."""
    for module in _modules():
        module.install()


@functools.cache
def _modules() -> tuple[Any, ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    with importing():
        return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)
