"""The files that the command uploads and deploys: those of the clone, or the wheel's copies."""

from pathlib import Path


def find_project(package: Path) -> Path:
    """Return the folder with template.yaml, config/ and the rest.

    Args:
        package: the folder of this package. In a clone it lies beside the files; a wheel carries
            them in `project/` inside the package (setup.py puts them there).
    """
    carried = package / "project"
    return carried if carried.is_dir() else package.parent


PROJECT = find_project(Path(__file__).resolve().parent)
