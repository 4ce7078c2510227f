"""`parris deploy`: passes lambda-config.json to `sam build` and `sam deploy`."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris.aws.translate_errors import code_of
from parris_cli.account.session import own_session
from parris_cli.account.stack_status import Use, require_usable
from parris_cli.aws_errors import describe_error
from parris_cli.deployment.bucket_events import enable_events
from parris_cli.deployment.check_account import AccountCheck
from parris_cli.deployment.config import (
    check_stack_name,
    list_violations,
    parse_settings,
    read_parameters,
)
from parris_cli.deployment.run_sam import SamRun, run_with_its_output
from parris_cli.deployment.sam import find_sam, sam_commands
from parris_cli.deployment.template_parameters import template_parameters
from parris_cli.errors import RefusedError
from parris_cli.project_files import IS_CARRIED, PROJECT, building_folder
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_text
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import boto3
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """Options of `parris deploy`."""

    config: Path
    stack_name: str
    settings: tuple[str, ...]
    is_dry_run: bool
    is_verbose: bool = False


def deploy(options: DeployOptions) -> int:
    """Deploy and return the command's exit code."""
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    try:
        return _deploy(options, screen)
    except RefusedError as err:
        screen.say(f"not deployed: {err}")
        return EXIT_FAILED if err.reason is None else EXIT_REFUSED
    except KeyboardInterrupt:
        screen.say("interrupted")
        return EXIT_FAILED


def _deploy(options: DeployOptions, screen: Screen) -> int:
    check_stack_name(options.stack_name)
    parameters = _parameters(options)
    if options.is_dry_run:
        if parameters:
            _check_account(options, parameters, screen)
        if IS_CARRIED:
            print(shlex.join(["cp", "-R", str(PROJECT), "parris-project"]))
            print("cd parris-project")
        for command in sam_commands("sam", options.stack_name, parameters):
            print(shlex.join(command))
        return EXIT_SUCCEEDED
    program = find_sam()
    _check_account(options, parameters, screen)
    if parameters:
        lines = [f"{name} = {value or '(empty)'}" for name, value in parameters.items()]
        screen.say("\n".join(lines), "settings")
    commands = sam_commands(str(program), options.stack_name, parameters)
    with building_folder() as folder:
        if options.is_verbose:
            is_deployed = run_with_its_output(commands, folder, screen)
        else:
            sam = SamRun(options.stack_name, lambda: _stack_after(options), screen)
            is_deployed = sam.run(commands, folder)
    if not is_deployed:
        return EXIT_FAILED
    stack = _deployed(options.stack_name)
    bucket = _existing_bucket(stack)
    if bucket:
        has_events, said = enable_events(own_session().client("s3"), bucket)
        if has_events:
            screen.say(said, "bucket")
        else:
            screen.warn(said)
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    print_text(_describe_outputs(options.stack_name, outputs))
    return EXIT_SUCCEEDED


def _existing_bucket(stack: StackTypeDef) -> str:
    """Return the training bucket, unless the stack has created it."""
    values = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
    return values.get("TrainingBucketName", "")


def _stack_after(options: DeployOptions) -> StackTypeDef | None:
    try:
        return _stack(own_session(), options.stack_name)
    except (BotoCoreError, ClientError):
        return None  # sam has said what is wrong with the account


def _parameters(options: DeployOptions) -> dict[str, str]:
    """Return the parameters that the config and the command line set.

    Raises:
        RefusedError: with all violations of both at once.
    """
    found: dict[str, str] = {}
    refusals = []
    readers: tuple[Callable[[], dict[str, str]], ...] = (
        lambda: read_parameters(options.config),
        lambda: parse_settings(options.settings, template_parameters()),
    )
    for read in readers:
        try:
            found |= read()
        except RefusedError as err:
            refusals.append(str(err))
    if refusals:
        raise RefusedError("\n".join(refusals))
    return found


def _check_account(options: DeployOptions, parameters: Mapping[str, str], screen: Screen) -> None:
    """Raise unless the account has what the parameters name and can accept the deployment.

    Raises:
        RefusedError: with all violations at once.
    """
    try:
        session = own_session()
        if session.get_credentials() is None or session.region_name is None:
            return  # sam reports what is missing
        check = AccountCheck(session)
        check.find_violations(parameters)
        stack = _stack(session, options.stack_name)
    except (BotoCoreError, ClientError) as err:
        screen.say(f"note: the account was not checked: {describe_error(err)}")
        return
    for unknown in check.unknown:
        screen.say(f"note: not checked: {unknown}")
    if check.violations:
        raise RefusedError(
            list_violations(check.violations, "what the parameters name in the account")
        )
    if stack is not None:
        require_usable(stack, Use.DEPLOY)


def _stack(session: boto3.Session, name: str) -> StackTypeDef | None:
    try:
        (stack,) = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as err:
        if code_of(err) == "ValidationError":  # there is no such stack
            return None
        raise
    return stack


def _deployed(stack_name: str) -> StackTypeDef:
    try:
        stack = _stack(own_session(), stack_name)
    except (BotoCoreError, ClientError) as err:
        cause = describe_error(err)
        message = f"sam has deployed {stack_name}, but its outputs cannot be read: {cause}"
        raise RefusedError(message, reason=None) from err
    if stack is None:
        raise RefusedError(
            f"sam has deployed {stack_name}, but this command cannot find it: check that both use"
            " the same account and Region",
            reason=None,
        )
    require_usable(stack, Use.START)
    return stack


def _describe_outputs(stack_name: str, outputs: Mapping[str, str]) -> str:
    width = max(len(name) for name in outputs)
    lines = [f"{name:<{width}}  {value}" for name, value in outputs.items()]
    run = f"parris run --deployment {shlex.quote(stack_name)}"
    return "\n".join(
        [
            *lines,
            "",
            "Start the default job and follow it:",
            f"  {run}",
            "Run your own training:",
            f"  {run} train.py --instance-type c5.large --time-limit 1h",
        ]
    )
