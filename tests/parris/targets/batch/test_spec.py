"""What a Batch job needs survives the payloads of the states."""

import json

from parris.targets.batch.spec import BatchSpec

WHOLE = BatchSpec(
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1",
    job_queue="training-spot",
    is_fargate=True,
    purchase_option="spot",
    architecture="ARM64",
    instance_types=("c5.2xlarge", "c5.xlarge"),
    bid_percentage=60,
    vcpus="0.25",
    memory_mib=512,
    gpus=1,
    shared_memory_mib=64,
    storage_gib=100,
    assigns_public_ip=False,
    runs_image_command=True,
    command=("python3", "train.py", "Ref::rate"),
    parameters={"rate": "0.01"},
    runnable_timeout_seconds=600,
    tags={"cost-center": "ml"},
    usd_per_hour="0.85",
)


def through_json(spec: BatchSpec) -> BatchSpec:
    return BatchSpec.from_payload(json.loads(json.dumps(spec.to_payload())))


def test_a_spec_is_the_same_after_a_state() -> None:
    assert through_json(WHOLE) == WHOLE


def test_an_empty_spec_is_the_same_after_a_state() -> None:
    assert through_json(BatchSpec()) == BatchSpec()


def test_a_queue_of_spot_instances_can_lose_its_machine() -> None:
    assert WHOLE.is_spot
    assert not BatchSpec().is_spot
