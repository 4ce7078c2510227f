"""Decides which files of a folder are not packed: .parrisignore and the defaults."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec

    from parris_cli.packing.walk import FoundFile

IGNORE_FILE = ".parrisignore"

# As in .gitignore, later lines win: a line with `!` in the user's file includes a file again.
DEFAULTS = (
    *(".git/", ".hg/", ".svn/", ".github/", ".gitlab/", ".dvc/", ".DS_Store", IGNORE_FILE),
    *(".idea/", ".vscode/", ".cache/", ".direnv/", ".eggs/"),
    *("__pycache__/", "*.py[co]", "*.egg-info/", ".ipynb_checkpoints/", "node_modules/"),
    *(".venv/", "venv/", ".tox/", ".nox/", ".conda/"),
    *(".mypy_cache/", ".ruff_cache/", ".pytest_cache/", ".hypothesis/", ".aws-sam/"),
    "results/",
)

_SECRETS = (
    *(".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.kdbx", "*.ppk"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc", "_netrc", ".pgpass", ".pypirc"),
    *(".npmrc", ".git-credentials", ".htpasswd", "credentials", "credentials.*", "secrets.*"),
    *("*service-account*.json", "*service_account*.json", "client_secret*.json", "*.tfvars"),
)
_SECRET_FOLDERS = frozenset({".aws", ".ssh", ".gnupg", ".kube", ".docker", ".azure", ".gcloud"})
_NO_SECRETS = ("*.pub", "*.example", "*.sample", "*.template", "*.dist", "*.py")


def may_be_secret(one: FoundFile) -> bool:
    """Return whether the name of a file, or of a link's target in its path, looks like a secret."""
    if looks_secret(one.name):
        return True
    # The root folder may have any name: only the targets of links outside it count.
    depth = one.name.count("/") + 1
    root = os.path.realpath(one.path.parents[depth - 1])
    real = os.path.realpath(one.path)
    return real != os.path.join(root, one.name) and looks_secret(os.path.relpath(real, root))


def looks_secret(name: str) -> bool:
    """Return whether the name of a file, or of one of its folders, is typical of secrets.

    Args:
        name: relative, with slashes.
    """
    *folders, last = name.lower().split("/")
    if not _SECRET_FOLDERS.isdisjoint(folders):
        return True
    if any(fnmatchcase(last, pattern) for pattern in _NO_SECRETS):
        return False
    return any(fnmatchcase(last, pattern) for pattern in _SECRETS)


class IgnoreRules:
    """The defaults, and the rules of a folder's .parrisignore, which has the syntax of .gitignore.

    Raises:
        RefusedError: if the file cannot be read, or a line is not a pattern.
    """

    def __init__(self, root: Path) -> None:
        from pathspec import GitIgnoreSpec

        self._root = root
        lines = [*DEFAULTS, *_own_lines(root / IGNORE_FILE)]
        try:
            self._spec: GitIgnoreSpec = GitIgnoreSpec.from_lines(lines)
        except ValueError as err:
            raise RefusedError(f"{root / IGNORE_FILE}: {err}") from err

    def leaves_out(self, name: str, is_folder: bool) -> bool:
        """Return whether a path, relative to the root, is left out. Folders are left out whole."""
        is_left_out = self._spec.check_file(f"{name}/" if is_folder else name).include
        if is_left_out is None and is_folder:
            return _is_environment(self._root / name)
        return bool(is_left_out)


def _is_environment(folder: Path) -> bool:
    """Return whether a folder is a virtual environment of venv or conda, under any name."""
    return any(os.path.lexists(folder / name) for name in ("pyvenv.cfg", "conda-meta"))


def _own_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as err:
        raise RefusedError(f"{path}: not UTF-8 text (byte {err.start})") from None
    except OSError as err:
        raise RefusedError(f"{path}: cannot be read: {err.strerror}") from None
