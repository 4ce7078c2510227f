"""Checks whether a folder of installed packages fits this machine's Python, and replaces it."""

import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from embedded_aws.cache_folder import cache_folder, host_tag
from embedded_aws.functions.build_once import build_once
from embedded_aws.tool_output import why_it_failed


def fits_host(packages: Path) -> bool:
    """Return whether every wheel that was installed into a folder can run on this machine."""
    return all(
        any(_tag_fits(tag) for tag in _tags(wheel.read_text(encoding="utf-8").splitlines()))
        for wheel in packages.glob("*.dist-info/WHEEL")
    )


def install_for_host(requirements: Path) -> Path:
    """Install a requirements file for this machine, once for each content; return the folder.

    Raises:
        RuntimeError: with pip's own errors, when it fails.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    target = cache_folder() / "packages" / f"{digest}-{host_tag()}"

    def install(packages: Path) -> None:
        packages.mkdir()
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
        command += ["--disable-pip-version-check", "--target", str(packages)]
        done = subprocess.run(
            [*command, "-r", str(requirements)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            why = why_it_failed(done.stderr)
            raise RuntimeError(f"cannot install {requirements} for this machine: {why}")

    return build_once(target, install)


def _tags(lines: Iterable[str]) -> list[str]:
    return [line.partition(":")[2].strip() for line in lines if line.startswith("Tag:")]


def _tag_fits(tag: str) -> bool:
    python, abi, built_for = tag.split("-")
    return _python_fits(python, abi) and _platform_fits(built_for)


def _python_fits(python: str, abi: str) -> bool:
    if python.startswith("py"):
        return "py3" in python or python == f"py{sys.version_info.major}"
    if not python.startswith("cp3"):
        return False
    minor = int(python[3:] or 0)
    return minor <= sys.version_info.minor if abi == "abi3" else minor == sys.version_info.minor


def _platform_fits(built_for: str) -> bool:
    if built_for == "any":
        return True
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return built_for.startswith("macosx") and built_for.endswith((machine, "universal2"))
    return built_for.startswith(("linux", "manylinux")) and built_for.endswith(machine)
