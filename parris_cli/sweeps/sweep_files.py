"""The local files of a sweep: its config, and the files of the training that it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.validation.semantics import METHOD_KEY
from parris_cli.errors import RefusedError
from parris_cli.starting.job_files import JobFiles, complete_files, refuse_infinite_numbers
from parris_cli.starting.read_config import read_object

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload

JOB_NAME_KEY = "training-job-name"
NAME_KEY, TRAINING_KEY, SEARCH_KEY, LIST_KEY = "sweep-name", "training", "search", "trials-file"
_DEFAULT_NAME = "sweep"


@dataclass(frozen=True, slots=True)
class SweepFiles:
    """What is uploaded: the sweep's config, its training with its files, and a list of trials.

    What ValidateSweep can report is left to it, so that it is reported with everything else.
    """

    source: Path
    config: Payload
    training: JobFiles
    trials: Path | None

    @property
    def sweep_name(self) -> str:
        """Return the sweep's name as far as it is known here."""
        name = self.config.get(NAME_KEY, _DEFAULT_NAME)
        return name if isinstance(name, str) else ""


def find_sweep_files(source: Path) -> SweepFiles:
    """Return a sweep's config, and what it names.

    `training` may name the config of a job, beside the sweep's. The job's name is left out.

    Raises:
        RefusedError: if a file is missing or contains no config.
    """
    config = read_object(source)
    refuse_infinite_numbers(config, source)
    training = config.get(TRAINING_KEY)
    path = source
    if isinstance(training, str):
        path = source.parent / training
        # Each trial has a name of its own; the same file can be run as a job, which needs one.
        training = {key: value for key, value in read_object(path).items() if key != JOB_NAME_KEY}
    if TRAINING_KEY not in config and METHOD_KEY in config:
        raise RefusedError(f"{source} is the config of a job; run it with:\nparris run {source}")
    if not isinstance(training, dict):
        raise RefusedError(
            f"{source}: {TRAINING_KEY} is missing or not an object; it is the config of one"
            " training, or the name of a file with it"
        )
    files = complete_files(JobFiles(path, training, {}, None))
    return SweepFiles(source, config, files, _find_list(source, config))


def _find_list(source: Path, config: Payload) -> Path | None:
    """Return the local file that `trials-file` names, None if it names none or one in S3."""
    search = config.get(SEARCH_KEY)
    name = search.get(LIST_KEY) if isinstance(search, dict) else None
    if not isinstance(name, str) or not name or "\0" in name or name.startswith("s3://"):
        return None
    path = source.parent / name
    return path if path.is_file() else None
