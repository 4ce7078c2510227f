"""One file for each difference between moto and AWS, by service; each has `install()`.

A gap file patches moto for the whole process, can be installed repeatedly, and finds the running
embedded AWS with `embedded_aws.context.current()`. docs/gaps.md lists them all.
"""

import functools
import importlib
import pkgutil
from typing import Any

from embedded_aws.speed import patches
from embedded_aws.speed.garbage import importing


def install_all() -> None:
    """Install every gap, and every patch for speed, in alphabetical order."""
    for module in _modules():
        module.install()


@functools.cache
def _modules() -> tuple[Any, ...]:
    packages = {f"{__name__}.": __path__, f"{patches.__name__}.": patches.__path__}
    found = sorted(
        (one.name.removeprefix(prefix), one.name)
        for prefix, path in packages.items()
        for one in pkgutil.walk_packages(path, prefix)
        if not one.ispkg
    )
    with importing():
        return tuple(importlib.import_module(module) for _, module in found)
