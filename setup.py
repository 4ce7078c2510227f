"""Puts what the command uploads and deploys into the wheel; pyproject.toml says everything else."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

_CLONE = Path(__file__).resolve().parent
_CARRIED = ("config", "lambdas", "state_machine", "templates", "samconfig.toml", "template.yaml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*")


class BuildWithProject(build_py):
    """Copies the project's files to `parris_cli/project/` of the wheel.

    An editable install reads those of the clone, which stay what they are.
    """

    def run(self) -> None:
        """Build the packages, then copy."""
        super().run()
        if self.editable_mode:
            return
        carried = Path(self.build_lib) / "parris_cli" / "project"
        shutil.rmtree(carried, ignore_errors=True)
        carried.mkdir(parents=True)
        for name in _CARRIED:
            if (_CLONE / name).is_dir():
                shutil.copytree(_CLONE / name, carried / name, ignore=_LEFT_OUT)
            else:
                shutil.copy2(_CLONE / name, carried / name)


setup(cmdclass={"build_py": BuildWithProject})
