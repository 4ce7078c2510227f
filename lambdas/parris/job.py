"""One training job as the states see it: normalised, in seconds and texts, with its limits."""

import dataclasses
from dataclasses import dataclass, field
from typing import Self

from parris.costs.rate import Rate
from parris.folder import JobFolder
from parris.liveness import (
    DEFAULT_BOOT_TIMEOUT_SECONDS,
    DEFAULT_SILENCE_TIMEOUT_SECONDS,
    LivenessTimeouts,
    default_boot_timeout_seconds,
)
from parris.notifications.kinds import EVERY_KIND
from parris.payloads import (
    Payload,
    maybe_text_in,
    maybe_whole_in,
    part_of,
    parts_in,
    text_in,
    texts_in,
    whole_in,
)

LONGEST_JOB_SECONDS = 8_700 * 3600
"""No job outlives 8,700 h: an execution may last a year, launch and clean-up included.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

ON_DEMAND, SPOT = "on-demand", "spot"
STACK_PREFIX = "parris-"
DEFAULT_SYNC_INTERVAL_SECONDS = 300
_LARGEST_SHARE = 10
"""Saving and stopping may each take a tenth of a limit at most."""
_LONGEST_STOPPING_SECONDS = 60
"""From the end of saving until the machine is off. The retries of the Poll that ends a job, whose
clock stands still meanwhile, take 14 s at most of it, and lie in it wherever the limit is 140 s or
more. Within a shorter one the machine, with the same limit and a clock of its own, is first."""


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file that the config names: where it lies (`s3://...` or packaged) and what is in it."""

    filename: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Limits:
    """By when the machine is gone, in whole seconds from its launch. None: no such limit.

    Saving and stopping lie inside the limit: the job is ended `save_grace_seconds` and
    `stopping_allowance_seconds` before it, so that nothing overshoots it. Where the limit leaves
    less time to save than was wished for, `wished_grace_seconds` remembers that for another limit.
    """

    time_limit_seconds: int | None
    cost_limit_seconds: int | None
    cost_limit_usd: str | None
    save_grace_seconds: int
    stopping_allowance_seconds: int = 0
    wished_grace_seconds: int | None = None

    def earliest_seconds(self) -> int:
        """Return by when the first limit wants the machine gone; every job's cap counts as one."""
        chosen = (self.time_limit_seconds, self.cost_limit_seconds, LONGEST_JOB_SECONDS)
        return min(seconds for seconds in chosen if seconds is not None)

    def ends_at_seconds(self) -> int:
        """Return when the job is ended: told to save, early enough to be gone by the limit."""
        reserved_seconds = self.save_grace_seconds + self.stopping_allowance_seconds
        return self.earliest_seconds() - reserved_seconds

    def with_cost_limit_at(self, seconds: int | None) -> Self:
        """Return the limits of a machine on which the cost limit is so many seconds long."""
        return dataclasses.replace(self, cost_limit_seconds=seconds).with_reserves_within()

    def with_reserves_within(self) -> Self:
        """Return the limits with times to save and to stop of at most a tenth of the earliest."""
        most_seconds = max(1, self.earliest_seconds() // _LARGEST_SHARE)
        wished_seconds = self.wished_grace_seconds or self.save_grace_seconds
        return dataclasses.replace(
            self,
            save_grace_seconds=min(wished_seconds, most_seconds),
            wished_grace_seconds=wished_seconds,
            stopping_allowance_seconds=min(_LONGEST_STOPPING_SECONDS, most_seconds),
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """The instance that the job asks for. Empty texts mean the deployment's default."""

    instance_type: str
    subnet_id: str
    security_group_id: str
    key_pair_name: str
    role_name: str
    ami: str
    volume_size_gib: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the machines that the job is content with, and what it means for cost and limits."""

    instance_type: str
    subnet_id: str
    rate: Rate | None
    cost_limit_seconds: int | None

    def to_payload(self) -> Payload:
        """Return the candidate as JSON."""
        payload: Payload = dataclasses.asdict(self)
        payload["rate"] = None if self.rate is None else self.rate.to_payload()
        return payload

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the candidate that `to_payload` wrote."""
        rate = part_of(payload, "rate")
        return cls(
            instance_type=text_in(payload, "instance_type"),
            subnet_id=text_in(payload, "subnet_id"),
            rate=Rate.from_payload(rate) if rate else None,
            cost_limit_seconds=maybe_whole_in(payload, "cost_limit_seconds"),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A validated job: the payload `$.job` of the state machine."""

    job_id: str
    execution_arn: str
    started_by: str
    submitted_at: str
    training_job_name: str
    deployment: str
    bucket: str
    target: str
    methods: tuple[str, ...]
    on_termination: str
    script: UserFile
    limits: Limits
    machine: Machine
    rate: Rate | None
    config: Payload
    candidates: tuple[Candidate, ...] = ()
    attempt: int = 0
    replaces_stack: bool = False
    template: UserFile | None = None
    warnings: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()
    environment: Payload = field(default_factory=dict)
    hyperparameters: Payload = field(default_factory=dict)
    purchase_option: str = ON_DEMAND
    notify: tuple[str, ...] = EVERY_KIND
    sync_interval_seconds: int = DEFAULT_SYNC_INTERVAL_SECONDS
    boot_timeout_seconds: int = DEFAULT_BOOT_TIMEOUT_SECONDS
    silence_timeout_seconds: int = DEFAULT_SILENCE_TIMEOUT_SECONDS
    machine_id: str = ""
    machine_prefix: str = ""

    @property
    def is_spot(self) -> bool:
        """Return whether the job asks for a spot instance; `rate` is then the most it may cost."""
        return self.purchase_option == SPOT

    @property
    def machine_limits(self) -> Limits:
        """Return the limits that the machine itself can hold: it does not know the spot price."""
        if not self.is_spot:
            return self.limits
        return dataclasses.replace(self.limits, cost_limit_seconds=None)

    @property
    def liveness_timeouts(self) -> LivenessTimeouts:
        """Return how long the machine may take to start its runner, and be silent afterwards."""
        return LivenessTimeouts(self.boot_timeout_seconds, self.silence_timeout_seconds)

    @property
    def stack_name(self) -> str:
        """Return the name of the job's stack; the default job's is exactly `parris-stack`."""
        return f"{STACK_PREFIX}{self.training_job_name}"

    @property
    def folder(self) -> JobFolder:
        """Return where the job keeps its files in the training bucket."""
        return JobFolder(self.bucket, self.training_job_name, self.job_id, self.machine_prefix)

    @property
    def log_stream(self) -> str:
        """Return the name of the stream that the trainer's log goes to."""
        return f"{self.training_job_name}/{self.job_id}"

    @property
    def has_another_candidate(self) -> bool:
        """Return whether there is a machine left to try after the present one."""
        return self.attempt + 1 < len(self.candidates)

    def with_candidate(self, attempt: int) -> Self:
        """Return the job on its candidate of that number, from 0, at that one's rate."""
        chosen = self.candidates[attempt]
        return dataclasses.replace(
            self,
            attempt=attempt,
            machine=dataclasses.replace(
                self.machine, instance_type=chosen.instance_type, subnet_id=chosen.subnet_id
            ),
            rate=chosen.rate,
            boot_timeout_seconds=_boot_timeout_seconds(self.config, chosen.instance_type),
            limits=self.limits.with_cost_limit_at(chosen.cost_limit_seconds),
        )

    def to_payload(self) -> Payload:
        """Return the job as JSON; which machine it is on is told by `$.run`, not by `$.job`."""
        payload: Payload = dataclasses.asdict(self)
        del payload["machine_id"], payload["machine_prefix"]
        payload["rate"] = None if self.rate is None else self.rate.to_payload()
        payload["candidates"] = [candidate.to_payload() for candidate in self.candidates]
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in payload.items()
        }

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the job that `to_payload` wrote, on no machine yet.

        Raises:
            KeyError, TypeError: when the payload is no job.
        """
        limits, rate = part_of(payload, "limits"), part_of(payload, "rate")
        template = part_of(payload, "template")
        return cls(
            job_id=text_in(payload, "job_id"),
            execution_arn=text_in(payload, "execution_arn"),
            started_by=text_in(payload, "started_by"),
            submitted_at=text_in(payload, "submitted_at"),
            training_job_name=text_in(payload, "training_job_name"),
            deployment=text_in(payload, "deployment"),
            bucket=text_in(payload, "bucket"),
            target=text_in(payload, "target"),
            methods=texts_in(payload, "methods"),
            on_termination=text_in(payload, "on_termination"),
            script=_file_from(part_of(payload, "script")),
            limits=Limits(
                time_limit_seconds=maybe_whole_in(limits, "time_limit_seconds"),
                cost_limit_seconds=maybe_whole_in(limits, "cost_limit_seconds"),
                cost_limit_usd=maybe_text_in(limits, "cost_limit_usd"),
                save_grace_seconds=whole_in(limits, "save_grace_seconds"),
                stopping_allowance_seconds=whole_in(limits, "stopping_allowance_seconds"),
                wished_grace_seconds=maybe_whole_in(limits, "wished_grace_seconds"),
            ),
            machine=_machine_from(part_of(payload, "machine")),
            rate=Rate.from_payload(rate) if rate else None,
            config=part_of(payload, "config"),
            candidates=tuple(
                Candidate.from_payload(candidate) for candidate in parts_in(payload, "candidates")
            ),
            attempt=whole_in(payload, "attempt"),
            replaces_stack=payload.get("replaces_stack") is True,
            template=None if not template else _file_from(template),
            warnings=texts_in(payload, "warnings"),
            input_data=texts_in(payload, "input_data"),
            environment=part_of(payload, "environment"),
            hyperparameters=part_of(payload, "hyperparameters"),
            purchase_option=text_in(payload, "purchase_option"),
            notify=texts_in(payload, "notify"),
            sync_interval_seconds=whole_in(payload, "sync_interval_seconds"),
            boot_timeout_seconds=whole_in(payload, "boot_timeout_seconds"),
            silence_timeout_seconds=whole_in(payload, "silence_timeout_seconds"),
        )

    @classmethod
    def from_state(cls, state: Payload) -> Self:
        """Return the job of `$`, on the machine that `$.run` knows, if there is one.

        Raises:
            KeyError, TypeError: when the payload is no job.
        """
        job, run = cls.from_payload(part_of(state, "job")), part_of(state, "run")
        machine_id = maybe_text_in(run, "machine_id")
        if machine_id is not None:
            job = dataclasses.replace(job, machine_id=machine_id)
        prefix = maybe_text_in(run, "machine_prefix")
        return job if prefix is None else job.on_machine(prefix)

    def on_machine(self, machine_prefix: str) -> Self:
        """Return the job on a machine that writes to this place in the training bucket."""
        return dataclasses.replace(self, machine_prefix=machine_prefix)


def _boot_timeout_seconds(config: Payload, instance_type: str) -> int:
    asked = config.get("boot-timeout-seconds")
    if isinstance(asked, (int, float)):
        return int(asked)
    return default_boot_timeout_seconds(instance_type)


def _file_from(payload: Payload) -> UserFile:
    return UserFile(
        filename=text_in(payload, "filename"),
        source=text_in(payload, "source"),
        sha256=text_in(payload, "sha256"),
    )


def _machine_from(payload: Payload) -> Machine:
    return Machine(
        instance_type=text_in(payload, "instance_type"),
        subnet_id=text_in(payload, "subnet_id"),
        security_group_id=text_in(payload, "security_group_id"),
        key_pair_name=text_in(payload, "key_pair_name"),
        role_name=text_in(payload, "role_name"),
        ami=text_in(payload, "ami"),
        volume_size_gib=whole_in(payload, "volume_size_gib"),
    )
