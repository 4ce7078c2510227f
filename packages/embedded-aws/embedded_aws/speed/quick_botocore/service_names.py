"""Whether a service has a model is found without a search through the folders of all services."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, overload

from botocore import loaders
from botocore.exceptions import DataNotFoundError

_Loader: Any = loaders.Loader
_original: Any = _Loader.list_available_services


class ServiceNames(Sequence[str]):
    """The services of which a loader has files of one type, sorted.

    Args:
        loader: botocore's loader.
        type_name: the type, such as `service-2`.
    """

    def __init__(self, loader: Any, type_name: str) -> None:
        self._loader = loader
        self._type_name = type_name

    def __contains__(self, name: object) -> bool:
        """Look for the files of this service only."""
        if not isinstance(name, str) or os.path.basename(name) != name:
            return False
        try:
            return bool(self._loader.list_api_versions(name, self._type_name))
        except DataNotFoundError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> list[str]:
        found: list[str] = _original(self._loader, self._type_name)
        return found


def install() -> None:
    """Patch the loader."""
    _Loader.list_available_services = lambda self, type_name: ServiceNames(self, type_name)
