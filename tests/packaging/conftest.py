import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE, cache_folder
from tests.architecture.definition import CLONE
from tests.packaging.installed import Installed

_BUILT_FROM = ("README.md", "MANIFEST.in", "pyproject.toml", "setup.py", "parris_cli", "packages")
_DEPLOYED = ("config", "lambdas", "state_machine", "templates", "samconfig.toml", "template.yaml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "tests")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of both distributions, built as pip builds them."""
    source = tmp_path_factory.mktemp("source")
    for name in (*_BUILT_FROM, *_DEPLOYED, *(path.name for path in CLONE.glob("LICENSE*"))):
        if (CLONE / name).is_dir():
            shutil.copytree(CLONE / name, source / name, ignore=_LEFT_OUT)
        else:
            shutil.copy2(CLONE / name, source / name)
    built = tmp_path_factory.mktemp("wheels")
    places = [source, source / "packages" / "embedded-aws"]
    _pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", built, *places)
    return built


@pytest.fixture(scope="session")
def installed(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the command of a new environment in which nothing of the clone can be imported.

    What the wheels depend on is this environment's, through a .pth file: an editable install's own
    .pth files have no effect there.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    _pip("--python", python, "install", "--no-deps", "--no-index", *wheels.glob("*.whl"))
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    # The programs of what the wheels depend on, which an installer puts beside the command.
    for program in ("aws", "sam"):
        (python.parent / program).symlink_to(Path(sys.executable).parent / program)
    home = folder / "home"
    home.mkdir()
    environment = {
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "HOME": str(home),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        # What was built once for this machine need not be built again for each empty home.
        CACHE_FOLDER_VARIABLE: str(cache_folder()),
    }
    return Installed(python.parent / "parris", packages, environment)


def _pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
