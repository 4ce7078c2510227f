"""The two local files of a job: the training config and the training script."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from parris.payloads import Payload
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

DEFAULT_CONFIG = PROJECT / "config" / "training-config.json"
_CONFIG_KEY = "config-key"


@dataclass(frozen=True, slots=True)
class JobFiles:
    """What is uploaded. `script` is None if the config names none that can be looked up: then
    ValidateConfig reports that together with all other violations.
    """

    config: Path
    script: Path | None
    training_job_name: str


def find_job_files(config_path: Path | None, overrides: Payload) -> JobFiles:
    """Return the config and its script: beside the config, else in config/ of the clone.

    Args:
        config_path: the training config; None for the clone's default one.
        overrides: the values that `--set` overrides.

    Raises:
        RefusedError: when a file is missing or is not a JSON object.
    """
    path = config_path or DEFAULT_CONFIG
    config = read_object(path)
    _refuse_config_key(str(path), config)
    _refuse_config_key("--set", overrides)
    merged = {**read_object(DEFAULT_CONFIG), **config, **overrides}
    script_name = merged.get("training-script-filename")
    job_name = merged.get("training-job-name")
    return JobFiles(
        config=path,
        script=_find_script(script_name, path) if isinstance(script_name, str) else None,
        training_job_name=job_name if isinstance(job_name, str) else "",
    )


def _refuse_config_key(where: str, config: Payload) -> None:
    # The command uploads the config and passes its key to the execution.
    if _CONFIG_KEY in config:
        raise RefusedError(
            f"{where}: {_CONFIG_KEY} is not allowed here, because CONFIG is the config of this job."
            f" To start a job from a config in the training bucket, give {_CONFIG_KEY} in an"
            " execution's input"
        )


def _find_script(name: str, config: Path) -> Path | None:
    if not name:
        return None
    places = dict.fromkeys([config.parent / name, PROJECT / "config" / name])
    for place in places:
        if place.is_file():
            return place
    looked_for = " and no ".join(str(place) for place in places)
    raise RefusedError(
        f"{config}: training-script-filename is {name!r}, but there is no {looked_for}"
    )


def read_object(path: Path) -> Payload:
    """Return the JSON object in a file.

    Raises:
        RefusedError: when there is none.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RefusedError(f"{path}: no such config file") from None
    except IsADirectoryError:
        raise RefusedError(f"{path}: is a folder, expected a config file") from None
    except UnicodeDecodeError as err:
        raise RefusedError(f"{path}: not UTF-8 text (byte {err.start})") from None
    except OSError as err:
        raise RefusedError(f"{path}: cannot be read: {err.strerror}") from None
    except json.JSONDecodeError as err:
        raise RefusedError(
            f"{path}: not valid JSON at line {err.lineno}, column {err.colno}: {err.msg}"
        ) from None
    if not isinstance(value, dict):
        raise RefusedError(f"{path}: is not a JSON object, expected a config such as {{...}}")
    return cast("Payload", value)
