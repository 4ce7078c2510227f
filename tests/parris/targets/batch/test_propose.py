"""What a config may run on, what it costs there, and everything that AWS would reject at once."""

from decimal import Decimal
from typing import Any

import pytest

from parris.costs.offer import Proposal
from parris.image_uri import Existence
from parris.targets.batch.compute import ComputeEnvironment
from parris.targets.batch.propose import propose
from parris.targets.batch.spec import BatchSpec
from parris.validation.violations import Violation
from tests.parris.targets.batch.builders import (
    IMAGE,
    KnownArchitectures,
    KnownAws,
    KnownImages,
    KnownPrices,
    KnownQuotas,
    KnownRoles,
    a_queue,
    an_environment,
    aws_with,
    on_fargate,
    some_settings,
)

CONFIG: dict[str, Any] = {"image": IMAGE, "training-script-filename": "train.py"}
EC2 = {"parris-batch": [an_environment()]}
FARGATE = {"parris-batch": [on_fargate()]}
SMALL: dict[str, Any] = {"vcpus": 0.25, "memory-mib": 512}


def proposal_of(
    aws: KnownAws | None = None,
    *,
    wrong: frozenset[str] = frozenset(),
    are_prices_needed: bool = True,
    **keys: Any,
) -> Proposal:
    config = {**CONFIG, **{key.replace("_", "-"): value for key, value in keys.items()}}
    return propose(
        (aws or aws_with(EC2)).gateways,
        some_settings(),
        config,
        wrong,
        are_prices_needed=are_prices_needed,
    )


def parts(proposal: Proposal, number: int = 0) -> dict[str, str]:
    rate = proposal.offers[number].rate
    assert rate is not None
    return {one.part: f"{one.usd_per_hour:f}" for one in rate.components}


def violation(proposal: Proposal) -> Violation:
    (found,) = proposal.violations
    return found


def paths(proposal: Proposal) -> list[str]:
    return [one.path for one in proposal.violations]


def test_the_dearest_machine_that_the_queue_may_choose_counts() -> None:
    found = proposal_of()
    assert found.violations == ()
    (offer,) = found.offers
    assert offer.title == "c5.xlarge of parris-batch"
    assert parts(found) == {"instance": "0.17", "volume": "0.0035714286", "public IPv4": "0.005"}
    assert offer.details == {
        "job_queue": "parris-batch", "machine": "c5.xlarge", "purchase_option": "on-demand",
        "instance_types": ["c5.xlarge", "c5.large"],
    }  # fmt: skip
    assert found.price_note == "the dearest machine that the queue may choose"
    assert found.on_termination == "terminate-job"
    spec = BatchSpec.from_payload({**found.spec, **offer.spec})
    assert (spec.job_queue, spec.instance_types) == ("parris-batch", ("c5.xlarge", "c5.large"))
    assert (spec.architecture, spec.is_fargate) == ("X86_64", False)
    assert offer.boot_timeout_seconds == 900


def test_machines_that_are_too_small_do_not_count() -> None:
    aws = aws_with({"parris-batch": [an_environment(instance_types=("c5", "m5"))]})
    found = proposal_of(aws, memory_mib=8192)
    assert found.offers[0].details["instance_types"] == ["m5.xlarge"]
    assert found.price_note == ""


def test_an_environment_on_spot_costs_at_most_what_it_bids() -> None:
    spot = an_environment("spot", kind="SPOT", bid_percentage=50, instance_types=("c5.xlarge",))
    found = proposal_of(aws_with({"parris-batch": [spot]}))
    assert Decimal(parts(found)["instance"]) == Decimal("0.085")
    assert found.offers[0].spec["purchase_option"] == "spot"
    assert found.offers[0].spec["bid_percentage"] == 50
    assert found.price_note


def test_a_queue_with_both_may_run_the_job_at_the_dearer_price() -> None:
    spot = an_environment("spot", kind="SPOT", bid_percentage=50, instance_types=("m5.xlarge",))
    both = [spot, an_environment(instance_types=("c5.xlarge",))]
    found = proposal_of(aws_with({"parris-batch": both}))
    assert found.offers[0].title == "c5.xlarge of parris-batch"
    assert found.offers[0].spec["purchase_option"] == "spot"


def test_a_launch_template_has_its_own_volume() -> None:
    large = an_environment(launch_template="lt-large", launch_template_version="3")
    found = proposal_of(aws_with({"parris-batch": [large]}))
    assert parts(found)["volume"] == "0.0119047620"  # 100 GiB at 0.08 USD for 672 hours
    part = found.offers[0].rate.component("volume") if found.offers[0].rate else None
    assert part is not None
    assert part.reserve_seconds == 0


