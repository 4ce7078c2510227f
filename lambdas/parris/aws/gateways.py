"""The gateways to AWS that all targets share, each created on first use.

Modules are imported where they are used, so that a cold start pays for nothing that it does not
need. Each target creates gateways of its own with the same clients.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from parris.aws.clients import Clients

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.aws.bucket import Bucket
    from parris.aws.code_archives import CodeArchives
    from parris.aws.deployment_deletion import DeploymentDeletion
    from parris.aws.deployment_stack import DeploymentStack
    from parris.aws.executions import Executions
    from parris.aws.experiment_files import ExperimentFiles
    from parris.aws.jobs_table import JobsTable
    from parris.aws.machines_table import MachinesTable
    from parris.aws.result_access import ResultAccess
    from parris.aws.run_index import RunIndex
    from parris.aws.signals import RunSignals
    from parris.aws.sweep_rungs import SweepRungs
    from parris.aws.sweep_signals import SweepSignals
    from parris.aws.sweeps_table import SweepsTable
    from parris.aws.task_types_table import TaskTypesTable
    from parris.aws.trainer_log import TrainerLog
    from parris.aws.training_checks import TrainingChecks
    from parris.aws.user_files import UserFiles
    from parris.settings import Settings

T = TypeVar("T")


class MakesClients(Protocol):
    """Creates clients, in a given Region or in the default one."""

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        """Return the client."""


class Gateways:
    """The gateways of one deployment.

    Args:
        settings: the settings of the deployment.
        clients: clients of a caller outside Lambda; defaults to the Lambda clients.
    """

    def __init__(self, settings: Settings, clients: MakesClients | None = None) -> None:
        """Create no client yet."""
        self._settings = settings
        self._made: dict[object, object] = {}
        self.clients = clients or Clients(uses_adaptive_retries=settings.uses_adaptive_retries)

    def once(self, make: Callable[[Gateways, Settings], T]) -> T:
        """Return a target's own gateways, created once, which share these clients."""
        if make not in self._made:
            self._made[make] = make(self, self._settings)
        return cast("T", self._made[make])

    @cached_property
    def bucket(self) -> Bucket:
        """Return the gateway to the training bucket."""
        from parris.aws.bucket import Bucket

        return Bucket(self.clients.client("s3"), self._settings.training_bucket)

    @cached_property
    def user_files(self) -> UserFiles:
        """Return the gateway to the files that configs name."""
        from parris.aws.user_files import UserFiles

        return UserFiles(self.bucket, self._settings.layers_root)

    @cached_property
    def code_archives(self) -> CodeArchives:
        """Return the gateway to the code archives of jobs."""
        from parris.aws.code_archives import CodeArchives

        return CodeArchives(self.bucket)

    @cached_property
    def experiment_files(self) -> ExperimentFiles:
        """Return the gateway to what a team sees of runs, which may be in any bucket."""
        from parris.aws.experiment_files import ExperimentFiles

        return ExperimentFiles(self.clients.client("s3"))

    @cached_property
    def jobs_table(self) -> JobsTable:
        """Return the gateway to the jobs table."""
        from parris.aws.jobs_table import JobsTable

        return JobsTable(self.clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def machines_table(self) -> MachinesTable:
        """Return the gateway to the jobs of machines."""
        from parris.aws.machines_table import MachinesTable

        return MachinesTable(self.clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def task_types_table(self) -> TaskTypesTable:
        """Return the gateway to the jobs of the kinds of task."""
        from parris.aws.task_types_table import TaskTypesTable

        return TaskTypesTable(self.clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def trainer_log(self) -> TrainerLog:
        """Return the gateway to the logs that runners write."""
        from parris.aws.trainer_log import TrainerLog

        return TrainerLog(self.clients.client("logs"), self._settings.trainer_log_group)

    @cached_property
    def deployment_deletion(self) -> DeploymentDeletion:
        """Return the gateway to the mark that the deployment is being deleted."""
        from parris.aws.deployment_deletion import DeploymentDeletion

        return DeploymentDeletion(self.clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def run_index(self) -> RunIndex:
        """Return the gateway to the run index."""
        from parris.aws.run_index import RunIndex

        return RunIndex(self.clients.client("dynamodb"), self._settings.runs_table)

    @cached_property
    def sweeps_table(self) -> SweepsTable:
        """Return the gateway to the sweeps table."""
        from parris.aws.sweeps_table import SweepsTable

        return SweepsTable(self.clients.client("dynamodb"), self._settings.sweeps_table)

    @cached_property
    def sweep_rungs(self) -> SweepRungs:
        """Return the gateway to what the trials of sweeps had reached at each rung."""
        from parris.aws.sweep_rungs import SweepRungs

        return SweepRungs(self.clients.client("dynamodb"), self._settings.sweeps_table)

    @cached_property
    def sweep_signals(self) -> SweepSignals:
        """Return the gateway to the function that ends sweeps."""
        from parris.aws.sweep_signals import SweepSignals

        return SweepSignals(self.clients.client("lambda"), self._settings.end_sweep_function)

    @cached_property
    def training_checks(self) -> TrainingChecks:
        """Return the gateway to the function that checks training configs."""
        from parris.aws.training_checks import TrainingChecks

        return TrainingChecks(self.clients.client("lambda"), self._settings.validate_function)

    @cached_property
    def deployment_stack(self) -> DeploymentStack:
        """Return the gateway to the stack of the deployment itself."""
        from parris.aws.deployment_stack import DeploymentStack

        return DeploymentStack(self.clients.client("cloudformation"))

    @cached_property
    def executions(self) -> Executions:
        """Return the gateway to Step Functions."""
        from parris.aws.executions import Executions

        return Executions(self.clients.client("stepfunctions"))

    @cached_property
    def result_access(self) -> ResultAccess:
        """Return what gives a machine access to the results of an earlier one."""
        from parris.aws.result_access import ResultAccess

        return ResultAccess(self.clients.client("sts"), self._settings)

    @cached_property
    def signals(self) -> RunSignals:
        """Return the gateway to the wake function."""
        from parris.aws.signals import RunSignals

        return RunSignals(self.clients.client("lambda"), self._settings.wake_function)
