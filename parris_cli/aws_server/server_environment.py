"""The variables of a running `parris aws up`, including its key: stored for `parris aws env`, and
printed for a shell.

Each start makes a new key, so it has to be read from somewhere: from a file that only the user who
started the server can read, and that is deleted when the server ends.
"""

from __future__ import annotations

import json
import os
import shlex
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FOLDER = "servers"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


@contextmanager
def recorded(cache: Path, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Make the variables of a server available to `read_record` inside the block.

    Raises:
        OSError: when they cannot be written.
    """
    folder = cache / _FOLDER
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    if not _is_own(folder):
        raise PermissionError(f"{folder} is not this user's own folder")
    folder.chmod(_PRIVATE_FOLDER)
    place, written = _place(cache, port), folder / f"{port}.{os.getpid()}.new"
    written.unlink(missing_ok=True)
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "environment": dict(environment)}, file)
    written.replace(place)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            place.unlink()


def read_record(cache: Path, port: int) -> dict[str, str] | None:
    """Return the variables of this user's server at that port, None if there is none."""
    place = _place(cache, port)
    if not _is_own(place):
        return None
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None  # left by a server that was killed
    environment: dict[str, str] = found["environment"]
    return environment


def _place(cache: Path, port: int) -> Path:
    return cache / _FOLDER / f"{port}.json"


def _is_own(place: Path) -> bool:
    try:
        return place.lstat().st_uid == os.geteuid()
    except OSError:
        return False


# Variables that a shell may have for a real account. They would send that account's credentials
# to this server, or this server's to that account.
_UNSET = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"),
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT"),
    *("AWS_USE_DUALSTACK_ENDPOINT", "AWS_CREDENTIAL_EXPIRATION"),
)
_ONE_SERVICES_ENDPOINT = "AWS_ENDPOINT_URL_"
_NO_PROXY = ("NO_PROXY", "no_proxy")
_THIS_MACHINE = "127.0.0.1,localhost"


def shell_lines(environment: Mapping[str, str], shell: Mapping[str, str] = os.environ) -> str:
    """Return shell lines that set these variables, and unset AWS's other ones.

    Args:
        environment: the variables.
        shell: the shell's present variables, which may include endpoints of single services.
    """
    endpoints = sorted(name for name in shell if name.startswith(_ONE_SERVICES_ENDPOINT))
    unset = [*_UNSET, *endpoints]
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    # The user's proxy stays in use for all other hosts.
    proxy = [f'export {name}="${{{name}:+${name},}}{_THIS_MACHINE}"' for name in _NO_PROXY]
    return "\n".join([f"unset {' '.join(unset)}", *proxy, *exports])
