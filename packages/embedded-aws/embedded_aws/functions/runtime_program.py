"""The program of the functions' fork server: Lambda's runtime, with the AWS SDK already imported.

Before the fork only the SDK is imported, and what the user of the embedded AWS names: modules whose
import depends on no environment. Others, such as awslambdaric's bootstrap, are imported by each
function.
"""

import filecmp
import gc
import importlib
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_DEEP_EVENTS = Path(__file__).with_name("deep_events.py")
_SDK = (
    *("boto3", "boto3.s3.inject", "boto3.dynamodb.transform", "boto3.dynamodb.types"),
    *("s3transfer.manager", "s3transfer.subscribers"),
    # The parts of the runtime that read no environment: its native module does.
    *("awslambdaric.lambda_runtime_marshaller", "awslambdaric.lambda_runtime_log_utils"),
    "encodings.idna",  # which the first connection imports
)
_QUICK = ("embedded_aws.speed.quick_botocore", "embedded_aws.speed.quick_headers")

_runtime = Path()
_imported: frozenset[str] = frozenset()
# Packages and modules of functions that are imported, and where they are.
_shared: dict[str, Path] = {}
_alike: dict[str, str] = {}
_answers: dict[tuple[str, ...], bool] = {}


def preload(arguments: Sequence[str]) -> None:
    """Import the SDK.

    Args:
        arguments: the folder of the runtime's packages.
    """
    global _runtime, _imported
    (folder,) = arguments
    _runtime = Path(folder)
    sys.path.insert(0, folder)
    for name in _SDK:
        importlib.import_module(name)
    for name in _QUICK:
        importlib.import_module(name).install()
    sys.path.remove(folder)
    _imported = frozenset(name.partition(".")[0] for name in sys.modules)


def prepare(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Import what functions have in common.

    Args:
        arguments: the file that does it, and then the folders that a function imports from.
        environment: the variables that all these functions have.
    """
    global _imported
    program, *search_path = arguments
    before = set(sys.modules)
    sys.path[:0] = search_path
    os.environ.update(environment)
    _alike.update(environment)
    gc.disable()
    try:
        runpy.run_path(program)["import_for_all"]()
    finally:
        gc.enable()
        del sys.path[: len(search_path)]
    places = _places_in(search_path[:-1])
    names = {name.partition(".")[0] for name in set(sys.modules) - before}
    _shared.update({name: places[name] for name in names if name in places})
    _imported |= names - set(_shared)
    _answers.clear()


def may_run(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return whether the function would import the same modules as those already imported.

    It would not if its package or a layer has a different module of that name, which then takes
    precedence, or does not have one of another function.
    """
    _, _, *search_path = arguments
    own = tuple(search_path[:-1])
    if own not in _answers:  # a folder is named after its content
        _answers[own] = (
            search_path[-1] == str(_runtime)
            and not any(map(_has_others, own))
            and _has_all_shared(own)
        )
    return _answers[own] and _alike.items() <= environment.items()


def run(arguments: Sequence[str]) -> None:
    """Run Lambda's runtime.

    Args:
        arguments: the handler, a program to run before it (may be empty), and then the folders that
            the function imports from.
    """
    handler, first, *search_path = arguments
    if first:
        runpy.run_path(first)
    sys.path[:0] = search_path
    sys.argv = ["bootstrap", handler]
    runpy.run_path(str(_DEEP_EVENTS))
    runpy.run_module("awslambdaric", run_name="__main__")


def _has_others(folder: str) -> bool:
    if not os.path.isdir(folder):
        return False
    return any(
        entry.name.partition(".")[0] in _imported
        and not entry.name.endswith(".dist-info")
        and not _is_same(Path(entry.path), _runtime / entry.name)
        for entry in os.scandir(folder)
    )


def _has_all_shared(folders: Sequence[str]) -> bool:
    places = _places_in(folders)
    return all(
        name in places and (places[name] == place or _is_same(places[name], place))
        for name, place in _shared.items()
    )


def _places_in(folders: Sequence[str]) -> dict[str, Path]:
    """Return the packages and modules that can be imported from folders."""
    places: dict[str, Path] = {}
    for folder in filter(os.path.isdir, folders):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.is_file()):
            places.setdefault(entry.name.partition(".")[0], Path(entry.path))
    return places


def _is_same(one: Path, other: Path) -> bool:
    if one.is_file() and other.is_file():
        return _has_same_content(one, other)
    if not (one.is_dir() and other.is_dir()):
        return False
    names = _code_of(one)
    return names == _code_of(other) and all(
        _has_same_content(os.path.join(one, name), os.path.join(other, name)) for name in names
    )


def _has_same_content(one: str | Path, other: str | Path) -> bool:
    return os.path.samefile(one, other) or filecmp.cmp(one, other, shallow=False)


def _code_of(folder: Path) -> set[str]:
    """Return the files of a folder, by their paths below it; pathlib takes five times as long."""
    return {
        os.path.relpath(place, folder) + os.sep + name
        for place, _, names in os.walk(folder)
        for name in names
        if not name.endswith(".pyc")
    }
