"""`parris deploy`: passes lambda-config.json to `sam build` and `sam deploy`."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.account.find_deployment import DEFAULT_NAME
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
from parris_cli.deployment.deploy_environment import (
    command_for_environment,
    describe_environment,
    environment_settings,
    is_for_environment,
)
from parris_cli.deployment.environments import (
    check_environment_name,
    deploy_command,
    environment_name,
)
from parris_cli.deployment.run_sam import SamRun, run_with_its_output
from parris_cli.deployment.sam import find_sam, sam_commands
from parris_cli.deployment.stacks import (
    deployed_stack,
    find_stack,
    outputs_of,
    parameters_of,
    stack_after_failure,
)
from parris_cli.deployment.template_parameters import template_parameters
from parris_cli.errors import RefusedError
from parris_cli.project_files import IS_CARRIED, PROJECT, building_folder
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_text
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mypy_boto3_cloudformation.type_defs import StackTypeDef

# What people use; programs find all of them in the stack.
_SHOWN_OUTPUTS = ("StateMachineConsoleUrl", "TrainingBucketName")


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """Options of `parris deploy`. `environments`: targets whose environments are deployed, too."""

    config: Path
    stack_name: str
    settings: tuple[str, ...]
    is_dry_run: bool
    is_verbose: bool = False
    environments: tuple[str, ...] = ()


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
    for target in options.environments:
        check_environment_name(options.stack_name, target)
    parameters, by_target = _parameters(options)
    if options.is_dry_run:
        if parameters:
            _check_account(options, parameters, screen)
        if IS_CARRIED:
            print(shlex.join(["cp", "-R", str(PROJECT), "parris-project"]))
            print("cd parris-project")
        commands = sam_commands("sam", options.stack_name, parameters)
        for target, given in by_target.items():
            stack = stack_after_failure(options.stack_name)
            commands.append(
                command_for_environment("sam", options.stack_name, target, stack, given)
            )
        for command in commands:
            print(shlex.join(command))
        return EXIT_SUCCEEDED
    program = str(find_sam())
    _check_account(options, parameters, screen)
    if parameters:
        lines = [f"{name} = {value or '(empty)'}" for name, value in parameters.items()]
        screen.say("\n".join(lines), "settings")
    with building_folder() as folder:
        commands = sam_commands(program, options.stack_name, parameters)
        again = f"parris deploy --stack-name {shlex.quote(options.stack_name)}"
        if not _run_sam(options, commands, options.stack_name, again, folder, screen):
            return EXIT_FAILED
        stack = deployed_stack(options.stack_name)
        _report_bucket_events(stack, screen)
        for target, given in by_target.items():
            command = command_for_environment(program, options.stack_name, target, stack, given)
            name = environment_name(options.stack_name, target)
            again = deploy_command(options.stack_name, target)
            if not _run_sam(options, [command], name, again, folder, screen):
                return EXIT_FAILED
    print_text(_describe_outputs(options.stack_name, outputs_of(stack)))
    for target in options.environments:
        print_text(f"\n{describe_environment(options.stack_name, target)}")
    return EXIT_SUCCEEDED


def _run_sam(
    options: DeployOptions,
    commands: list[list[str]],
    stack_name: str,
    again: str,
    folder: Path,
    screen: Screen,
) -> bool:
    """Run commands of sam, and return whether all succeeded."""
    if options.is_verbose:
        return run_with_its_output(commands, folder, screen)
    sam = SamRun(stack_name, again, lambda: stack_after_failure(stack_name), screen)
    return sam.run(commands, folder)


def _report_bucket_events(stack: StackTypeDef, screen: Screen) -> None:
    """Let an existing training bucket report its objects; that of the stack does so anyway."""
    bucket = parameters_of(stack).get("TrainingBucketName", "")
    if bucket:
        has_events, said = enable_events(own_session().client("s3"), bucket)
        if has_events:
            screen.say(said, "bucket")
        else:
            screen.warn(said)


def _parameters(options: DeployOptions) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the parameters that the config and the command line set, and those by target.

    Raises:
        RefusedError: with all violations at once.
    """
    found: dict[str, str] = {}
    by_target: dict[str, dict[str, str]] = {}
    refusals = []
    own = [one for one in options.settings if not is_for_environment(one)]
    others = [one for one in options.settings if is_for_environment(one)]
    readers: tuple[Callable[[], None], ...] = (
        lambda: found.update(read_parameters(options.config)),
        lambda: found.update(parse_settings(own, template_parameters())),
        lambda: by_target.update(environment_settings(others, options.environments)),
    )
    for read in readers:
        try:
            read()
        except RefusedError as err:
            refusals.append(str(err))
    if refusals:
        raise RefusedError("\n".join(refusals))
    return found, by_target


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
        stack = find_stack(session, options.stack_name)
        environments = {
            target: find_stack(session, environment_name(options.stack_name, target))
            for target in options.environments
        }
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
    for target, environment in environments.items():
        if environment is not None:
            require_usable(environment, Use.DEPLOY, deploy_command(options.stack_name, target))


def _describe_outputs(stack_name: str, outputs: Mapping[str, str]) -> str:
    shown = [name for name in _SHOWN_OUTPUTS if name in outputs]
    width = max(map(len, _SHOWN_OUTPUTS))
    lines = [f"{name:<{width}}  {outputs[name]}" for name in shown]
    stack = shlex.quote(stack_name)
    run = "parris run" if stack_name == DEFAULT_NAME else f"parris run --deployment {stack}"
    return "\n".join(
        [
            *lines,
            f"{'all outputs':<{width}}  aws cloudformation describe-stacks --stack-name {stack}",
            "",
            "Start the default job and follow it:",
            f"  {run}",
            "Run your own training:",
            f"  {run} train.py --instance-type c5.large --time-limit 1h",
        ]
    )
