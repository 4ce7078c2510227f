"""Sees to it that moto is imported lean, whichever module of this package imports it first.

`lean_boto3` and `lean_moto` change how the others are imported, and so must come before them. The
package itself must not import them: a process that starts early would wait for that.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from embedded_aws.speed import kept_modules

_MOTO = "moto"
_LEAN_BOTO3, _LEAN_MOTO = f"{__package__}.lean_boto3", f"{__package__}.lean_moto"


def install() -> None:
    """Make the first import of moto a lean one, unless it is imported already."""
    if _MOTO not in sys.modules:
        sys.meta_path.insert(0, _LeanFinder())


def import_lean() -> None:
    """Import boto3 and moto lean."""
    kept_modules.install()
    importlib.import_module(_LEAN_BOTO3)
    importlib.import_module(_LEAN_MOTO)
    kept_modules.keep_at_exit()  # registered later than what it is to run before


class _LeanFinder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _MOTO:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _LeanLoader(spec.loader, self)
        return spec


class _LeanLoader(Loader):
    """Loads moto as its own loader does, and then its slow parts lean."""

    def __init__(self, loader: Loader, finder: MetaPathFinder) -> None:
        self._loader = loader
        self._finder = finder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__loader__ = module.__spec__.loader = self._loader
        sys.meta_path.remove(self._finder)
        importlib.import_module(_LEAN_BOTO3)
        self._loader.exec_module(module)
        importlib.import_module(_LEAN_MOTO)
