"""Checks what a config passes to the container: command, parameters and environment.

Messages never contain the value of a parameter or a variable, which may be secrets.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from parris.payloads import part_of, texts_in
from parris.sweeps.trial_goal import GOAL_KEY
from parris.targets.batch.names import variable_of
from parris.targets.batch.read_spec import parameters_in, runs_image_command
from parris.validation.merge_configs import without_comments
from parris.validation.metrics import CLOUDWATCH_KEY
from parris.validation.semantics import METHOD_KEY, NEEDS_A_RUNNER, SCRIPT_KEY, methods_in
from parris.validation.violations import Violation, path_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from parris.payloads import Payload

_COMMAND, _OWN, _PARAMETERS = "command", "run-image-command", "parameters"
_ENVIRONMENT = "environment"
_REFERENCE = re.compile(r"Ref::([A-Za-z0-9_-]+)")
_RESERVED = "AWS_BATCH"
"""Batch sets variables with this beginning itself.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html"""
_NEEDS_A_RUNNER = (
    *("hyperparameters", "input-data", "metrics", CLOUDWATCH_KEY, "sync-interval-seconds"),
    *("data-set", "training-config-filename", GOAL_KEY),
)
"""Keys that a runner of Parris carries out. Those of the code require a script."""
_MOST_BYTES = 16_384
"""A job definition may have 24 KiB, and a submission 30 KiB; Parris needs a part of them.
Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""


def find_container_violations(config: Payload, wrong: AbstractSet[str]) -> Iterator[Violation]:
    """Yield what Batch would reject, and keys that contradict each other.

    Args:
        config: the merged config, without invalid keys.
        wrong: the keys that are invalid, and therefore are not in the config.
    """
    yield from _find_who_runs(config, wrong)
    if _PARAMETERS not in wrong:
        yield from _find_unknown_references(config)
    yield from _find_equal_variables(config)
    for name in without_comments(part_of(config, _ENVIRONMENT)):
        if name.startswith(_RESERVED):
            expected = f"a name that does not begin with {_RESERVED}, which Batch reserves"
            yield Violation(path_of([_ENVIRONMENT, name]), "this name", expected)
    yield from _find_oversize(config)


def container_warnings(config: Payload) -> tuple[str, ...]:
    """Return what a person should know of a container without a runner of Parris."""
    if not runs_image_command(config):
        return ()
    return (
        f"{_OWN}: the image saves its results itself. Parris stops the job at its limits with"
        " SIGTERM, 30 s before SIGKILL, and does not wait for results",
    )


def _find_who_runs(config: Payload, wrong: AbstractSet[str]) -> Iterator[Violation]:
    if _OWN in wrong:
        return
    if runs_image_command(config):
        if SCRIPT_KEY in config:
            expected = f"no such key with {_OWN}, with which no script of yours runs"
            yield Violation(f"/{SCRIPT_KEY}", shown(config[SCRIPT_KEY]), expected)
        for method in (one for one in methods_in(config) if one in NEEDS_A_RUNNER):
            expected = f"another method with {_OWN}: the runner of Parris decides by it"
            yield Violation(f"/{METHOD_KEY}", method, expected)
        for key in _NEEDS_A_RUNNER:
            if key in config:
                expected = (
                    f"no such key with {_OWN}: it needs the runner of Parris. A command gets"
                    f" {_PARAMETERS}, and {_ENVIRONMENT}"
                )
                yield Violation(f"/{key}", shown(config[key]), expected)
        return
    if SCRIPT_KEY not in config and SCRIPT_KEY not in wrong:
        expected = f"the file name of the training script, or {_OWN}: true"
        yield Violation(f"/{SCRIPT_KEY}", "nothing", expected)
    if _COMMAND in config:
        expected = f"no such key, or {_OWN}: true: otherwise the training script runs"
        yield Violation(f"/{_COMMAND}", shown(config[_COMMAND]), expected)


def _find_unknown_references(config: Payload) -> Iterator[Violation]:
    names = parameters_in(config).keys()
    for index, part in enumerate(texts_in(config, _COMMAND)):
        for name in _REFERENCE.findall(part):
            if name not in names:
                known = ", ".join(sorted(names)) or "there are none"
                expected = f"the name of one of the parameters ({known})"
                yield Violation(f"/{_COMMAND}/{index}", shown(f"Ref::{name}"), expected)


def _find_equal_variables(config: Payload) -> Iterator[Violation]:
    by_variable: dict[str, str] = {}
    for name in parameters_in(config):
        first = by_variable.setdefault(variable_of(name), name)
        if first != name:
            expected = f"a name whose variable is not that of {first} too: {variable_of(name)}"
            yield Violation(path_of([_PARAMETERS, name]), "this name", expected)


def _find_oversize(config: Payload) -> Iterator[Violation]:
    keys = [_COMMAND, _PARAMETERS]
    if runs_image_command(config):
        # A runner of ours gets it in a file.
        keys.append(_ENVIRONMENT)
    try:
        sizes = {key: len(json.dumps(config[key]).encode()) for key in keys if key in config}
    except ValueError:  # a number with thousands of digits, which is a separate violation
        return
    # Each parameter is a variable, too.
    size_bytes = sum(sizes.values()) + sizes.get(_PARAMETERS, 0)
    if size_bytes > _MOST_BYTES:
        largest = max(sizes, key=lambda key: sizes[key])
        expected = (
            f"at most {_MOST_BYTES} bytes in {', '.join(sizes)}, because a job definition of Batch"
            " has at most 24 KiB; put more into a file"
        )
        yield Violation(f"/{largest}", f"{size_bytes} bytes in all", expected)
