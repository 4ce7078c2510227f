"""One file for each thing that moto does otherwise than AWS; each has `install()`.

A gap file patches moto for the whole process, may be installed any number of times, and finds the
running embedded AWS with `embedded_aws.context.current()`.
"""

import importlib
import pkgutil


def install_all() -> None:
    """Install every gap file of this folder, in the order of their names."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        importlib.import_module(f"{__name__}.{module.name}").install()
