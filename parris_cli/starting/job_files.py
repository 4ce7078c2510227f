"""The two files of a job on the person's own disk: the training config and the trainer script."""

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
    """What is uploaded. `script` is None where the config names none that could be looked for:
    then ValidateConfig tells that together with all other violations.
    """

    config: Path
    script: Path | None
    training_job_name: str


def find_job_files(config_path: Path | None, overrides: Payload) -> JobFiles:
    """Return the config and its script: beside the config, else in config/ of the clone.

    Args:
        config_path: the training config; the clone's default one when None.
        overrides: what `--set` puts over it.

    Raises:
        RefusedError: when a file is missing or is no JSON object.
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
    # The command uploads the config and names it to the execution itself.
    if _CONFIG_KEY in config:
        raise RefusedError(
            f"{where}: {_CONFIG_KEY} has no place here, since CONFIG is the config of this job."
            f" To start one that lies in the training bucket, give {_CONFIG_KEY} in an"
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
    """Return the JSON object that a file holds.

    Raises:
        RefusedError: when there is none.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RefusedError(f"{path}: there is no such config file") from None
    except IsADirectoryError:
        raise RefusedError(f"{path}: a folder, expected a config file") from None
    except UnicodeDecodeError as err:
        raise RefusedError(f"{path}: not UTF-8 text (byte {err.start})") from None
    except OSError as err:
        raise RefusedError(f"{path}: cannot be read: {err.strerror}") from None
    except json.JSONDecodeError as err:
        raise RefusedError(
            f"{path}: not valid JSON at line {err.lineno}, column {err.colno}: {err.msg}"
        ) from None
    if not isinstance(value, dict):
        raise RefusedError(f"{path}: holds no JSON object; a config is one: {{...}}")
    return cast("Payload", value)
