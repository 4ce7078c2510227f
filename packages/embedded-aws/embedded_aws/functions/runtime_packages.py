"""The packages that the Lambda runtime provides to functions: boto3, botocore, awslambdaric.

They are links to distributions of the running environment, with their requirements, so a function
that imports anything else must package it. awslambdaric's native module is built on Linux only; on
other systems a Python module replaces it.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
from pathlib import Path

from embedded_aws.functions.code_folder import functions_folder, kept_folder

OFFERED = ("boto3", "botocore", "awslambdaric")
NATIVE_CLIENT = "runtime_client"
_METADATA = (".dist-info", ".egg-info")
_STAND_IN = Path(__file__).with_name(f"{NATIVE_CLIENT}.py")


def has_native_client() -> bool:
    """Return whether awslambdaric has its native module."""
    return importlib.util.find_spec(NATIVE_CLIENT) is not None


def runtime_folder() -> Path:
    """Return the folder of the provided distributions, made once for what is installed."""
    return _folder_in(functions_folder() / "runtime", tuple(sys.path))


def installed_distributions() -> set[str]:
    """Return what is installed, as the names of its metadata's folders: `moto-5.2.5.dist-info`.

    Reading the metadata itself would take a tenth of a second.
    """
    return {name for names in _installed().values() for name in names}


def _installed() -> dict[str, list[str]]:
    """Return the folders of the search path that have distributions, and these."""
    found = {}
    for place in sys.path:
        with contextlib.suppress(OSError):
            names = sorted(name for name in os.listdir(place or ".") if name.endswith(_METADATA))
            found.update({os.path.abspath(place): names} if names else {})
    return found


def link_runtime_packages(folder: Path) -> Path:
    """Fill `folder` with links to the provided distributions, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(_with_requirements(OFFERED)):
        _link_distribution(importlib.metadata.distribution(name), folder)
    if not has_native_client():
        for native in folder.glob(f"{NATIVE_CLIENT}.*"):
            native.unlink()
        (folder / _STAND_IN.name).symlink_to(_STAND_IN)
    return folder


@functools.cache  # called by each invocation
def _folder_in(parent: Path, search_path: tuple[str, ...]) -> Path:
    facts = [_installed(), has_native_client()]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    return kept_folder(parent / digest, link_runtime_packages)


def _with_requirements(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on another platform or Python only
        found.add(name)
        for requirement in requirements:
            if "extra ==" not in requirement:
                waiting.append(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
    return found


def _link_distribution(distribution: importlib.metadata.Distribution, folder: Path) -> None:
    tops = {file.parts[0] for file in distribution.files or [] if ".." not in file.parts}
    for top in tops - {"__pycache__"}:
        link = folder / top
        if not link.exists():
            link.symlink_to(Path(str(distribution.locate_file(top))).resolve())