def test_fargate_costs_its_vcpus_and_memory_beside_an_address() -> None:
    found = proposal_of(aws_with(FARGATE), **SMALL)
    assert found.violations == ()
    assert {name: Decimal(usd) for name, usd in parts(found).items()} == {
        "vCPUs": Decimal("0.01012"), "memory": Decimal("0.0022225"),
        "public IPv4": Decimal("0.005"),
    }  # fmt: skip
    offer = found.offers[0]
    assert offer.title == "Fargate, 0.25 vCPU, 512 MiB of parris-batch"
    assert (offer.spec["is_fargate"], offer.longest_seconds) == (True, 14 * 24 * 3600)
    assert found.price_note == ""


def test_storage_beyond_what_is_free_and_a_private_subnet_change_the_price() -> None:
    found = proposal_of(
        aws_with(FARGATE), **SMALL, ephemeral_storage_gib=120, assign_public_ip=False
    )
    assert Decimal(parts(found)["storage"]) == Decimal("0.0111")
    assert "public IPv4" not in parts(found)


def test_fargate_spot_counts_at_the_published_price() -> None:
    aws = aws_with({"parris-batch": [on_fargate(kind="FARGATE_SPOT")]})
    found = proposal_of(aws, **SMALL)
    assert Decimal(parts(found)["vCPUs"]) == Decimal("0.01012")
    assert found.offers[0].spec["purchase_option"] == "spot"


def test_each_queue_is_an_offer_with_two_requests_for_all() -> None:
    spot = an_environment("spot", kind="SPOT", instance_types=("c5.large",))
    aws = aws_with({"cheap": [spot], "sure": [an_environment()]})
    found = proposal_of(aws, job_queue=["cheap", "sure"])
    assert [one.title for one in found.offers] == ["c5.large of cheap", "c5.xlarge of sure"]
    assert aws.queues.requests == 2


def test_a_price_of_the_config_replaces_the_list() -> None:
    aws = KnownPrices({})
    found = proposal_of(aws_with(EC2, prices=aws), hourly_price_usd=0.1)
    assert parts(found)["instance"] == "0.1"
    assert (found.price_note, aws.requests) == ("", 0)
    on_containers = proposal_of(aws_with(FARGATE), **SMALL, hourly_price_usd=0.1)
    assert parts(on_containers) == {"container": "0.1", "public IPv4": "0.005"}


def test_an_unknown_price_is_a_violation_where_a_limit_needs_it() -> None:
    aws = aws_with(EC2, prices=KnownPrices({"c5.large": "0.085"}))
    assert violation(proposal_of(aws)).path == "/job-queue"
    found = proposal_of(aws, are_prices_needed=False)
    assert found.violations == ()
    assert found.offers[0].rate is None
    assert "c5.xlarge" in found.warnings[0]


def test_a_missing_queue_names_the_command_that_makes_one() -> None:
    found = violation(proposal_of(aws_with({})))
    assert (found.path, found.found) == ("/job-queue", '"parris-batch"')
    assert "parris deploy --with batch" in found.expected
    missing = proposal_of(job_queue=["parris-batch", "missing"])
    assert paths(missing) == ["/job-queue/1"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "DISABLED"}, "enabled"),
        ({"status": "INVALID", "status_reason": "no environment"}, "VALID"),
    ],
)
def test_a_queue_accepts_jobs(changes: dict[str, str], expected: str) -> None:
    aws = aws_with(EC2)
    aws.queues.queues = {"parris-batch": a_queue("parris-batch", an_environment(), **changes)}
    found = violation(proposal_of(aws))
    assert found.path == "/job-queue"
    assert expected in found.expected
    assert changes.get("status_reason", "") in found.found


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (an_environment(state="DISABLED"), "DISABLED"),
        (an_environment(status="INVALID", status_reason="no role"), "no role"),
        (an_environment(is_managed=False), "unmanaged"),
        (an_environment(orchestrator="EKS"), "on EKS"),
        (an_environment(kind="ECS_MANAGED_INSTANCES"), "ECS_MANAGED_INSTANCES"),
        (an_environment(instance_types=("x9.large",)), "x9.large"),
    ],
)
def test_a_queue_has_machines_that_are_known(environment: Any, expected: str) -> None:
    found = violation(proposal_of(aws_with({"parris-batch": [environment]})))
    assert found.path == "/job-queue"
    assert expected in found.found


def test_a_queue_without_environments_has_no_machines() -> None:
    assert paths(proposal_of(aws_with({"parris-batch": []}))) == ["/job-queue"]


