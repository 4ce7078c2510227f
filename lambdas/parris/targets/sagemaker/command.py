"""What the container of a training job runs: the script, in the channel `code`, if the job has one.

The script is the entry process itself, without a shell in between, since SageMaker sends SIGTERM to
that process only. An entrypoint may have 256 characters, so that unpacking code needs a script.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.job import Job
    from parris.payloads import Json

CODE_CHANNEL, CONFIG_CHANNEL = "code", "config"
CODE_ARCHIVE, START_SCRIPT = "code.tar.gz", "parris-start.sh"
_CHANNELS = "/opt/ml/input/data"
_MOST_ARGUMENTS, _LONGEST_ARGUMENT = 100, 256
"""Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html"""


def entrypoint_of(job: Job) -> list[str]:
    """Return the command of the entry process, without arguments; none runs the image's own."""
    if job.script is None:
        return []
    if job.code is not None:
        return ["/bin/sh", f"{_CHANNELS}/{CODE_CHANNEL}/{START_SCRIPT}"]
    return [_interpreter(job.script.filename), f"{_CHANNELS}/{CODE_CHANNEL}/{job.script.filename}"]


def start_script(job: Job) -> str:
    """Return the script that unpacks the code of a job and becomes its training script."""
    folder = shlex.quote(f"code/{job.script_folder}".rstrip("/"))
    filename = job.required_script.filename
    lines = (
        "set -e",
        # A container without /opt/ml, as on a developer's machine, says where it is instead.
        'base="${SAGEMAKER_BASE_DIR:-/opt/ml}"',
        f'channel="$base/input/data/{CODE_CHANNEL}"',
        f'mkdir -p "$base"/{folder}',
        f'tar -xzf "$channel/{CODE_ARCHIVE}" -C "$base/code"',
        f'cd "$base"/{folder}',
        f'cp "$channel"/{shlex.quote(filename)} .',
        "if [ -f requirements.txt ]; then",
        "  python3 -m pip install --disable-pip-version-check -r requirements.txt",
        "fi",
        # SIGTERM reaches the script only if it takes the place of this shell.
        f'exec {_interpreter(filename)} {shlex.quote(filename)} "$@"',
    )
    return "".join(f"{line}\n" for line in lines)


def arguments_of(hyperparameters: Mapping[str, str], before: int = 0) -> list[str]:
    """Return the hyperparameters as `--name value`; none if SageMaker would not take all of them.

    The script finds them in the container's hyperparameters.json in any case.

    Args:
        hyperparameters: the texts by name.
        before: how many arguments precede them.
    """
    found = [
        part for name in sorted(hyperparameters) for part in (f"--{name}", hyperparameters[name])
    ]
    is_fit = before + len(found) <= _MOST_ARGUMENTS
    return found if is_fit and all(len(one) <= _LONGEST_ARGUMENT for one in found) else []


def training_config_path(filename: str) -> str:
    """Return where the container finds the script config."""
    return f"{_CHANNELS}/{CONFIG_CHANNEL}/{filename}"


def text_of(value: Json) -> str:
    """Return a value as text, as SageMaker passes on all hyperparameters and variables."""
    return value if isinstance(value, str) else json.dumps(value)


def _interpreter(filename: str) -> str:
    return "python3" if filename.endswith(".py") else "bash"
