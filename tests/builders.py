"""Jobs, sightings and reports for tests: sound by default, each part open to change."""

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from parris.costs.offer import Offer
from parris.costs.rate import Rate, Unit
from parris.ec2.parts import INSTANCE, PUBLIC_IPV4, VOLUME, component_of
from parris.job import Job, UserFile
from parris.limits import Limits
from parris.policy import MachineState, Observation
from parris.targets.ec2_stack.spec import STOP_INSTANCE, Ec2StackSpec
from parris.termination.exit_report import EndedBy, ExitReport

LAUNCHED_AT = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
EXECUTION_ARN = "arn:aws:states:us-east-1:123456789012:execution:parris-training:run-1"
BUCKET = "the-training-bucket"


def after(seconds: float) -> datetime:
    return LAUNCHED_AT + timedelta(seconds=seconds)


def a_rate(usd_per_hour: str = "0.0104") -> Rate:
    """Return the rate of an instance alone, as before its volume and address were counted."""
    source = "AWS Price List, for a test"
    return Rate((component_of(INSTANCE, Decimal(usd_per_hour), source, "2026-07-20"),))


def a_whole_rate(usd_per_hour: str = "0.0104", *, gib: int = 30) -> Rate:
    """Return the rate of an instance with its volume and its address."""
    source, as_of = "AWS Price List, for a test", "2026-07-20"
    volume = component_of(VOLUME, Decimal("0.08"), source, as_of, Unit.GIB_MONTH, gib)
    address = component_of(PUBLIC_IPV4, Decimal("0.005"), source, as_of)
    return Rate((*a_rate(usd_per_hour).components, volume, address))


def some_limits(**changes: Any) -> Limits:
    return dataclasses.replace(
        Limits(
            time_limit_seconds=3600,
            cost_limit_seconds=None,
            cost_limit_usd=None,
            save_grace_seconds=120,
            stopping_allowance_seconds=60,
        ),
        **changes,
    )


def an_offer(
    instance_type: str = "t3.micro",
    rate: Rate | None = None,
    *,
    subnet_id: str = "",
    cost_limit_seconds: int | None = None,
) -> Offer:
    return Offer(
        title=instance_type,
        rate=rate,
        boot_timeout_seconds=900,
        spec={"instance_type": instance_type, "subnet_id": subnet_id},
        details={"instance_type": instance_type},
        cost_limit_seconds=cost_limit_seconds,
    )


def a_job(**changes: Any) -> Job:
    """Return a job; what its target alone reads may be given by name beside what every job has."""
    names = [one.name for one in dataclasses.fields(Ec2StackSpec)]
    given = {name: changes.pop(name) for name in names if name in changes}
    spec = dataclasses.replace(Ec2StackSpec(instance_type="t3.micro", volume_size_gib=30), **given)
    rate, limits = changes.get("rate", a_rate()), changes.get("limits", some_limits())
    job = Job(
        job_id="run-1",
        execution_arn=EXECUTION_ARN,
        started_by="ada@example.com",
        submitted_at="2026-11-20T11:59:00.000Z",
        training_job_name="iris",
        deployment="parris",
        bucket=BUCKET,
        target="ec2-stack",
        methods=("at-fixed-time",),
        on_termination="delete-stack",
        script=UserFile("train.sh", f"s3://{BUCKET}/train.sh", "0" * 64),
        limits=limits,
        rate=rate,
        config={"training-job-name": "iris"},
        spec=spec.to_payload(),
        title=spec.instance_type,
        details={"purchase_option": spec.purchase_option},
        price_note="spot: at the maximum bid" if spec.is_spot else "",
        offers=(
            an_offer(
                spec.instance_type,
                rate,
                subnet_id=spec.subnet_id,
                cost_limit_seconds=limits.cost_limit_seconds,
            ),
        ),
    )
    return dataclasses.replace(
        job, keeps_resources=changes.get("on_termination") == STOP_INSTANCE, **changes
    )


def a_report(**changes: Any) -> ExitReport:
    report = ExitReport(
        ended_by=EndedBy.SCRIPT,
        exit_status=0,
        signal=None,
        ended_at=after(600),
        last_log_lines=("loss 0.1",),
        are_results_saved=True,
    )
    return dataclasses.replace(report, **changes)


def a_sighting(**changes: Any) -> Observation:
    sighting = Observation(machine=MachineState.RUNNING, launched_at=LAUNCHED_AT)
    return dataclasses.replace(sighting, **changes)
