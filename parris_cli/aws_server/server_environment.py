"""The variables of a running `parris aws up`, its key among them: kept for `parris aws env`, and
printed for a shell.

The key is another one for each start, so that it has to be read somewhere: in a file that only the
person who started the server can read, and that goes with the server.
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
    """Let `read_record` find the variables of a server for as long as the block lasts.

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
    """Return the variables of this person's server at that port, None where there is none."""
    place = _place(cache, port)
    if not _is_own(place):
        return None
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None  # a server that was killed left it
    environment: dict[str, str] = found["environment"]
    return environment


def _place(cache: Path, port: int) -> Path:
    return cache / _FOLDER / f"{port}.json"


def _is_own(place: Path) -> bool:
    try:
        return place.lstat().st_uid == os.geteuid()
    except OSError:
        return False


# What a shell may hold for a real account, and what would then be sent to this one, or this one's
# to that account.
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
    """Return lines for a shell that set these variables, and no others of AWS's beside them.

    Args:
        environment: the variables.
        shell: those that the shell has now; endpoints of single services are named in there.
    """
    endpoints = sorted(name for name in shell if name.startswith(_ONE_SERVICES_ENDPOINT))
    unset = [*_UNSET, *endpoints]
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    # A person's proxy goes on to be asked for everything else.
    proxy = [f'export {name}="${{{name}:+${name},}}{_THIS_MACHINE}"' for name in _NO_PROXY]
    return "\n".join([f"unset {' '.join(unset)}", *proxy, *exports])
