"""Reads lambda-config.json, a deployment's settings, as parameters of template.yaml."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from parris.near_names import did_you_mean
from parris.validation.schema import find_shape_violations
from parris.validation.violations import Violation, shown
from parris.wording import counted
from parris_cli.deployment.template_parameters import find_value_violations
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT
from parris_cli.starting.read_config import read_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from parris.payloads import Json, Payload

_SCHEMA = PROJECT / "config" / "lambda-config.schema.json"
_ROLE_KEY = "lambda-role-arn"
_BUCKET_KEYS = ("s3-training-bucket", "s3_training_bucket")
_PROTOCOL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# The prefix of job stacks: a deployment must not be mistaken for one.
_JOB_STACK_PREFIX = "parris-"


def read_parameters(path: Path) -> dict[str, str]:
    """Return the template parameters that a deployment config sets.

    Raises:
        RefusedError: with all violations of the config at once.
    """
    config = read_object(path)
    schema: Payload = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    violations = [
        _explain(violation, config) for violation in find_shape_violations(config, schema)
    ]
    violations += _contradictions(config, {violation.path for violation in violations})
    if violations:
        raise RefusedError(list_violations(violations, str(path)))
    found = {
        "LambdaRoleArn": config.get(_ROLE_KEY),
        "TrainingBucketName": next(filter(None, map(config.get, _BUCKET_KEYS)), None),
    }
    return {name: str(value) for name, value in found.items() if value}


def parse_settings(
    settings: Iterable[str], known: Mapping[str, Payload], prefix: str = ""
) -> dict[str, str]:
    """Return the parameters that `--set` overrides.

    Args:
        settings: each is `Parameter=Value`.
        known: the definitions of the template's parameters.
        prefix: stands before a parameter's name, and was removed.

    Raises:
        RefusedError: with all settings at once that the template does not accept.
    """
    names = sorted(known)
    found: dict[str, str] = {}
    violations = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in names:
            which = did_you_mean(name, names) or ": " + ", ".join(names)
            expected = f"Parameter=Value with one of the template's parameters{which}"
            violations.append(Violation(f"--set {prefix}{name}", shown(setting), expected))
        else:
            found[name] = value
    violations += find_value_violations(found, known, prefix)
    if violations:
        raise RefusedError(list_violations(violations, "the command line"))
    return found


def check_stack_name(name: str) -> None:
    """Raise unless a deployment may have this name.

    Raises:
        RefusedError: when it may not.
    """
    if not _STACK_NAME.fullmatch(name):
        expected = "a letter, then letters, digits and hyphens, 64 characters at most"
    elif name.startswith(_JOB_STACK_PREFIX):
        expected = f"a name that does not begin with {_JOB_STACK_PREFIX}, the prefix of job stacks"
    else:
        return
    raise RefusedError(f"--stack-name: found {shown(name)}, expected {expected}")


def list_violations(violations: Iterable[Violation], where: str) -> str:
    """Return violations as one numbered list."""
    lines = [f"{number}. {violation}" for number, violation in enumerate(violations, start=1)]
    return "\n".join([f"{counted(len(lines), 'violation')} in {where}:", *lines])


def _explain(violation: Violation, config: Mapping[str, Json]) -> Violation:
    """Return the violation, with what to write instead where that is known."""
    key = violation.path.removeprefix("/")
    if key in ("time-limit", "cost-limit"):
        return Violation(
            violation.path, violation.found, "no such key here; limits belong in a training config"
        )
    value = config.get(key)
    if not isinstance(value, str):
        return violation
    if key in _BUCKET_KEYS:
        return Violation(violation.path, violation.found, _expected_bucket(value))
    if key == _ROLE_KEY:
        expected = (
            "the ARN of an IAM role, such as arn:aws:iam::123456789012:role/training;"
            " empty for roles of the stack"
        )
        return Violation(violation.path, violation.found, expected)
    return violation


def _expected_bucket(value: str) -> str:
    rule = "3 to 63 lowercase letters, digits, dots and hyphens"
    protocol = _PROTOCOL.match(value)
    if protocol is None:
        return f"a bare bucket name: {rule}; empty for a bucket of the stack"
    without = f"the bare bucket name, without {protocol.group()} before it"
    bare = value[protocol.end() :].partition("/")[0]
    # The host in a URL of the console or of S3 need not be the bucket.
    return without if "amazonaws.com" in bare else f"{without}: write {shown(bare)}"


def _contradictions(config: Payload, wrong: set[str]) -> Iterator[Violation]:
    first, second = _BUCKET_KEYS
    found, other = config.get(second), config.get(first)
    if found and other and found != other and not wrong & {f"/{first}", f"/{second}"}:
        expected = f"{shown(other)}, as in {first}; the two keys mean the same"
        yield Violation(f"/{second}", shown(found), expected)
