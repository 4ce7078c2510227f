"""Build a layer as `sam build` does with `BuildMethod: makefile`, once for each content.

A layer can also be built when a function that has it is invoked for the first time. Its content is
then its source, with a file that says so.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from embedded_aws.cache_folder import cache_folder, host_tag
from embedded_aws.owned_folder import owned_folder, sweep
from embedded_aws.packaging.archive import packaged_files, zip_folder, zip_with
from embedded_aws.tool_output import why_it_failed

_TO_BUILD = ".build-when-used"


class BuildError(Exception):
    """A layer's Makefile failed; `output` is make's output, the message ends with the reason."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(f"{message}\n{why_it_failed(output)}")
        self.output = output


def build_layer(logical_id: str, source: Path) -> bytes:
    """Run the layer's own target `build-<logical id>` and return the zip of what it made.

    The target is run for this machine's Python: PYTHON is this interpreter and PIP_PLATFORM_FLAGS
    is empty. What was built is kept in the cache folder, under a hash of the source.

    Raises:
        BuildError: when make fails.
    """
    kept = cache_folder() / "layers" / f"{logical_id}-{_digest(source)}-{host_tag()}.zip"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        sweep(kept.parent)
        with owned_folder(kept.parent) as scratch:
            built = scratch / "layer.zip"
            built.write_bytes(zip_folder(_make(logical_id, source, scratch)))
            os.replace(built, kept)
    return kept.read_bytes()


def layer_to_build(logical_id: str, source: Path) -> bytes:
    """Return the zip of a layer that is built when it is used."""
    return zip_with(source, {_TO_BUILD: logical_id.encode()})


def is_to_build(layer: Path) -> bool:
    """Return whether an unpacked layer has yet to be built."""
    return (layer / _TO_BUILD).is_file()


def build_unpacked(layer: Path) -> bytes:
    """Build the layer whose source is unpacked in a folder, and return its zip."""
    marker = layer / _TO_BUILD
    logical_id = marker.read_text()
    marker.unlink()
    return build_layer(logical_id, layer)


def _digest(source: Path) -> str:
    digest = hashlib.sha256()
    for file in packaged_files(source):
        digest.update(file.relative_to(source).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _make(logical_id: str, source: Path, scratch: Path) -> Path:
    artifacts = scratch / "artifacts"
    artifacts.mkdir()
    shutil.copytree(source, scratch / "source")
    variables = [f"ARTIFACTS_DIR={artifacts}", f"PYTHON={sys.executable}", "PIP_PLATFORM_FLAGS="]
    try:
        done = subprocess.run(
            ["make", f"build-{logical_id}", *variables],
            cwd=scratch / "source",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except FileNotFoundError as err:
        message = (
            "the layer is built by its Makefile, and there is no `make` on the PATH: install it"
        )
        raise BuildError(message, "") from err
    if done.returncode != 0:
        raise BuildError(f"make build-{logical_id} in {source} failed:", done.stdout)
    return artifacts