def test_an_environment_that_gets_no_jobs_beside_another_is_a_warning() -> None:
    off = an_environment("off", state="DISABLED", instance_types=("m5.xlarge",))
    found = proposal_of(aws_with({"parris-batch": [off, an_environment()]}))
    assert found.violations == ()
    assert "off gets no jobs: it is DISABLED" in found.warnings[0]
    assert found.offers[0].title == "c5.xlarge of parris-batch"


def test_instances_and_fargate_in_one_queue_have_no_one_price() -> None:
    aws = aws_with({"parris-batch": [an_environment(), on_fargate()]})
    assert "both" in violation(proposal_of(aws)).found


def test_everything_that_is_too_large_is_reported_at_once() -> None:
    found = proposal_of(vcpus=8, memory_mib=9000, gpus=1)
    assert sorted(paths(found)) == ["/gpus", "/memory-mib", "/vcpus"]
    assert (
        "at most 4, which the largest machine of parris-batch has" in found.violations[2].expected
    )
    assert found.offers == ()


def test_one_machine_must_have_all_of_it() -> None:
    aws = aws_with({"parris-batch": [an_environment(instance_types=("c5", "g5.xlarge"))]})
    assert proposal_of(aws, gpus=1, vcpus=4).violations == ()
    wide = an_environment(instance_types=("c5.xlarge", "m5.xlarge", "g5.xlarge"))
    both = aws_with({"parris-batch": [wide]})
    assert proposal_of(both, memory_mib=15_000).violations == ()
    apart = an_environment(instance_types=("c5.xlarge", "c7g.large"))
    assert proposal_of(aws_with({"parris-batch": [apart]}), vcpus=4).violations == ()
    together = aws_with({"parris-batch": [an_environment(instance_types=("g5.xlarge", "m5"))]})
    assert paths(proposal_of(together, gpus=1, vcpus=3, memory_mib=16_384)) == ["/memory-mib"]


def test_vcpus_stay_below_the_most_of_the_environment() -> None:
    small = aws_with({"parris-batch": [an_environment(max_vcpus=1)]})
    assert paths(proposal_of(small, vcpus=2)) == ["/vcpus"]


def test_a_container_on_an_instance_has_whole_vcpus() -> None:
    assert paths(proposal_of(vcpus=0.5)) == ["/vcpus"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"vcpus": 3}, ["/vcpus"]),
        ({"vcpus": 0.25, "memory-mib": 4096}, ["/memory-mib"]),
        ({"vcpus": 4}, ["/memory-mib"]),
        ({"vcpus": 8, "memory-mib": 18_432}, ["/memory-mib"]),
        ({"vcpus": 8, "memory-mib": 20_480}, []),
        ({"vcpus": 32, "memory-mib": 249_856}, []),
        ({}, []),
    ],
)
def test_fargate_has_few_sizes(keys: dict[str, Any], expected: list[str]) -> None:
    assert paths(proposal_of(aws_with(FARGATE), **keys)) == expected


def test_keys_of_fargate_and_of_instances_are_told_apart() -> None:
    on_instances = proposal_of(
        ephemeral_storage_gib=50, assign_public_ip=True, architecture="ARM64"
    )
    assert paths(on_instances) == ["/ephemeral-storage-gib", "/assign-public-ip", "/architecture"]
    on_containers = proposal_of(aws_with(FARGATE), gpus=1, shared_memory_mib=64)
    assert paths(on_containers) == ["/gpus", "/shared-memory-mib"]
    both = aws_with({"a": [an_environment()], "b": [on_fargate()]})
    assert proposal_of(both, job_queue=["a", "b"], ephemeral_storage_gib=50).violations == ()


def test_a_container_that_needs_nearly_all_memory_is_a_warning() -> None:
    assert proposal_of(memory_mib=7_500).warnings == ()
    assert (
        "may be more than a machine of parris-batch offers"
        in proposal_of(memory_mib=8_000).warnings[0]
    )


def test_credits_of_burstable_types_may_cost_extra() -> None:
    aws = aws_with({"parris-batch": [an_environment(instance_types=("t3", "c5.large"))]})
    (warning,) = proposal_of(aws).warnings
    assert warning.startswith("parris-batch may use t3.large: surplus CPU credits")


def test_a_quota_below_every_machine_is_a_violation_with_the_request() -> None:
    found = violation(proposal_of(aws_with(EC2, quotas=KnownQuotas({"L-1216C47A": 1}))))
    assert found.path == "/job-queue"
    assert "c5.large has 2 vCPUs" in found.expected
    assert "--quota-code L-1216C47A --desired-value 2" in found.expected
    assert proposal_of(aws_with(EC2, quotas=KnownQuotas({"L-1216C47A": 2}))).violations == ()


