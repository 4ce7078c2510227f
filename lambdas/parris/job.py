"""A validated training job with normalised units: the payload between states."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from parris.costs.offer import Offer
from parris.costs.rate import Rate
from parris.folder import JobFolder
from parris.limits import Limits
from parris.liveness import (
    DEFAULT_BOOT_TIMEOUT_SECONDS,
    DEFAULT_SILENCE_TIMEOUT_SECONDS,
    LivenessTimeouts,
)
from parris.notifications.kinds import EVERY_KIND
from parris.past_attempt import PastAttempt
from parris.payloads import (
    Payload,
    int_in,
    ints_in,
    maybe_text_in,
    part_of,
    parts_in,
    payload_of,
    text_in,
    texts_in,
)
from parris.timestamps import maybe_timestamp_in

LAUNCH_PREFIX = "parris-"
CONFIG_FOLDER = "config"
"""The folder of the script config in a run's folder at the team's experiments."""
DEFAULT_SYNC_INTERVAL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file that the config names: its source (`s3://...` or packaged) and its hash."""

    filename: str
    source: str
    sha256: str

    def to_payload(self) -> Payload:
        """Return the file as JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the file that a payload describes."""
        return cls(
            filename=text_in(payload, "filename"),
            source=text_in(payload, "source"),
            sha256=text_in(payload, "sha256"),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A validated job: the payload `$.job` of the state machine.

    `spec` is the target's own part; no shared code reads it. `title` names the current offer for
    people, and `details` is the target's part of a quote.
    `script` is None where the image of the job's container has all that it runs. `code` is the
    archive of the files that the script needs. The script is in its `script_folder`.
    `training_config` has the parameters of the script. `experiment_uri` is the folder of the run at
    the team's experiments, with a trailing slash; empty for a run of an older version.
    `sweep_trial` names the run's reservation in the budget of a sweep, if it is a trial of one, and
    `sweep_goal` is the metric by which that compares its trials, as `TrialGoal` reads it.
    `metric_goal` is what `MetricGoal` reads, and `no_progress` what `NoProgress` does; each is
    empty without its method.

    A run has up to `max_attempts` attempts, of which `past_attempts` have ended. `attempt` is the
    offer that the current one tries: a position in `offer_order`, or in `offers` where that is
    empty. It launches nothing before `not_before`, which is empty for the first attempt.
    """

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
    script: UserFile | None
    limits: Limits
    rate: Rate | None
    config: Payload
    spec: Payload = field(default_factory=dict)
    title: str = ""
    details: Payload = field(default_factory=dict)
    price_note: str = ""
    keeps_resources: bool = False
    offers: tuple[Offer, ...] = ()
    attempt: int = 0
    offer_order: tuple[int, ...] = ()
    max_attempts: int = 1
    past_attempts: tuple[PastAttempt, ...] = ()
    not_before: str = ""
    replaces_another: bool = False
    warnings: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()
    environment: Payload = field(default_factory=dict)
    hyperparameters: Payload = field(default_factory=dict)
    notify: tuple[str, ...] = EVERY_KIND
    sync_interval_seconds: int = DEFAULT_SYNC_INTERVAL_SECONDS
    boot_timeout_seconds: int = DEFAULT_BOOT_TIMEOUT_SECONDS
    silence_timeout_seconds: int = DEFAULT_SILENCE_TIMEOUT_SECONDS
    code: UserFile | None = None
    script_folder: str = ""
    metrics: Payload = field(default_factory=dict)
    training_config: UserFile | None = None
    experiment_uri: str = ""
    sweep_trial: str = ""
    sweep_goal: Payload = field(default_factory=dict)
    metric_goal: Payload = field(default_factory=dict)
    no_progress: Payload = field(default_factory=dict)
    machine_id: str = ""
    machine_prefix: str = ""

    @property
    def has_variable_price(self) -> bool:
        """Return whether the price changes while the job runs; `rate` is then an upper bound."""
        return bool(self.price_note)

    @property
    def machine_limits(self) -> Limits:
        """Return the limits that the machine can enforce, which does not know changed prices."""
        if not self.has_variable_price:
            return self.limits
        return dataclasses.replace(self.limits, cost_limit_seconds=None)

    @property
    def liveness_timeouts(self) -> LivenessTimeouts:
        """Return how long the machine may take to start its runner, and may then be silent."""
        return LivenessTimeouts(self.boot_timeout_seconds, self.silence_timeout_seconds)

    @property
    def required_script(self) -> UserFile:
        """Return the script of a job that ValidateConfig accepts only with one."""
        if self.script is None:
            raise AssertionError("unreachable: the job has no script")
        return self.script

    @property
    def launch_name(self) -> str:
        """Return the name of the launched resource; that of the default job is `parris-stack`."""
        return f"{LAUNCH_PREFIX}{self.training_job_name}"

    @property
    def folder(self) -> JobFolder:
        """Return the job's folder in the training bucket."""
        return JobFolder(self.bucket, self.training_job_name, self.job_id, self.machine_prefix)

    @property
    def training_config_prefix_uri(self) -> str | None:
        """Return the folder of the stored script config, which holds nothing else; None if none
        is stored.
        """
        if self.training_config is None or not self.experiment_uri:
            return None
        return f"{self.experiment_uri}{CONFIG_FOLDER}/"

    @property
    def log_stream(self) -> str:
        """Return the name of the log stream of the training script."""
        return f"{self.training_job_name}/{self.job_id}"

    @property
    def attempt_number(self) -> int:
        """Return the number of the current attempt, from 1."""
        return len(self.past_attempts) + 1

    @property
    def launch_request(self) -> str:
        """Return what names this one launch: a retry of it is the same launch, another is not."""
        return f"{self.execution_arn} {self.attempt_number} {self.attempt}"

    @property
    def kept_before(self) -> frozenset[str]:
        """Return the ids of the resources that earlier attempts have kept."""
        return frozenset(one for past in self.past_attempts for one in past.kept)

    @property
    def offer_number(self) -> int:
        """Return which of the offers is the current one, from 0."""
        return self.offer_order[self.attempt] if self.offer_order else self.attempt

    @property
    def has_another_offer(self) -> bool:
        """Return whether there is another offer to try after the current one."""
        return self.attempt + 1 < len(self.offers)

    def with_offer(self, attempt: int) -> Self:
        """Return the job with the offer at that position, from 0, and its rate."""
        chosen = self.offers[self.offer_order[attempt] if self.offer_order else attempt]
        if self.past_attempts:
            chosen = chosen.within(self.limits.cost_limit_usd)
        return dataclasses.replace(
            self,
            attempt=attempt,
            spec={**self.spec, **chosen.spec},
            title=chosen.title,
            rate=chosen.rate,
            boot_timeout_seconds=chosen.boot_timeout_seconds,
            limits=self.limits.with_cost_limit_at(chosen.cost_limit_seconds),
        )

    def counted_from(self, launched_at: datetime) -> Self:
        """Return the job with the limits of a machine that is launched then."""
        if not self.limits.clock_time:
            return self
        return dataclasses.replace(self, limits=self.limits.counted_from(launched_at))

    def to_payload(self) -> Payload:
        """Return the job as JSON, without its machine, which is in `$.run`."""
        payload = payload_of(self)
        del payload["machine_id"], payload["machine_prefix"]
        payload["rate"] = None if self.rate is None else self.rate.to_payload()
        payload["offers"] = [offer.to_payload() for offer in self.offers]
        payload["past_attempts"] = [past.to_payload() for past in self.past_attempts]
        return payload

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the job that `to_payload` wrote, without a machine.

        Raises:
            KeyError, TypeError: if the payload is not a job.
        """
        rate, code = part_of(payload, "rate"), part_of(payload, "code")
        script, training_config = part_of(payload, "script"), part_of(payload, "training_config")
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
            script=UserFile.from_payload(script) if script else None,
            limits=Limits.from_payload(part_of(payload, "limits")),
            rate=Rate.from_payload(rate) if rate else None,
            config=part_of(payload, "config"),
            spec=part_of(payload, "spec"),
            title=text_in(payload, "title"),
            details=part_of(payload, "details"),
            price_note=text_in(payload, "price_note"),
            keeps_resources=payload.get("keeps_resources") is True,
            offers=tuple(map(Offer.from_payload, parts_in(payload, "offers"))),
            attempt=int_in(payload, "attempt"),
            offer_order=ints_in(payload, "offer_order"),
            max_attempts=int_in(payload, "max_attempts"),
            past_attempts=tuple(map(PastAttempt.from_payload, parts_in(payload, "past_attempts"))),
            not_before=text_in(payload, "not_before"),
            replaces_another=payload.get("replaces_another") is True,
            warnings=texts_in(payload, "warnings"),
            input_data=texts_in(payload, "input_data"),
            environment=part_of(payload, "environment"),
            hyperparameters=part_of(payload, "hyperparameters"),
            metrics=part_of(payload, "metrics"),
            notify=texts_in(payload, "notify"),
            sync_interval_seconds=int_in(payload, "sync_interval_seconds"),
            boot_timeout_seconds=int_in(payload, "boot_timeout_seconds"),
            silence_timeout_seconds=int_in(payload, "silence_timeout_seconds"),
            code=UserFile.from_payload(code) if code else None,
            script_folder=maybe_text_in(payload, "script_folder") or "",
            training_config=UserFile.from_payload(training_config) if training_config else None,
            experiment_uri=maybe_text_in(payload, "experiment_uri") or "",
            sweep_trial=maybe_text_in(payload, "sweep_trial") or "",
            sweep_goal=part_of(payload, "sweep_goal"),
            metric_goal=part_of(payload, "metric_goal"),
            no_progress=part_of(payload, "no_progress"),
        )

    @classmethod
    def from_state(cls, state: Payload) -> Self:
        """Return the job in `$`, on the machine that `$.run` names, if any, from its launch on.

        Raises:
            KeyError, TypeError: if the payload is not a job.
        """
        job, run = cls.from_payload(part_of(state, "job")), part_of(state, "run")
        machine_id = maybe_text_in(run, "machine_id")
        if machine_id is not None:
            job = dataclasses.replace(job, machine_id=machine_id)
        launched_at = maybe_timestamp_in(run, "launched_at")
        if launched_at is not None:
            job = job.counted_from(launched_at)
        prefix = maybe_text_in(run, "machine_prefix")
        return job if prefix is None else job.on_machine(prefix)

    def on_machine(self, machine_prefix: str) -> Self:
        """Return the job on a machine that writes to this prefix of the training bucket."""
        return dataclasses.replace(self, machine_prefix=machine_prefix)
