"""A hash of everything that decides what a deployment looks like."""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from embedded_aws.context import Context
from embedded_aws.functions.runtime_packages import installed_distributions
from embedded_aws.packaging.archive import packaged_files
from embedded_aws.packaging.package import local_sources
from embedded_aws.packaging.read_template import read_template
from embedded_aws.snapshots.file_digests import FileDigests

_OWN_CODE = Path(__file__).parents[1]


def deployment_key(
    context: Context,
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    digests: FileDigests,
) -> str:
    """Return the hash of a deployment.

    It covers the template and the files that it packages, its parameters, the account, the code
    of this package, and the versions of Python and of everything that is installed.
    """
    settings = context.settings
    template = template.resolve()
    facts = {
        "stack": stack_name,
        "parameters": dict(parameters),
        "account": settings.account_id,
        "region": settings.region,
        "enforces roles": settings.enforce_roles,
        "clock": type(context.clock).__qualname__,
        "python": [sys.implementation.name, sys.version, platform.machine(), sys.platform],
        "installed": sorted(installed_distributions()),
        "environment": {name: os.environ[name] for name in sorted(os.environ) if _is_read(name)},
    }
    # What decides which files a template packages, too.
    known = [json.dumps(facts, sort_keys=True), _digest([_OWN_CODE, template], digests)]

    def sources() -> list[str]:
        return [str(one) for one in local_sources(read_template(template), template.parent)]

    places = digests.list_of(_hash(str(template), *known), sources)
    return _hash(*known, _digest(map(Path, places), digests))


def _digest(places: Iterable[Path], digests: FileDigests) -> str:
    """Return the hash of files, and of all files in folders, with their names."""
    facts = []
    for place in places:
        above = len(str(place.parent).rstrip(os.sep)) + 1
        for file in [place] if place.is_file() else packaged_files(place):
            path = str(file)
            facts += [path[above:], str(os.access(path, os.X_OK)), digests.of_file(path)]
    return _hash(*facts)


def _hash(*facts: str) -> str:
    return hashlib.sha256("\0".join(facts).encode(errors="surrogateescape")).hexdigest()


def _is_read(name: str) -> bool:
    return name.startswith("MOTO_") and name != "MOTO_PORT"  # which differs for each server
