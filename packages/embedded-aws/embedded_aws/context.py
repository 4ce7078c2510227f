"""What the parts of one running embedded AWS share: its settings, its clock, its folder.

Moto's backends are process-wide, so a process runs one embedded AWS at a time. The gap files patch
moto once and for all, and find the running embedded AWS through `current()`. Nothing of one
embedded AWS may continue in the next: all its threads work within `at_work`, and closing waits for
all of them.
"""

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_aws.access_key import AccessKey, make_access_key
from embedded_aws.batch_container import BatchContainerDriver
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.clock_interface import Clock
from embedded_aws.execution_stand_ins import ExecutionStandIns
from embedded_aws.instance_driver import InstanceDriver
from embedded_aws.instance_launch import InstanceLaunch
from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_delays import TrainingDelays
from embedded_aws.work import Work


@dataclass(frozen=True, slots=True)
class Settings:
    """How the embedded AWS behaves where AWS takes time or refuses.

    `fork_functions`: start functions as forks of a process that has imported the runtime's
    packages, where the system can; otherwise each starts as a new process, which takes longer.
    `shared_imports`: a Python file with `import_for_all()`, which imports what functions have in
    common and does nothing that depends on a function's environment; it is called before the forks,
    with the first function's folders on the path. `enforce_roles`: roles and users may do only what
    their policies allow. `spot_prices`: the
    hourly price of a type as a spot instance, as (seconds from the start of this AWS, may be
    negative; USD), in order of time; other types cost a share of their on-demand price.
    `machines_at_once`: how many instances, and how many training jobs, run as processes at once;
    None depends on the machine's cores. Others are pending. `instances` runs what is inside an
    instance with user data; None runs local processes. A stopped instance that is started is
    pending for `instance_start_seconds`. `instance_end_seconds` pass between the end of an
    instance's system and its last state. `event_seconds` pass between what an AWS service
    reports and its delivery by EventBridge. `unavailable_instance_types` have no capacity.
    `vcpu_quotas` are the account's quotas by their codes (data/ec2_vcpu_quotas.csv has the others);
    `instance_types_beyond_quota` are refused at the launch as if other instances used up the quota.
    `training_quotas` are those of SageMaker training jobs by their names (training_quotas.py has
    the others). `instance_launch` is how CloudFormation launches instances, which AWS does not
    document. `training_containers` runs what is inside the containers of training jobs; None runs
    local processes. `training_delays` is what SageMaker takes beside the training. SageMaker cannot
    assume a role in the first `role_propagation_seconds` of its life. `batch_containers` and
    `batch_delays` are those of AWS Batch. `execution_stand_ins` chooses executions that do
    something else than the definition of their machine.
    """

    region: str = "us-east-1"
    account_id: str = "123456789012"
    stack_create_seconds: float = 3.0
    stack_delete_seconds: float = 2.0
    instance_start_seconds: float = 0.0
    instance_end_seconds: float = 0.0
    event_seconds: float = 0.0
    unavailable_instance_types: frozenset[str] = frozenset()
    instance_types_beyond_quota: frozenset[str] = frozenset()
    vcpu_quotas: Mapping[str, float] = field(default_factory=dict)
    training_quotas: Mapping[str, float] = field(default_factory=dict)
    instance_launch: InstanceLaunch = field(default_factory=InstanceLaunch)
    spot_prices: Mapping[str, tuple[tuple[float, str], ...]] = field(default_factory=dict)
    fork_functions: bool = True
    shared_imports: Path | None = None
    enforce_roles: bool = True
    machines_at_once: int | None = None
    instances: InstanceDriver | None = None
    training_containers: TrainingContainerDriver | None = None
    training_delays: TrainingDelays = field(default_factory=TrainingDelays)
    role_propagation_seconds: float = 0.0
    batch_containers: BatchContainerDriver | None = None
    batch_delays: BatchDelays = field(default_factory=BatchDelays)
    execution_stand_ins: ExecutionStandIns | None = None


class ClosedError(RuntimeError):
    """The embedded AWS is closing, so nothing new starts in it."""


