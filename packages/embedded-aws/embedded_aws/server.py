"""Starts and stops the embedded AWS: moto's server with the gaps closed."""

import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moto.core.config import default_user_config
from moto.moto_api._internal.models import moto_api_backend

from embedded_aws import gaps
from embedded_aws.access_key import AccessKey, make_access_key
from embedded_aws.clock.real_clock import RealClock
from embedded_aws.clock_interface import Clock
from embedded_aws.context import Context, Settings, enter, leave
from embedded_aws.descriptors import raise_descriptor_limit
from embedded_aws.gaps.pipes.run import resume_pipes
from embedded_aws.held_signals import held_signals
from embedded_aws.http_apis.serve import lets_in
from embedded_aws.http_server import HttpServer
from embedded_aws.in_process_calls import call_in_process
from embedded_aws.own_clients import make_client
from embedded_aws.owned_folder import owned_folder, sweep
from embedded_aws.packaging.deploy import deploy_template
from embedded_aws.persistence.end_interrupted import end_interrupted
from embedded_aws.persistence.state_folder import lock_folder
from embedded_aws.persistence.stored_account import load_state, save_state
from embedded_aws.resume_schedules import resume_all_schedules
from embedded_aws.shutdown import close
from embedded_aws.snapshots.deploy_once import deploy_once
from embedded_aws.speed.garbage import collecting_rarely


class EmbeddedAws:
    """A running AWS on 127.0.0.1, inside its `with` block.

    Args:
        settings: how it behaves where AWS takes time or refuses.
        folder: the folder for machines and functions; a temporary one if not given.
        clock: its clock; the real one if not given.
        port: its port; a free one if not given.
        state: a folder from which the account is loaded, and to which it is written at the end;
            if not given, the account starts empty and is discarded.
        administrator: the access key of the account's owner; a new, random one if not given.
        snapshots: a folder that keeps deployed accounts: what was deployed before into an empty
            account is restored from it, instead of deployed again.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        folder: Path | None = None,
        clock: Clock | None = None,
        port: int = 0,
        state: Path | None = None,
        administrator: AccessKey | None = None,
        snapshots: Path | None = None,
    ) -> None:
        """Prepare; nothing starts before `with`."""
        self.settings = settings or Settings()
        self._folder = folder
        self._clock = clock or RealClock()
        self._port = port
        self._state = state
        self._administrator = administrator
        self._snapshots = snapshots
        self._stack = ExitStack()
        self._context: Context | None = None
        self._clients: dict[tuple[str, bool], Any] = {}
        self._making_clients = threading.Lock()

    @property
    def endpoint_url(self) -> str:
        """The endpoint for AWS clients."""
        return self.context.endpoint_url

    @property
    def context(self) -> Context:
        """The running state that the gap files share.

        Raises:
            RuntimeError: when it is not running.
        """
        if self._context is None:
            raise RuntimeError("the embedded AWS is not running: use it in a `with` block")
        return self._context

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point any AWS client at this AWS."""
        return environment_of(self.endpoint_url, self.settings.region, self.context.administrator)

    def client(self, service_name: str, *, in_process: bool = False) -> Any:
        """Return a boto3 client of this AWS, independent of the process's environment.

        Args:
            service_name: boto3's name, such as `stepfunctions`.
            in_process: whether it calls this AWS without HTTP, which takes half of the time. The
                body of a request is then held in memory.
        """
        with self._making_clients:
            key = (service_name, in_process)
            if key not in self._clients:
                made = make_client(
                    service_name,
                    endpoint_url=self.endpoint_url,
                    region_name=self.settings.region,
                    aws_access_key_id=self.context.administrator.id,
                    aws_secret_access_key=self.context.administrator.secret,
                )
                self._clients[key] = call_in_process(made) if in_process else made
        return self._clients[key]

    def deploy(
        self, template: Path, stack_name: str, parameters: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Build, package and deploy a SAM template, as the sam command would.

        Args:
            template: the template's file; local paths in it are relative to its folder.
            stack_name: the stack that is created, or updated if it exists.
            parameters: values for the template's parameters.

        Returns:
            The stack's outputs.

        Raises:
            DeployError: with CloudFormation's reason.
        """
        given = dict(parameters or {})

        def deploy() -> dict[str, str]:
            return deploy_template(self.client, template, stack_name, given, self._clock.run_while)

        if self._snapshots is None or self._state is not None:
            return deploy()
        return deploy_once(self.context, self._snapshots, template, stack_name, given, deploy)

    def __enter__(self) -> Self:
        """Start, with an empty account or a restored one.

        Raises:
            OSError: when the port is in use.
            StateFolderError: when the account cannot be loaded from its folder.
        """
        with ExitStack() as starting:
            self._start(starting)
            self._stack = starting.pop_all()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; afterwards no machine and no function process is left.

        A signal that arrives meanwhile takes effect afterwards.
        """
        with held_signals():
            self._stack.close()

    def _start(self, starting: ExitStack) -> None:
        raise_descriptor_limit()
        sweep()  # what killed processes have left
        starting.enter_context(collecting_rarely())
        folder = self._folder or starting.enter_context(owned_folder())
        folder.mkdir(parents=True, exist_ok=True)
        if self._state is not None:
            starting.enter_context(lock_folder(self._state))
        context = Context(
            settings=self.settings,
            clock=self._clock,
            folder=folder.resolve(),
            administrator=self._administrator or make_access_key(),
        )
        enter(context)
        starting.callback(leave, context)
        starting.enter_context(self._clock.keeping(context.work))
        with context.at_work("start"):  # even if this thread already works for another
            gaps.install_all()
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        moto_api_backend.reset()
        is_kept = self._state is not None and load_state(self._state)
        server = HttpServer(context, self._port, lets_in)
        if self._state is not None:
            starting.callback(save_state, self._state)
        starting.callback(server.stop)
        context.endpoint_url = server.endpoint_url
        os.environ["MOTO_PORT"] = str(server.port)  # moto calls itself at this port
        self._context = context
        starting.callback(self._stop, context)
        if is_kept:
            end_interrupted()
            resume_all_schedules()
            resume_pipes()

    def _stop(self, context: Context) -> None:
        try:
            close(context)
        finally:
            self._context = None
            for client in self._clients.values():
                client.close()
            self._clients.clear()


def environment_of(endpoint_url: str, region: str, administrator: AccessKey) -> dict[str, str]:
    """Return the environment variables that point any AWS client at an embedded AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": administrator.id,
        "AWS_SECRET_ACCESS_KEY": administrator.secret,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
    }
