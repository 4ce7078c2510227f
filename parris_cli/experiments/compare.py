"""Which parameters of two experiments differ, in both of their configs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.payloads import maybe_text_in, part_of
from parris.s3_uri import split_s3_uri
from parris.validation.code import CODE_KEY, FILES_KEY
from parris.validation.experiments import TRAINING_CONFIG_KEY
from parris.validation.read_json import YAML_SUFFIXES, JsonTextError, read_json_object
from parris.validation.semantics import SCRIPT_KEY

if TYPE_CHECKING:
    from parris.payloads import Json, Payload
    from parris_cli.experiments.experiment import Experiment
    from parris_cli.experiments.location import Location

JOB, TRAINING = "job", "training"
_UPLOADED = frozenset({SCRIPT_KEY, TRAINING_CONFIG_KEY, CODE_KEY, FILES_KEY})
"""Keys that say where the command has put a file, each time elsewhere. The file itself counts."""
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter that differs. A side that lacks it has None, and is not in `has`.

    `file` is `job` or `training`, and `path` the keys that lead to the parameter, with dots.
    """

    file: str
    path: str
    values: tuple[Json, Json]
    has: tuple[bool, bool]

    def to_json(self) -> Payload:
        """Return it for programs. A side that lacks the parameter is left out."""
        sides: Payload = {
            side: value for side, value, has in zip("ab", self.values, self.has, strict=True) if has
        }
        return {"file": self.file, "path": self.path, **sides}


def differences(location: Location, one: Experiment, other: Experiment) -> list[Difference]:
    """Return the differences of two experiments, those of the job's configs first."""
    jobs = job_differences(one, other)
    training = [_training_parameters(location, each) for each in (one, other)]
    return jobs + _differences(TRAINING, training[0], training[1])


def job_differences(one: Experiment, other: Experiment) -> list[Difference]:
    """Return the differences of the job's configs of two experiments, and of their files."""
    return _differences(JOB, _job_parameters(one), _job_parameters(other))


def flattened(value: Json, path: str = "") -> dict[str, Json]:
    """Return the plain values of nested objects and lists by their paths."""
    if isinstance(value, dict) and value:
        inner = [(f"{path}.{key}" if path else key, one) for key, one in value.items()]
    elif isinstance(value, list) and value:
        inner = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
    else:
        return {path: value}
    return {key: plain for name, one in inner for key, plain in flattened(one, name).items()}


def _differences(file: str, one: dict[str, Json], other: dict[str, Json]) -> list[Difference]:
    return [
        Difference(file, path, (one.get(path), other.get(path)), (path in one, path in other))
        for path in sorted({*one, *other})
        if (path in one) != (path in other) or one.get(path) != other.get(path)
    ]


def _job_parameters(experiment: Experiment) -> dict[str, Json]:
    described = experiment.described
    config = part_of(described, "config")
    parameters = {key: value for key, value in config.items() if key not in _UPLOADED}
    files = {
        SCRIPT_KEY: _file_text(part_of(described, "script")),
        CODE_KEY: _file_text(part_of(described, "code")),
    }
    return flattened(parameters) | {key: text for key, text in files.items() if text}


def _file_text(file: Payload) -> str:
    """Return a file by its name and the beginning of its digest, empty for none."""
    name, digest = maybe_text_in(file, "filename"), maybe_text_in(file, "sha256") or ""
    return f"{name} ({digest[:_DIGITS]})" if name else ""


def _training_parameters(location: Location, experiment: Experiment) -> dict[str, Json]:
    """Return the parameters of the script config; only its digest if it cannot be read."""
    file = part_of(experiment.described, "training_config")
    uri = maybe_text_in(file, "uri")
    if uri is None:
        return {}
    bucket, key = split_s3_uri(uri)
    body = Bucket(location.s3, bucket).read(key)
    try:
        return flattened(_object_in(key, body or b""))
    except JsonTextError:
        return {"": _file_text(file)}


def _object_in(key: str, body: bytes) -> Payload:
    if not key.lower().endswith(YAML_SUFFIXES):
        return read_json_object(body)
    from parris_cli.starting.read_yaml import read_yaml_object

    return read_yaml_object(body)