@dataclass(slots=True, eq=False)
class Context:
    """One running embedded AWS.

    `administrator` is the access key of the account's owner, who may do everything. Each start
    makes a new one, because every page and program of this machine would know a fixed key.
    `closers` run, last first, when it stops; threads at work may still add one then. `services`
    holds what a gap keeps while it runs, under a key that the gap chooses.
    """

    settings: Settings
    clock: Clock
    folder: Path
    endpoint_url: str = ""
    administrator: AccessKey = field(default_factory=make_access_key)
    closers: ExitStack = field(default_factory=ExitStack)
    services: dict[Hashable, object] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    is_closing: threading.Event = field(init=False)

    def __post_init__(self) -> None:
        self.is_closing = self.clock.make_event()

    def begin_closing(self) -> None:
        """Start nothing new, and end every `sleep`."""
        with self.work.changed:
            self.is_closing.set()

    def sleep(self, seconds: float) -> None:
        """Let time pass, but no longer than the embedded AWS runs."""
        self.clock.sleep(seconds, self.is_closing)

    def run_in_background(self, action: Callable[[], object]) -> None:
        """Run `action` at once, on a daemon thread of its own, unless closing."""
        if self.is_closing.is_set():
            return
        with suppress(ClosedError):
            Worker(target=action, context=self).start()

    @contextmanager
    def at_work(self, what: str) -> Iterator[None]:
        """Make this thread work for this embedded AWS, so that `current()` returns it.

        Args:
            what: names the work in messages.

        Raises:
            ClosedError: while closing, unless this thread is already at work.
        """
        if is_at_work(self.work):  # and is counted
            yield
            return
        self.enrol(what)
        with self.finishing(what):
            yield

    def enrol(self, what: str) -> None:
        """Count work that a thread will do within `finishing`.

        Raises:
            ClosedError: while closing, unless this thread is already at work.
        """
        with self.work.changed:
            if self.is_closing.is_set() and not is_at_work(self.work):
                raise ClosedError("the embedded AWS is closing")
            self.work.begin(what)

    @contextmanager
    def finishing(self, what: str) -> Iterator[None]:
        """Do the counted work on this thread, and end it."""
        before = getattr(_thread, "context", None)
        _thread.context = self
        try:
            yield
        finally:
            _thread.context = before
            self.work.end(what)

    def await_rest(self, timeout_seconds: float) -> list[str]:
        """Wait until no work is left; return the names of unfinished work when the time is over."""
        with self.work.changed:
            self.work.changed.wait_for(self.work.is_over, timeout_seconds)
            return self.work.names()


class Worker(threading.Thread):
    """A daemon thread that works for the `current()` embedded AWS from its start to its end.

    An error that is caused by closing the embedded AWS does not count as a failure of the thread.
    """

    def __init__(
        self, target: Callable[..., object], context: Context | None = None, **named: Any
    ) -> None:
        """Prepare, as `threading.Thread` does."""
        super().__init__(target=target, **{**named, "daemon": True})
        self._context = context or current()
        self._is_done = self._context.clock.make_event()

    def start(self) -> None:
        """Start.

        Raises:
            ClosedError: as `Context.at_work` does.
        """
        self._context.enrol(self.name)
        super().start()

    def run(self) -> None:
        """Do the work."""
        with self._context.finishing(self.name):
            try:
                super().run()
            except Exception:
                if not self._context.is_closing.is_set():
                    raise
            finally:
                self._is_done.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the work is done, for at most that many seconds of the clock."""
        self._is_done.wait(timeout)

    def is_alive(self) -> bool:
        """Return whether there is still work to do."""
        return super().is_alive() and not self._is_done.is_set()


_current: list[Context] = []
_thread = threading.local()


def is_at_work(work: Work) -> bool:
    """Return whether this thread is counted as working for that embedded AWS."""
    context = getattr(_thread, "context", None)
    return context is not None and context.work is work


def current() -> Context:
    """Return the embedded AWS that this thread works for, or else the one of this process.

    Raises:
        RuntimeError: when none is running, or the one that this thread worked for has stopped.
    """
    own = getattr(_thread, "context", None)
    context = own or (_current[-1] if _current else None)
    if context is None or context not in _current:
        raise RuntimeError("no embedded AWS is running in this process")
    return context


def is_running() -> bool:
    """Return whether an embedded AWS is running in this process."""
    return bool(_current)


def is_for_itself() -> bool:
    """Return whether this thread uses moto on its own: no embedded AWS is running."""
    return not _current and getattr(_thread, "context", None) is None


def enter(context: Context) -> None:
    """Make `context` the running one.

    Raises:
        RuntimeError: when another one is running in this process.
    """
    if _current:
        raise RuntimeError("an embedded AWS is already running in this process")
    _current.append(context)


def leave(context: Context) -> None:
    """Forget `context`."""
    _current.remove(context)
