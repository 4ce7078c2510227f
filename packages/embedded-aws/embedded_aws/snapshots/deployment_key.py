"""A hash of everything that decides what a deployment looks like."""

import contextlib
import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from embedded_aws.context import Context
from embedded_aws.packaging.archive import packaged_files
from embedded_aws.packaging.package import local_sources
from embedded_aws.packaging.read_template import read_template

_OWN_CODE = Path(__file__).parents[1]
_METADATA = (".dist-info", ".egg-info")


def deployment_key(
    context: Context, template: Path, stack_name: str, parameters: Mapping[str, str]
) -> str:
    """Return the hash of a deployment.

    It covers the template and the files that it packages, its parameters, the account, the code
    of this package, and the versions of Python and of everything that is installed.
    """
    digest = hashlib.sha256()
    settings = context.settings
    facts = {
        "stack": stack_name,
        "parameters": dict(parameters),
        "account": settings.account_id,
        "region": settings.region,
        "enforces roles": settings.enforce_roles,
        "clock": type(context.clock).__qualname__,
        "python": [sys.implementation.name, sys.version, platform.machine(), sys.platform],
        "installed": sorted(_distributions()),
        "environment": {name: os.environ[name] for name in sorted(os.environ) if _is_read(name)},
    }
    digest.update(json.dumps(facts, sort_keys=True).encode())
    folder = template.resolve().parent
    for place in (template.resolve(), *local_sources(read_template(template), folder), _OWN_CODE):
        for file in [place] if place.is_file() else packaged_files(place):
            name = os.path.relpath(file, place.parent)
            digest.update(f"\0{name}\0{os.access(file, os.X_OK)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_read(name: str) -> bool:
    return name.startswith("MOTO_") and name != "MOTO_PORT"  # which differs for each server


def _distributions() -> set[str]:
    """Return what is installed, as the names of its metadata's folders: `moto-5.2.5.dist-info`.

    Reading the metadata itself would take a tenth of a second.
    """
    found = set()
    for place in sys.path:
        with contextlib.suppress(OSError):
            found |= {name for name in os.listdir(place or ".") if name.endswith(_METADATA)}
    return found
