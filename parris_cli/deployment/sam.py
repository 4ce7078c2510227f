"""The SAM CLI: where it is, its commands, and a run of one whose output is followed."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.session import region_variables
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# All functions have the same code. With these, sam copies and packs it once, not once for each
# function. Both are experiments of sam's; a version that does not know them works as without.
SHARED_CODE = {"SAM_CLI_BETA_BUILD_PERFORMANCE": "1", "SAM_CLI_BETA_PACKAGE_PERFORMANCE": "1"}
_TICK_SECONDS = 1.0
_END_SECONDS = 5.0


def sam_commands(sam: str, stack_name: str, parameters: Mapping[str, str]) -> list[list[str]]:
    """Return the commands that build and deploy, as lists of arguments.

    Args:
        sam: the program.
        stack_name: the stack name of the deployment.
        parameters: values for parameters of the template; other parameters keep their values.
    """
    return [[sam, "build"], [sam, "deploy", "--stack-name", stack_name, *_overrides(parameters)]]


def environment_command(
    sam: str, template: Path, stack_name: str, parameters: Mapping[str, str]
) -> list[str]:
    """Return the command that deploys a template which needs no build.

    Args:
        sam: the program.
        template: the template's file.
        stack_name: the stack.
        parameters: values for parameters of the template; other parameters keep their values.
    """
    # samconfig.toml is not beside this template.
    deploying = [sam, "deploy", "--template-file", str(template), "--stack-name", stack_name]
    deploying += ["--capabilities", "CAPABILITY_NAMED_IAM", "--resolve-s3"]
    deploying += ["--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    return [*deploying, *_overrides(parameters)]


def find_sam() -> Path:
    """Return the SAM CLI that was installed with this command, else the one on the PATH.

    Raises:
        RefusedError: when there is none.
    """
    beside = Path(sys.executable).with_name("sam")
    if beside.is_file():
        return beside
    found = shutil.which("sam")
    if found is None:
        raise RefusedError(
            "the SAM CLI, which builds and deploys, was not found. Install AWS's package so that"
            " `sam` is on the PATH, or run `make test` in a clone to install it, or run"
            " `pip install aws-sam-cli`",
            reason=None,
        )
    return Path(found)


def sam_environment() -> dict[str, str]:
    """Return the environment of sam."""
    # The Python of this command has the pip that the layer's Makefile was tested with.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**SHARED_CODE, **os.environ, **region_variables(), "PATH": path}


class SamProcess:
    """A running command of sam. `status` is its exit status once its output has ended."""

    def __init__(self, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            # A question of sam's would not be seen: it ends with an error instead.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._pass_lines, daemon=True).start()

    @property
    def status(self) -> int:
        """Wait for the end, and return the exit status."""
        return self._process.wait()

    def lines(self) -> Iterator[str | None]:
        """Yield its lines as they come, and None about once a second while none comes."""
        while True:
            try:
                line = self._lines.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                yield None
                continue
            if line is None:
                return
            yield line

    def end(self) -> None:
        """End it, for when nobody wants to wait for it any more."""
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _pass_lines(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line)
        self._lines.put(None)


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    if not parameters:
        return []
    return [
        "--parameter-overrides",
        *(f"{name}={_quoted(one)}" for name, one in parameters.items()),
    ]


def _quoted(value: str) -> str:
    """Return a parameter's value quoted for sam, which may be empty or contain blanks or JSON.

    Raises:
        RefusedError: when sam cannot read the value.
    """
    if '\\"' in value or value.endswith("\\"):
        raise RefusedError(
            f"sam cannot read {value}, which has a backslash before a quote. In JSON, write the"
            " quote as \\u0022"
        )
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'
