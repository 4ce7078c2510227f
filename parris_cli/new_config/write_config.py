"""Asks for what a first config needs, checks it and writes it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from botocore.exceptions import BotoCoreError

from parris.validation.semantics import NAME_KEY, SCRIPT_KEY
from parris_cli.account.session import own_session
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.new_config.choices import find_choices
from parris_cli.new_config.offered_types import OfferedTypes
from parris_cli.new_config.questions import Questions
from parris_cli.reports.report import EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.starting.check_config import find_local_violations
from parris_cli.starting.job_options import (
    JobOptions,
    name_of,
    parse_cost_limit,
    parse_time_limit,
)
from parris_cli.terminal.output import print_text
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from decimal import Decimal

    import boto3

    from parris.payloads import Payload

_DEFAULT_TYPE, _DEFAULT_TIME = "c5.large", "1h"
_YES = ("y", "yes")
# The usual name of a folder with data beside a script, which would be packed with the code.
_DATA, _DATA_KEY = "data", "input-data"
_ASKS_FOR_DATA = "Upload data/ once, for $PARRIS_INPUT_DIR/data, not with the code (y/n)"
_HEAD = """\
# A training config of Parris. docs/configuration.md explains every key.
# Run it on this machine:  parris run {name} --embedded
# What it costs at most:   parris estimate {name}
"""


@dataclass(frozen=True, slots=True)
class InitOptions:
    """Options of `parris init`. What is not given is asked for.

    `script` is None for the only script beside the config. With `is_offline` the account is not
    looked at.
    """

    config: Path
    script: Path | None
    job: JobOptions
    is_offline: bool


def write_config(options: InitOptions) -> int:
    """Write a config, and return the command's exit code."""
    screen = Screen(sys.stderr)
    try:
        _refuse_existing(options.config)
        config = _ask_for_config(options, Questions(), screen)
        _check(config)
        _write(options.config, config)
    except RefusedError as err:
        screen.say(str(err))
        return EXIT_REFUSED
    shown = options.config
    print_text(
        f"wrote {shown}\n  try it:   parris run {shown} --embedded\n  in AWS:   parris run {shown}"
    )
    return EXIT_SUCCEEDED


def _refuse_existing(config: Path) -> None:
    if config.suffix not in (".yaml", ".yml", ".json"):
        raise RefusedError(f"{config}: expected a name that ends in .yaml, .yml or .json")
    if config.exists():
        raise RefusedError(f"{config} is there already, and was not touched; choose another name")
    if not config.parent.is_dir():
        raise RefusedError(f"{config}: there is no folder {config.parent}")


def _ask_for_config(options: InitOptions, questions: Questions, screen: Screen) -> Payload:
    script = _script(options, questions)
    session = None
    if not options.is_offline and questions.has_somebody:
        session = _session(screen)
    offered = OfferedTypes(session)
    try:
        offered.checked(options.job.instance_types)
    except ValueError as err:
        raise RefusedError(f"nothing was written: --instance-type: {err}") from None
    name = questions.ask("Name of the job", _text, name_of(script))
    job = _job_options(options.job, questions, offered)
    config: Payload = {NAME_KEY: name, SCRIPT_KEY: _relative(script, options.config.parent)}
    config["termination-method"] = "on-complete"
    config |= job.over(config)
    if (options.config.parent / _DATA).is_dir() and questions.ask(_ASKS_FOR_DATA, _is_yes, "n"):
        config[_DATA_KEY] = [_DATA]
    spot = questions.ask("Spot instances, which AWS may take back (y/n)", _is_yes, "n")
    if spot:
        config |= {"purchase-option": "spot", "max-attempts": 3}
    if session is not None:
        config |= _account_keys(session, questions, screen)
    return config


def _script(options: InitOptions, questions: Questions) -> Path:
    try:
        if options.script is not None:
            return _existing(str(options.script))
        folder = options.config.parent
        beside = sorted([*folder.glob("*.py"), *folder.glob("*.sh")])
        default = str(beside[0]) if len(beside) == 1 else ""
        return questions.ask("Training script", _existing, default)
    except ValueError as err:
        raise RefusedError(f"the script: {err}; name it: parris init SCRIPT") from None


def _existing(text: str) -> Path:
    if not Path(text).is_file():
        raise ValueError(f"found {text!r}, expected the path of a file")
    return Path(text)


def _relative(script: Path, folder: Path) -> str:
    try:
        return script.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise RefusedError(
            f"{script} is outside {folder.resolve()}: the config must be beside its script, or"
            " above it"
        ) from None


def _job_options(given: JobOptions, questions: Questions, offered: OfferedTypes) -> JobOptions:
    def types_in(text: str) -> tuple[str, ...]:
        return offered.checked(_types(text))

    types = given.instance_types or questions.ask(
        "Instance type (parris offers shows them)", types_in, _DEFAULT_TYPE
    )
    time_limit, cost_limit = given.time_limit, given.cost_limit_usd
    if time_limit is None and cost_limit is None:
        time_limit = questions.ask(
            "Time limit, such as 90m or 10h; - for none", _time, _DEFAULT_TIME
        )
        cost_limit = questions.ask("Cost limit in USD; - for none", _cost, "-")
    return JobOptions(types, time_limit, cost_limit)


def _session(screen: Screen) -> boto3.Session | None:
    """Return a session of the person's account, None if there is none to look at."""
    try:
        session = own_session()
    except BotoCoreError as err:
        screen.warn(f"your account is not looked at: {describe_error(err)}")
        return None
    if session.get_credentials() is None or session.region_name is None:
        screen.say("without credentials and a Region, the deployment's network and role are used")
        return None
    return session


def _account_keys(session: boto3.Session, questions: Questions, screen: Screen) -> Payload:
    """Return what a person chooses of what the account has."""
    chosen: Payload = {}
    for one in find_choices(session):
        if one.note:
            screen.warn(f"{one.title}: {one.note}")
        value = questions.choose(f"{one.title} (default: the deployment's)", one.choices)
        if value is not None:
            chosen[one.key] = value
    return chosen


def _check(config: Payload) -> None:
    violations = find_local_violations(config, datetime.now(UTC))
    if violations:
        lines = "\n".join(str(one) for one in violations)
        raise RefusedError(f"nothing was written: this would not be valid:\n{lines}")


def _write(path: Path, config: Payload) -> None:
    if path.suffix == ".json":
        text = json.dumps(config, indent=2) + "\n"
    else:
        text = _HEAD.format(name=path) + yaml.safe_dump(config, sort_keys=False)
    try:
        # `x` never overwrites what has appeared since.
        with path.open("x") as file:
            file.write(text)
    except OSError as err:
        raise RefusedError(f"{path} could not be written: {err.strerror or err}") from err


def _text(text: str) -> str:
    return text


def _types(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.replace(",", " ").split()))


def _time(text: str) -> str | None:
    return None if text == "-" else parse_time_limit(text)


def _cost(text: str) -> Decimal | None:
    return None if text == "-" else parse_cost_limit(text)


def _is_yes(text: str) -> bool:
    return text.lower() in _YES
