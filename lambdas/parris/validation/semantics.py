"""Checks that a schema cannot express: keys that require or contradict each other."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from parris.costs.cost import affordable_seconds, least_usd
from parris.costs.rate import Rate
from parris.payloads import Payload, part_of, text_in
from parris.validation.violations import Violation, shown

LARGEST_CONFIG_BYTES = 32_768
"""A payload may have 262,144 bytes, and holds the config up to three times. A larger payload ends
the execution without a termination phase, since the error cannot be caught.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
_LARGEST_RUN_BYTES = 180_000
SCRIPT_KEY = "training-script-filename"
NAME_KEY, METHOD_KEY, OPTIONS_KEY = (
    "training-job-name",
    "termination-method",
    "termination-options",
)
LONGEST_FILE_NAME_BYTES = 255
_NAMES_OF_THE_MACHINE = frozenset(
    {"bootstrap.sh", "code.tar.gz", "job.json", "runner.py", "runner.zip"}
)
AT_FIXED_TIME, AT_CLOCK_TIME, AROUND_COST_THRESHOLD, ON_METRIC, NO_PROGRESS = (
    *("at-fixed-time", "at-clock-time", "around-cost-threshold"),
    *("on-metric", "no-progress"),
)
NEEDS_A_RUNNER = (ON_METRIC, NO_PROGRESS)
"""The methods by which the runner of Parris decides, from what the script prints."""
OPTION_OF = {
    AT_FIXED_TIME: "time-limit",
    AT_CLOCK_TIME: "clock-time",
    AROUND_COST_THRESHOLD: "cost-limit",
    ON_METRIC: "metric-goal",
}
"""The option that a method needs."""


def texts_of(config: Payload, key: str) -> tuple[str, ...]:
    """Return the strings of a key that takes one string or a list; empty if absent."""
    value = config.get(key)
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def path_of_text(config: Payload, key: str, index: int) -> str:
    """Return the path of one of the strings of such a key."""
    return f"/{key}/{index}" if isinstance(config[key], list) else f"/{key}"


def methods_in(config: Payload) -> tuple[str, ...]:
    """Return the chosen termination methods of a config that conforms to the schema."""
    return texts_of(config, METHOD_KEY)


def find_oversize(config: Payload) -> Iterator[Violation]:
    """Yield a violation if the config is too large for a state's payload."""
    try:
        size_bytes = len(json.dumps(config).encode())
    except ValueError:  # a number with thousands of digits, which is a separate violation
        return
    if size_bytes > LARGEST_CONFIG_BYTES:
        expected = f"at most {LARGEST_CONFIG_BYTES} bytes in all; use input-data for more"
        yield Violation("/", f"a config of {size_bytes} bytes", expected)


def find_oversized_run(result: Payload) -> Iterator[Violation]:
    """Yield a violation where job and quote leave too little of a state's payload to the others."""
    size_bytes = len(json.dumps(result).encode())
    if size_bytes > _LARGEST_RUN_BYTES:
        expected = (
            f"at most {_LARGEST_RUN_BYTES} bytes: fewer machines to choose from, since each is kept"
            " with its price, or a smaller config"
        )
        yield Violation("/", f"a job of {size_bytes} bytes", expected)


def find_taken_script_name(config: Payload) -> Iterator[Violation]:
    """Yield a violation if the machine cannot have a file with the script's name."""
    filename = text_in(config, SCRIPT_KEY)
    name = PurePosixPath(filename).name
    if filename.endswith("/") or name in ("", ".", ".."):
        expected = "the key of a file; this is the key of a folder"
        yield Violation(f"/{SCRIPT_KEY}", shown(filename), expected)
    elif len(name.encode()) > LONGEST_FILE_NAME_BYTES:
        expected = f"a file name of at most {LONGEST_FILE_NAME_BYTES} bytes"
        yield Violation(f"/{SCRIPT_KEY}", shown(filename), expected)
    elif name in _NAMES_OF_THE_MACHINE or name.startswith("runner_"):
        expected = f"another file name; {name} is the name of one of the runner's files"
        yield Violation(f"/{SCRIPT_KEY}", shown(filename), expected)


def find_missing_options(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each chosen method whose limit is missing.

    A limit that is invalid is not missing.
    """
    options = config.get(OPTIONS_KEY, {})
    if not isinstance(options, dict):
        return
    for method in methods_in(config):
        option = OPTION_OF.get(method)
        if option is not None and option not in options:
            expected = f"a {option}, which the termination-method {method} requires"
            yield Violation(f"/termination-options/{option}", "nothing", expected)


def find_endless_goal(config: Payload) -> Iterator[Violation]:
    """Yield a violation if the goal of a metric says of no value that it ends the job.

    A target that is invalid is one.
    """
    option, options = OPTION_OF[ON_METRIC], config.get(OPTIONS_KEY)
    goal = options.get(option) if isinstance(options, dict) else None
    if isinstance(goal, dict) and goal and not {"target", "patience-reports"} & goal.keys():
        expected = "a target, patience-reports, or both: without them no value ends the job"
        yield Violation(f"/termination-options/{option}", "none of them", expected)


def find_unpayable_limit(config: Payload, rates: Iterable[Rate]) -> Iterator[Violation]:
    """Yield a violation if the cost limit is below the minimum charge.

    The most expensive machine counts, since the job may run on it.
    """
    limit = part_of(config, OPTIONS_KEY).get("cost-limit")
    if AROUND_COST_THRESHOLD not in methods_in(config) or limit is None:
        return
    rate = max(rates, key=lambda one: one.usd_per_hour, default=None)
    if rate is not None and affordable_seconds(rate, Decimal(str(limit))) == 0:
        expected = (
            f"at least {least_usd(rate)} USD: this is the minimum charge for every start, at"
            f" {rate.usd_per_hour} USD per hour"
        )
        yield Violation("/termination-options/cost-limit", shown(limit), expected)


def unused_limit_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning for each limit that is set while its method is not chosen."""
    options, methods = part_of(config, OPTIONS_KEY), methods_in(config)
    return tuple(
        f"{option} is set to {shown(options[option])} but has no effect: {method} is not chosen"
        for method, option in {**OPTION_OF, NO_PROGRESS: NO_PROGRESS}.items()
        if option in options and method not in methods
    )
