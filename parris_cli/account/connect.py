"""Connects to the AWS that runs a job: an embedded one made for it, or the user's account."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS, functions_starting
from parris_cli.account.reaper_switch import switch_reaper
from parris_cli.account.session import embedded_endpoint, own_session, without_own_account
from parris_cli.account.stack_status import Use, require_usable
from parris_cli.aws_errors import describe_error, is_denied, is_expired, is_temporary
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from embedded_aws import EmbeddedAws, Settings
    from embedded_aws.clock_interface import Clock
    from parris_cli.containers.engine import EngineImage

_STACK_NAME = "parris"
# Only commands that start something have the option.
_WITHOUT_ACCOUNT = {
    Use.START: "With --embedded no account is needed;",
    Use.REACH: 'To use an AWS that `parris aws up` serves, run `eval "$(parris aws env)"` first;',
}
_LOCAL_JOBS = {
    Use.START: "",
    Use.REACH: " Jobs of `parris run --embedded` are known in the folder where they were started.",
}
_OR_EMBEDDED = {Use.START: ", or use --embedded", Use.REACH: ""}


@contextmanager
def embedded_account(screen: Screen, image: EngineImage | None = None) -> Iterator[Account]:
    """Start an embedded AWS, deploy template.yaml into it and yield it; it ends with the block.

    Args:
        screen: shows what happens.
        image: what a container engine runs as a training job; None runs its entrypoint as a
            process.

    Raises:
        RefusedError: when the template cannot be built or deployed.
    """
    with embedded_deployment(screen, _running_image(image)) as (_, account):
        yield account


def _running_image(image: EngineImage | None) -> Settings | None:
    if image is None:
        return None
    from embedded_aws import Settings
    from embedded_aws.local_container.driver import LocalContainers

    return Settings(training_containers=LocalContainers(str(image.engine.program), image.name))


@contextmanager
def embedded_deployment(
    screen: Screen,
    settings: Settings | None = None,
    clock: Clock | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Iterator[tuple[EmbeddedAws, Account]]:
    """Start an embedded AWS with these settings, and yield it with the deployment in it.

    Args:
        screen: shows what happens.
        settings: of the embedded AWS.
        clock: its clock; None is the real one.
        parameters: of the template.

    Raises:
        RefusedError: when the template cannot be built or deployed.
    """
    from embedded_aws.cache_folder import NoCacheFolderError, cache_folder

    try:
        cache_folder()
    except NoCacheFolderError as err:
        raise RefusedError(str(err), reason=None) from err
    screen.say("starting an AWS on this machine: no account, no cost", "embedded")
    with functions_starting(), _deployed(screen, settings, clock, parameters) as deployed:
        yield deployed


@contextmanager
def _deployed(
    screen: Screen,
    settings: Settings | None,
    clock: Clock | None,
    parameters: Mapping[str, str] | None,
) -> Iterator[tuple[EmbeddedAws, Account]]:
    # Imported here: it takes a second, which `--help` and a real account do not need.
    from embedded_aws import EmbeddedAws, Settings
    from embedded_aws.packaging.build_layer import BuildError
    from embedded_aws.packaging.deploy import DeployError

    chosen = dataclasses.replace(settings or Settings(), shared_imports=SHARED_IMPORTS)
    with (
        without_own_account(),
        EmbeddedAws(chosen, clock=clock, snapshots=snapshots_folder()) as aws,
    ):
        screen.say("deploying template.yaml into it", "embedded")
        try:
            outputs = aws.deploy(PROJECT / "template.yaml", _STACK_NAME, parameters)
        except BuildError as err:
            screen.say(err.output.rstrip())
            raise RefusedError(
                f"the functions' packages could not be built: {err}\nThe first build needs network"
                " access: pip downloads what the functions import, and caches it for later builds",
                reason=None,
            ) from err
        except DeployError as err:
            raise RefusedError(f"template.yaml could not be deployed: {err}", reason=None) from err
        except OSError as err:
            raise RefusedError(
                f"template.yaml could not be deployed: {err}.{_advice_on_cache(err)}", reason=None
            ) from err
        if clock is not None:
            # With a clock that jumps from event to event, a rehearsed year would run it every hour.
            switch_reaper(aws, is_on=False)
        deployment = Deployment.from_outputs(outputs)
        # A rehearsal has many short requests, and no file to send that does not fit into memory.
        make_client = partial(aws.client, in_process=clock is not None)
        yield aws, Account(make_client, deployment, True, aws.environment())


def _advice_on_cache(error: OSError) -> str:
    """Return what to do if the folder of what was built may be the problem, or an empty text."""
    from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE, cache_folder

    cache, file = cache_folder(), error.filename
    if file is not None and not Path(os.fsdecode(file)).is_relative_to(cache):
        return ""
    return (
        f" What it is built from is kept in {cache}: set {CACHE_FOLDER_VARIABLE} to a folder that"
        " you can write, with some 100 MB of space"
    )


@contextmanager
def chosen_account(
    stack_name: str, screen: Screen, *, is_embedded: bool, image: EngineImage | None = None
) -> Iterator[Account]:
    """Yield an embedded AWS that ends with the block, or the deployment of that name.

    Args:
        stack_name: the deployment.
        screen: shows what happens.
        is_embedded: whether an embedded AWS is started.
        image: what a container engine runs as a training job in an embedded AWS.

    Raises:
        RefusedError: when there is no such deployment, or none can be made.
    """
    if not is_embedded:
        yield real_account(stack_name)
        return
    embedded = embedded_account(screen) if image is None else embedded_account(screen, image)
    with embedded as account:
        yield account


def real_account(stack_name: str, use: Use = Use.START) -> Account:
    """Return the deployment with that stack name, using the user's AWS credentials.

    Args:
        stack_name: the deployment's stack name.
        use: what it is needed for; a stack that is being updated can be reached but starts nothing.

    Raises:
        RefusedError: when there are no credentials, no Region or no such deployment, or when its
            status does not allow the use.
    """
    try:
        session = own_session()
        response = session.client("cloudformation").describe_stacks(StackName=stack_name)
    except (NoCredentialsError, NoRegionError) as err:
        if embedded_endpoint():
            raise RefusedError(describe_error(err), reason=None) from err
        missing = "Region is set" if isinstance(err, NoRegionError) else "credentials were found"
        raise RefusedError(
            f"no AWS {missing}. {_WITHOUT_ACCOUNT[use]} to use your account, run `aws configure`"
            f" first.{_LOCAL_JOBS[use]}",
            reason=None,
        ) from err
    except ClientError as err:
        if is_expired(err) or is_denied(err) or is_temporary(err):
            raise RefusedError(describe_error(err), reason=None) from err
        message = err.response.get("Error", {}).get("Message", str(err))
        named = "" if stack_name == _STACK_NAME else f" --stack-name {stack_name}"
        raise RefusedError(
            f"no deployment named {stack_name} was found: {message}. Deploy it with"
            f" `parris deploy{named}`, or name another with --deployment{_OR_EMBEDDED[use]}.",
            reason=None,
        ) from err
    except BotoCoreError as err:
        raise RefusedError(f"AWS cannot be reached: {describe_error(err)}", reason=None) from err
    (stack,) = response["Stacks"]
    require_usable(stack, use)
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    try:
        deployment = Deployment.from_outputs(outputs)
    except KeyError as err:
        raise RefusedError(
            f"the stack {stack_name} has no output {err}: it is not a deployment of Parris",
            reason=None,
        ) from err

    def make_client(service: str) -> Any:
        return session.client(service)  # type: ignore[call-overload]

    return Account(make_client, deployment, is_embedded=False)
