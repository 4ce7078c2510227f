"""What a training job needs survives the payloads of the states."""

import json

from parris.targets.sagemaker.spec import InputChannel, InstanceGroup, SageMakerSpec

WHOLE = SageMakerSpec(
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1",
    instance_type="ml.m5.large",
    instance_count=2,
    instance_groups=(InstanceGroup("trainers", "ml.g5.xlarge", 1),),
    volume_size_gib=100,
    role_arn="arn:aws:iam::123456789012:role/training",
    channels=(InputChannel("train", "s3://data/iris/", "text/csv", "FastFile", "None", ""),),
    output_uri="s3://models/iris/",
    checkpoint_uri="s3://models/checkpoints/",
    subnet_ids=("subnet-0123456789abcdef0",),
    security_group_ids=("sg-0123456789abcdef0",),
    has_network_isolation=True,
    purchase_option="spot",
    max_wait_seconds=36_000,
    keep_alive_seconds=600,
    retry_attempts=2,
    pending_timeout_seconds=7_200,
    longest_runtime_seconds=432_000,
    tags={"cost-center": "ml"},
    entrypoint=("python3", "train.py"),
    arguments=("--verbose",),
    signals="forwarded",
)


def through_json(spec: SageMakerSpec) -> SageMakerSpec:
    return SageMakerSpec.from_payload(json.loads(json.dumps(spec.to_payload())))


def test_a_spec_is_the_same_after_a_state() -> None:
    assert through_json(WHOLE) == WHOLE


def test_an_empty_spec_is_the_same_after_a_state() -> None:
    assert through_json(SageMakerSpec()) == SageMakerSpec()


def test_a_role_is_made_unless_the_config_names_one() -> None:
    assert SageMakerSpec().has_own_role
    assert not WHOLE.has_own_role
