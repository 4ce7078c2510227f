"""The local files of a job: its config, its script and the config of the script."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.validation.experiments import TRAINING_CONFIG_KEY
from parris.validation.merge_configs import CONFIG_KEY, merge_configs
from parris.validation.semantics import NAME_KEY, SCRIPT_KEY
from parris.validation.values import find_unfit_values
from parris.wording import counted
from parris_cli.errors import RefusedError
from parris_cli.packing.local_files import LocalFiles, find_local_files
from parris_cli.project_files import PROJECT
from parris_cli.starting.check_config import find_local_violations
from parris_cli.starting.file_kind import is_script
from parris_cli.starting.job_options import NO_OPTIONS, JobOptions
from parris_cli.starting.read_config import meant_file, read_object
from parris_cli.starting.script_config import check_script_config

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload

DEFAULT_CONFIG = PROJECT / "config" / "training-config.json"
SWEEP_KEYS = frozenset({"training", "budget"})
"""What every config of a sweep has, and no config of a job."""
_DEFAULT_NAME = "stack"


@dataclass(frozen=True, slots=True)
class JobFiles:
    """What is uploaded: the config, and the script and the script config if they are named.

    `source` is the file that the command was given. `overrides` go over the config. If the config
    names no script that can be looked up, ValidateConfig reports that together with all other
    violations.
    """

    source: Path
    config: Payload
    overrides: Payload
    script: Path | None
    training_config: Path | None = None

    @property
    def shown_source(self) -> str:
        """Return what people know it by."""
        return "the default config" if self.source == DEFAULT_CONFIG else str(self.source)

    @property
    def local(self) -> LocalFiles:
        """Return what the job brings beside config and script.

        Raises:
            RefusedError: when something that is named is not there, or is too much.
        """
        try:
            return find_local_files(self.source, self.merged, self.script, self.training_config)
        except RefusedError as err:
            raise self.refused(err) from err

    def refused(self, err: RefusedError) -> RefusedError:
        """Return a refusal of one of the files, with whatever else is wrong in the config."""
        violations = find_local_violations(self.merged, datetime.now(UTC))
        lines = [f"{number}. {one}" for number, one in enumerate(violations, 1)]
        if not lines:
            return err
        what = counted(len(lines), "violation")
        return RefusedError(
            "\n".join([f"{err}", f"the config has {what}, too:", *lines]), err.reason
        )

    @property
    def merged(self) -> Payload:
        """Return the config with what is put over it."""
        return merge_configs(self.config, self.overrides)

    @property
    def training_job_name(self) -> str:
        """Return the job's name as far as it is known here."""
        name = self.merged.get(NAME_KEY, _DEFAULT_NAME)
        return name if isinstance(name, str) else ""


def find_job_files(
    source: Path | None, overrides: Payload, options: JobOptions = NO_OPTIONS
) -> JobFiles:
    """Return a config and its script: beside the config, else in config/ of the clone.

    Args:
        source: a training config, or a script to run without one; None for the clone's default
            config.
        overrides: the values that `--set` overrides.
        options: what else the command line says of the job; `--set` goes over it.

    Raises:
        RefusedError: if a file is missing or contains no config.
    """
    _refuse_config_key("--set", overrides)
    path = source or DEFAULT_CONFIG
    if is_script(path):
        whole = merge_configs(overrides)
        script = None if SCRIPT_KEY in overrides else path
        files = JobFiles(path, options.config_of(path), whole, script)
    else:
        config = read_object(path)
        _refuse_sweep(path, config)
        _refuse_config_key(str(path), config)
        files = JobFiles(path, config, merge_configs(options.over(config), overrides), None)
    return complete_files(files)


def complete_files(files: JobFiles) -> JobFiles:
    """Return the files with those that their config names: beside it, else in config/.

    Raises:
        RefusedError: if one is missing, or the config has a number that JSON does not.
    """
    refuse_infinite_numbers(files.merged, files.source)
    try:
        if files.script is None:
            files = replace(files, script=_find_named(SCRIPT_KEY, files))
        training_config = _find_named(TRAINING_CONFIG_KEY, files)
        if training_config is not None:
            check_script_config(training_config)
    except RefusedError as err:
        raise files.refused(err) from err
    return replace(files, training_config=training_config)


def _refuse_sweep(path: Path, config: Payload) -> None:
    if config.keys() >= SWEEP_KEYS:
        raise RefusedError(
            f"{path} is the config of a sweep; run it with:\nparris sweep run {path}"
        )


def _refuse_config_key(where: str, config: Payload) -> None:
    # The command uploads the config and passes its key to the execution.
    if CONFIG_KEY in config:
        raise RefusedError(
            f"{where}: {CONFIG_KEY} is not allowed here, because CONFIG is the config of this job."
            f" To start a job from a config in the training bucket, give {CONFIG_KEY} in an"
            " execution's input"
        )


def refuse_infinite_numbers(config: Payload, path: Path) -> None:
    """Refuse infinite numbers: JSON has none, and Step Functions would refuse the input."""
    try:
        json.dumps(config, allow_nan=False)
    except ValueError:
        lines = "\n".join(str(violation) for violation in find_unfit_values(config))
        raise RefusedError(f"{path}: a number is not finite:\n{lines}") from None


def _find_named(key: str, files: JobFiles) -> Path | None:
    """Return the file that a key of the config names: beside the config, else in config/."""
    name, config = files.merged.get(key), files.source
    if not isinstance(name, str) or not name or "\0" in name:
        return None
    places = dict.fromkeys([config.parent / name, PROJECT / "config" / name])
    for place in places:
        if place.is_file():
            return place
    folder = next((place for place in places if place.is_dir()), None)
    if folder is not None:
        do = (
            "Name the script in it; its folder goes with it" if key == SCRIPT_KEY else "Name a file"
        )
        raise RefusedError(f"{config}: {key} is {name!r}, but {folder} is a folder. {do}")
    looked_for = " and no ".join(str(place) for place in places)
    meant = meant_file(config.parent / name)
    raise RefusedError(f"{config}: {key} is {name!r}, but there is no {looked_for}{meant}")