def test_a_queue_beyond_its_quota_is_not_tried_beside_another() -> None:
    queues = {"large": [an_environment()], "small": [on_fargate()]}
    aws = aws_with(queues, quotas=KnownQuotas({"L-1216C47A": 0}))
    found = proposal_of(aws, job_queue=["large", "small"])
    assert [one.title for one in found.offers] == ["Fargate, 1 vCPU, 2048 MiB of small"]
    assert "large is not tried" in found.warnings[0]
    none = aws_with(FARGATE, quotas=KnownQuotas({"L-3032A538": 0}))
    assert "--service-code fargate" in violation(proposal_of(none)).expected


def test_an_image_exists_where_it_can_be_checked() -> None:
    aws = aws_with(EC2, image_repositories=KnownImages(Existence.NO_IMAGE))
    assert paths(proposal_of(aws)) == ["/image"]
    public = proposal_of(aws, image="public.ecr.aws/docker/library/python:3.13")
    assert public.violations == ()
    assert "not in Amazon ECR" in public.warnings[0]
    elsewhere = proposal_of(image=IMAGE.replace("us-east-1", "eu-west-1"))
    assert paths(elsewhere) == ["/image"]


@pytest.mark.parametrize(
    ("queue", "keys", "needed"),
    [
        (an_environment(instance_types=("c7g.large",)), {}, "arm64"),
        (an_environment(instance_types=("c5.large", "c7g.large")), {}, "arm64"),
        (on_fargate(), {"architecture": "ARM64"}, "arm64"),
    ],
    ids=["ec2", "both", "fargate"],
)
def test_an_image_is_for_the_processor_of_every_machine(
    queue: ComputeEnvironment, keys: dict[str, Any], needed: str
) -> None:
    images = KnownArchitectures(frozenset({"amd64"}))
    found = violation(
        proposal_of(
            aws_with({"mine": [queue]}, image_architectures=images), job_queue="mine", **keys
        )
    )
    assert (found.path, "built for amd64" in found.found) == ("/image", True)
    assert f"parris image push --platform linux/{needed}" in found.expected
    both = KnownArchitectures(frozenset({"amd64", "arm64"}))
    for fit in (both, KnownArchitectures()):
        aws = aws_with({"mine": [queue]}, image_architectures=fit)
        assert proposal_of(aws, job_queue="mine", **keys).violations == ()


def test_a_machine_that_is_too_small_needs_no_image() -> None:
    small = an_environment(instance_types=("c7g.large", "c5.xlarge"))
    images = KnownArchitectures(frozenset({"amd64"}))
    aws = aws_with({"mine": [small]}, image_architectures=images)
    assert proposal_of(aws, job_queue="mine", vcpus=4).violations == ()


def test_the_roles_of_the_containers_exist_unless_there_is_no_queue_at_all() -> None:
    roles = KnownRoles(("parris-batch-job-us-east-1",))
    found = violation(proposal_of(aws_with(EC2, container_roles=roles)))
    assert (found.path, found.found) == ("/job-queue", "no role parris-batch-job-us-east-1")
    assert "parris deploy --with batch" in found.expected
    none = violation(proposal_of(aws_with({}, container_roles=roles)))
    assert "a job queue that exists" in none.expected


def test_input_data_is_where_every_job_may_read() -> None:
    assert paths(proposal_of(input_data=["s3://somewhere/else/"])) == ["/input-data/0"]


def test_an_idle_machine_is_named_since_no_limit_includes_it() -> None:
    idle = aws_with({"parris-batch": [an_environment(idle_minutes=30)]})
    found = proposal_of(idle)
    assert found.offers[0].details["idle_minutes"] == 30
    assert "for 30 minutes after its last job, up to 0.0850 USD" in found.warnings[0]


def test_the_pull_of_an_image_on_fargate_is_named_with_the_most_that_it_costs() -> None:
    found = proposal_of(aws_with(FARGATE), runnable_timeout_seconds=1800, **SMALL)
    rate = found.offers[0].rate
    assert rate is not None
    (warning,) = found.warnings
    assert "not started within 1 h 30 min is ended" in warning
    assert f"at most {rate.usd_per_hour * 3 / 2:.4f} USD" in warning
    assert proposal_of(**SMALL | {"vcpus": 1}).warnings == ()


@pytest.mark.parametrize("key", ["job-queue", "vcpus", "hourly-price-usd", "image"])
def test_a_key_that_is_wrong_already_is_not_reported_twice(key: str) -> None:
    config: dict[str, Any] = {"vcpus": 99, key: ["not", 1, None]}
    found = propose(
        aws_with({}).gateways if key == "job-queue" else aws_with(EC2).gateways,
        some_settings(),
        {**CONFIG, **config},
        {key},
        are_prices_needed=True,
    )
    assert f"/{key}" not in paths(found)
