"""`parris aws up` as a process, and clients of it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE, cache_folder
from embedded_aws.own_clients import make_client

BIN = Path(sys.executable).parent
ENDS_WITHIN_SECONDS = 60.0


class ServedAws:
    """A server that runs, and what it has printed for a shell."""

    def __init__(self, process: subprocess.Popen[str], variables: dict[str, str]) -> None:
        self.process = process
        self.variables = variables
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return a boto3 client of it, the same one each time."""
        if service not in self._clients:
            values = self.variables
            self._clients[service] = make_client(
                service,
                endpoint_url=values["AWS_ENDPOINT_URL"],
                region_name=values["AWS_DEFAULT_REGION"],
                aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
            )
        return self._clients[service]

    def close(self) -> None:
        """Close the connections of its clients."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(ENDS_WITHIN_SECONDS)


@contextmanager
def served_aws(
    home: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> Iterator[ServedAws]:
    """Start a server on a free port and wait until it is ready; it ends with the block.

    Args:
        home: is its home, and holds its temporary files.
        arguments: for `parris aws up`.
        more: variables of the shell that starts it.
    """
    command = [str(BIN / "parris"), "aws", "up", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**plain_environment(home), **(more or {})},
        start_new_session=True,
    ) as process:
        try:
            with closing(ServedAws(process, _read_variables(process))) as served:
                yield served
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=ENDS_WITHIN_SECONDS)


def plain_environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing is of the person who runs the tests."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "SAM_CLI_TELEMETRY": "0",
        # What was built once for this machine need not be built again for each empty home.
        CACHE_FOLDER_VARIABLE: str(cache_folder()),
        # Nor need what pip has fetched once be fetched again.
        "PIP_CACHE_DIR": str(cache_folder() / "pip"),
    }


def processes_of(home: Path) -> list[str]:
    """Every process whose command or environment names the folder."""
    show_environment = "-axEww" if sys.platform == "darwin" else "axeww"
    shown = subprocess.run(
        ["ps", show_environment, "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    return [line for line in shown.stdout.splitlines() if str(home) in line]


def _read_variables(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    found: dict[str, str] = {}
    for line in process.stdout:
        match = re.fullmatch(r"export (\w+)=(\S+)\n", line)
        if match:
            found[match[1]] = match[2]
        if "AWS_REGION" in found:
            return found
    raise AssertionError(process.communicate()[1])
