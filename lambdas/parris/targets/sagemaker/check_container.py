"""Checks what SageMaker passes to the container. The shared schema allows more than SageMaker does.

Messages never contain a hyperparameter or a variable, which may be secrets.
Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import part_of
from parris.sweeps.trial_goal import GOAL_KEY, METRIC_KEY, RUNGS_KEY
from parris.targets.sagemaker.command import arguments_of, text_of
from parris.validation.merge_configs import without_comments
from parris.validation.metrics import CLOUDWATCH_KEY
from parris.validation.semantics import METHOD_KEY, NEEDS_A_RUNNER, SCRIPT_KEY, methods_in
from parris.validation.violations import Violation, path_of, shown
from parris.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Json, Payload

_HYPERPARAMETERS, _ENVIRONMENT, _METRICS = "hyperparameters", "environment", "metrics"
_ARGUMENTS, _ENTRYPOINT = "arguments", "entrypoint"
_LINE_BREAKS = frozenset("\n\r\x85\u2028\u2029")
"""What `.` does not match in the patterns of SageMaker."""
_INPUT_DATA, _CODE, _ISOLATION = ("input-data", "data-set"), "code-archive", "network-isolation"
_MOST_HYPERPARAMETERS, _LONGEST_NAME, _LONGEST_VALUE = 100, 256, 2_500
_MOST_VARIABLES, _LONGEST_VARIABLE = 90, 512
"""SageMaker takes 100 variables, of which Parris sets a few."""
_MOST_METRICS, _LONGEST_EXPRESSION = 40, 500


def find_container_violations(config: Payload) -> Iterator[Violation]:
    """Yield the violations of SageMaker's limits, and the keys that need a runner of Parris."""
    yield from _hyperparameters(without_comments(part_of(config, _HYPERPARAMETERS)))
    yield from _variables(without_comments(part_of(config, _ENVIRONMENT)))
    yield from _metrics(without_comments(part_of(config, _METRICS)))
    yield from _goal(config)
    for method in (one for one in methods_in(config) if one in NEEDS_A_RUNNER):
        expected = "another method: no runner of Parris reads what a training prints that goes on"
        yield Violation(f"/{METHOD_KEY}", method, expected)
    if config.get(CLOUDWATCH_KEY) is True:
        expected = f"no such key on SageMaker, which itself sends what {_METRICS} finds"
        yield Violation(f"/{CLOUDWATCH_KEY}", "true", expected)
    yield from _commands(config)
    for key in (one for one in _INPUT_DATA if one in config):
        expected = (
            "no such key on SageMaker, which provides data by channels: use input-channels, for"
            " instance with the channel name training"
        )
        yield Violation(f"/{key}", shown(config[key]), expected)


def isolation_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning if the code may need a network that its container does not have."""
    if config.get(_ISOLATION) is True and _CODE in config:
        return (
            f"{_ISOLATION}: the container has no network, so a requirements.txt in the code cannot"
            " be installed; install it in the image",
        )
    return ()


def argument_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning if the hyperparameters do not fit into the arguments of the script."""
    found = without_comments(part_of(config, _HYPERPARAMETERS))
    texts = {name: _text_of(value) for name, value in found.items()}
    before = config.get(_ARGUMENTS)
    count = len(before) if isinstance(before, list) else 0
    has_default = SCRIPT_KEY in config and not config.get(_ENTRYPOINT)
    if not texts or not has_default or arguments_of(texts, count):
        return ()
    return (
        f"{_HYPERPARAMETERS}: they are not passed as arguments, since SageMaker takes at most 100"
        " arguments of at most 256 characters each; the script finds them in"
        " /opt/ml/input/config/hyperparameters.json",
    )


def _hyperparameters(found: Payload) -> Iterator[Violation]:
    yield from _too_many(_HYPERPARAMETERS, found, _MOST_HYPERPARAMETERS)
    for name, value in found.items():
        if len(name) > _LONGEST_NAME:
            expected = f"a name of at most {_LONGEST_NAME} characters"
            yield Violation(path_of([_HYPERPARAMETERS, name]), "this name", expected)
        text = _text_of(value)
        if _LINE_BREAKS & {*name, *text}:
            yield _broken([_HYPERPARAMETERS, name])
        if len(text) > _LONGEST_VALUE:
            expected = (
                f"at most {_LONGEST_VALUE} characters, as JSON where it is not a string; put more"
                " into the file of training-config-filename"
            )
            where = path_of([_HYPERPARAMETERS, name])
            yield Violation(where, f"a value of {len(text)} characters", expected)


def _variables(found: Payload) -> Iterator[Violation]:
    yield from _too_many(_ENVIRONMENT, found, _MOST_VARIABLES)
    for name, value in found.items():
        if len(name) > _LONGEST_VARIABLE:
            expected = f"a name of at most {_LONGEST_VARIABLE} characters"
            yield Violation(path_of([_ENVIRONMENT, name]), "this name", expected)
        if len(str(value)) > _LONGEST_VARIABLE:
            expected = f"at most {_LONGEST_VARIABLE} characters"
            where = path_of([_ENVIRONMENT, name])
            yield Violation(where, f"a value of {len(str(value))} characters", expected)


def _goal(config: Payload) -> Iterator[Violation]:
    """Yield why a sweep could not compare its trials, as far as that is known."""
    goal = part_of(config, GOAL_KEY)
    if RUNGS_KEY in goal:
        expected = (
            "none on SageMaker: no runner of Parris reports the metrics of a training that goes on"
        )
        yield Violation(path_of([GOAL_KEY, RUNGS_KEY]), "early stopping", expected)
    # The image of a built-in algorithm, which runs no script, defines metrics of its own.
    if goal and SCRIPT_KEY in config and goal.get(METRIC_KEY) not in part_of(config, _METRICS):
        expected = f"a metric with an expression in `{_METRICS}`: SageMaker reports no other one"
        yield Violation(path_of([GOAL_KEY, METRIC_KEY]), shown(goal.get(METRIC_KEY)), expected)


def _metrics(found: Payload) -> Iterator[Violation]:
    yield from _too_many(_METRICS, found, _MOST_METRICS)
    for name, expression in found.items():
        if len(str(expression)) > _LONGEST_EXPRESSION:
            expected = f"a regular expression of at most {_LONGEST_EXPRESSION} characters"
            yield Violation(path_of([_METRICS, name]), shown(expression), expected)
        if _LINE_BREAKS & {*str(expression)}:
            yield _broken([_METRICS, name])


def _commands(config: Payload) -> Iterator[Violation]:
    for key in (_ARGUMENTS, _ENTRYPOINT):
        values = config.get(key)
        for number, one in enumerate(values if isinstance(values, list) else []):
            if isinstance(one, str) and _LINE_BREAKS & {*one}:
                yield _broken([key, str(number)])


def _broken(keys: list[str]) -> Violation:
    expected = (
        "one line, as SageMaker takes it; put texts with line breaks into the file of"
        " training-config-filename, or into environment"
    )
    return Violation(path_of(keys), "a line break", expected)


def _too_many(key: str, found: Payload, most: int) -> Iterator[Violation]:
    if len(found) > most:
        expected = f"at most {most}; put more into the file of training-config-filename"
        if key == _METRICS:
            expected = f"at most {most}"
        yield Violation(f"/{key}", counted(len(found), "value"), expected)


def _text_of(value: Json) -> str:
    try:
        return text_of(value)
    except ValueError:  # a number with thousands of digits, which is a separate violation
        return ""
