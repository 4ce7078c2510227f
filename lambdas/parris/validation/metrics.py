"""Checks that every machine can search with the regular expressions of `metrics`.

Python cannot limit the time of a search. The runner gives up on a slow expression. This check
rejects forms that are always slow, and forms that only newer versions of Python support.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from parris.near_names import nearest_name
from parris.payloads import part_of, text_in
from parris.validation.merge_configs import without_comments
from parris.validation.semantics import ON_METRIC, OPTION_OF, OPTIONS_KEY, methods_in
from parris.validation.violations import Violation, path_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Json, Payload

METRICS_KEY, CLOUDWATCH_KEY = "metrics", "cloudwatch-metrics"
_LONGEST_PATTERN = 200
_MOST_REPEATS = 8
_ONE_GROUP = "exactly one group, (...), around the value; (?:...) does not count as a group"
# An escape, a class, the start of a group, its end, a repetition, or any other character.
_PART = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?.|\(|\)|(?:[*+?]|\{\d*,?\d*\})[?+]?|.", re.DOTALL
)
_REPETITION = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_PLAIN_ESCAPES = frozenset("dDwWsSbBAtnr")


def find_unsafe_metrics(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each expression of `metrics` that cannot be used."""
    for name, pattern in without_comments(part_of(config, METRICS_KEY)).items():
        expected = _expected(pattern)
        if expected is not None:
            yield Violation(path_of([METRICS_KEY, name]), shown(pattern), expected)


def cloudwatch_warnings(config: Payload) -> tuple[str, ...]:
    """Return what a person should know of metrics in CloudWatch: what they cost."""
    if config.get(CLOUDWATCH_KEY) is not True:
        return ()
    return (
        f"{CLOUDWATCH_KEY}: CloudWatch bills about 0.30 USD for each metric and month, by the hour;"
        " the cost of the job and its limit do not include it",
    )


def misspelled_goal_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning if the goal's metric is none of `metrics`, but nearly one of them.

    It is no violation: a script may print it as `name=value`, which needs no expression.
    """
    if ON_METRIC not in methods_in(config):
        return ()
    option, known = OPTION_OF[ON_METRIC], without_comments(part_of(config, METRICS_KEY))
    wanted = text_in(part_of(part_of(config, OPTIONS_KEY), option), "metric")
    nearest = None if wanted in known else nearest_name(wanted, known)
    if nearest is None:
        return ()
    return (
        f"{option}: {METRICS_KEY} has no {wanted}, so only a line such as {wanted}=0.1 counts; did"
        f" you mean {nearest}?",
    )


def _expected(pattern: Json) -> str | None:
    """Return the expected form, or None if the pattern is valid."""
    if not isinstance(pattern, str) or len(pattern) > _LONGEST_PATTERN:
        return f"a regular expression of at most {_LONGEST_PATTERN} characters"
    return _expected_form(pattern) or _expected_syntax(pattern)


def _expected_syntax(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError, Warning) as err:
        return f"a valid Python regular expression: {err}"
    return None if groups == 1 else _ONE_GROUP


def _expected_form(pattern: str) -> str | None:
    """Return the expected form of the pattern's parts, or None if they are valid.

    A repetition inside a repeated group can take exponential time.
    """
    has_repetition = [False]
    closed_with_repetition = False
    repeats = 0
    for part in _PART.findall(pattern):
        if part.startswith("(?") and part != "(?:":
            return f"an expression without {part}; allowed groups are (...) and (?:...)"
        if part.startswith("(") and len(part) <= 3:
            has_repetition.append(False)
        elif part == ")":
            inner = has_repetition.pop() if len(has_repetition) > 1 else False
            closed_with_repetition = inner
            has_repetition[-1] |= inner
            continue
        elif _REPETITION.fullmatch(part):
            if part.endswith("+") and len(part) > 1:
                return "an expression without possessive repetitions such as a++"
            if closed_with_repetition and part not in ("?", "??"):
                return "an expression without nested repetitions such as (a+)+"
            repeats += 1
            has_repetition[-1] = True
        elif part.startswith("\\") and part[1].isalnum() and part[1] not in _PLAIN_ESCAPES:
            return f"an expression without {part}"
        closed_with_repetition = False
    if repeats > _MOST_REPEATS:
        return f"an expression with at most {_MOST_REPEATS} repetitions"
    return None
