"""ValidateConfig of a SageMaker job: what AWS would reject, its price, and its limits."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of, parts_in
from parris.targets.sagemaker.spec import InputChannel, SageMakerSpec, spec_of
from tests.builders import BUCKET
from tests.handlers.account import QUICK
from tests.handlers.conftest import put_json, with_settings
from tests.handlers.test_validate_config import an_event, job_of, violations_of
from tests.parris.targets.sagemaker.builders import IMAGE
from validate_config import run

ROLE = "arn:aws:iam::123456789012:role/training"
MINE: dict[str, Any] = {
    "training-script-filename": "train.py",
    "termination-method": "at-fixed-time",
    "termination-options": {"time-limit": 10},
    "target": "sagemaker",
    "image": IMAGE,
    "instance-type": "ml.m5.large",
}


@pytest.fixture
def quotas() -> dict[str, float]:
    """The account's quotas of training jobs by their names, where they are not the usual ones."""
    return {}


@pytest.fixture
def aws_settings(quotas: dict[str, float]) -> AwsSettings:
    return dataclasses.replace(QUICK, training_quotas=quotas)


@pytest.fixture
def deps(deps: Deps, aws: EmbeddedAws) -> Deps:
    put_json(aws, "train.py", b"print('trained')\n")
    return with_settings(deps, {"PARRIS_SAGEMAKER_ROLE_ARNS": ROLE})


def paths_of(deps: Deps, config: Payload) -> list[str]:
    """The paths of all violations of a config, in the order of the message."""
    return [line.split(" ")[1].rstrip(":") for line in violations_of(deps, {**MINE, **config})]


def quote_of(deps: Deps, config: Payload) -> Payload:
    return part_of(run(an_event({**MINE, **config}), deps), "quote")


def test_a_small_config_is_a_job_with_the_documented_defaults(deps: Deps) -> None:
    job = job_of(deps, MINE)
    assert (job.target, job.on_termination, job.title) == ("sagemaker", "stop-job", "ml.m5.large")
    assert spec_of(job) == SageMakerSpec(
        image=IMAGE,
        instance_type="ml.m5.large",
        longest_runtime_seconds=432_000,
        signals="as-sagemaker",
    )


def test_a_channel_of_the_training_bucket_has_data(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "data/iris/one.csv", b"1")
    channels: Payload = {
        "full": f"s3://{BUCKET}/data/iris/",
        "empty": f"s3://{BUCKET}/data/none/",
        # Uploaded by the command when the job starts.
        "local": f"s3://{BUCKET}/inputs/0123456789abcdef/data/",
    }
    assert paths_of(deps, {"input-channels": channels}) == ["/input-channels/empty"]


def test_a_whole_config_reaches_the_spec(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "data/iris/one.csv", b"1")
    config: Payload = {
        "instance-type": ["ml.g5.xlarge", "ml.m5.large"],
        "instance-count": 2,
        "volume-size-gib": 100,
        "execution-role-arn": ROLE,
        "input-channels": {
            "_note": "ignored",
            "train": f"s3://{BUCKET}/data/iris/",
            "test": {"uri": "s3://theirs/", "content-type": "text/csv", "input-mode": "FastFile"},
        },
        "output-uri": "s3://theirs/models/",
        "checkpoint-uri": "s3://theirs/checkpoints/",
        "subnet-ids": ["subnet-0123456789abcdef0"],
        "security-group-ids": ["sg-0123456789abcdef0"],
        "network-isolation": True,
        "purchase-option": "spot",
        "max-wait": "20h",
        "retry-attempts": 2,
        "tags": {"cost-center": "ml"},
        "entrypoint": ["python3", "/opt/train.py"],
        "arguments": ["--verbose"],
        "signals": "forwarded",
    }
    assert spec_of(job_of(deps, {**MINE, **config})) == SageMakerSpec(
        image=IMAGE,
        instance_type="ml.g5.xlarge",
        instance_count=2,
        volume_size_gib=100,
        role_arn=ROLE,
        channels=(
            InputChannel("test", "s3://theirs/", "text/csv", "FastFile"),
            InputChannel("train", f"s3://{BUCKET}/data/iris/"),
        ),
        output_uri="s3://theirs/models/",
        checkpoint_uri="s3://theirs/checkpoints/",
        subnet_ids=("subnet-0123456789abcdef0",),
        security_group_ids=("sg-0123456789abcdef0",),
        has_network_isolation=True,
        purchase_option="spot",
        max_wait_seconds=72_000,
        retry_attempts=2,
        pending_timeout_seconds=7_200,
        longest_runtime_seconds=432_000,
        tags={"cost-center": "ml"},
        entrypoint=("python3", "/opt/train.py"),
        arguments=("--verbose",),
        signals="forwarded",
    )


def without_script() -> Payload:
    return {key: value for key, value in MINE.items() if key != "training-script-filename"}


def test_a_job_whose_image_holds_everything_inherits_nothing_from_the_demo(deps: Deps) -> None:
    job = job_of(deps, without_script())
    assert (job.script, job.hyperparameters) == (None, {})
    assert Job.from_payload(job.to_payload()) == job
    estimate = run({**an_event(without_script()), "is_estimate": True}, deps)
    assert part_of(estimate, "job")["script"] is None


def test_code_is_refused_where_no_script_needs_it(deps: Deps) -> None:
    config: Payload = {"files": ["src"], "code-archive": "code.tar.gz", "script-folder": "src"}
    lines = violations_of(deps, {**without_script(), **config})
    assert [line.split(" ")[1].rstrip(":") for line in lines] == [f"/{key}" for key in config]


def test_all_violations_are_reported_at_once(deps: Deps) -> None:
    config: Payload = {
        "image": IMAGE.replace("training", "nothing"),
        "instance-type": ["ml.m5.large", "ml.typo.large"],
        "termination-options": {"time-limit": 200},
        "execution-role-arn": "arn:aws:iam::123456789012:role/another",
        "subnet-ids": ["subnet-0123456789abcdef0"],
        "keep-alive-seconds": 600,
        "purchase-option": "spot",
        "input-data": [f"s3://{BUCKET}/data/"],
        "hyperparameters": {"prompt": "x" * 3000},
        "retry-attempts": 31,
        "ami": "ami-0123456789abcdef0",
    }
    assert sorted(paths_of(deps, config)) == [
        "/ami",
        "/execution-role-arn",
        "/hyperparameters/prompt",
        "/image",
        "/input-data",
        "/instance-type/1",
        "/keep-alive-seconds",
        "/retry-attempts",
        "/security-group-ids",
        "/termination-options/time-limit",
    ]


def test_a_misspelled_type_is_answered_with_the_one_that_was_meant(deps: Deps) -> None:
    (line,) = violations_of(deps, {**MINE, "instance-type": "ml.m5.larg"})
    assert "an instance type of SageMaker training; did you mean ml.m5.large?" in line
    (line,) = violations_of(deps, {**MINE, "instance-type": "ml.z9.mega"})
    assert "such as ml.m5.xlarge" in line


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"instance-groups": [{"name": "a", "instance-type": "ml.m5.large"}]},
         "/instance-groups/0/instance-count"),
        ({"input-channels": {"code": f"s3://{BUCKET}/x/"}}, "/input-channels/code"),
        ({"input-channels": {"x": {"uri": f"s3://{BUCKET}/x/", "mode": "File"}}},
         "/input-channels/x/mode"),
        ({"input-channels": {"x": {"uri": f"s3://{BUCKET}/x/", "input-mode": "Fast"}}},
         "/input-channels/x/input-mode"),
        ({"image": "python:3.12"}, "/image"),
        ({"image": IMAGE.replace("us-east-1", "eu-west-1")}, "/image"),
        ({"image": IMAGE.replace(":1", ":2")}, "/image"),
        ({"keep-alive-seconds": 21_601}, "/keep-alive-seconds"),
        ({"tags": {"parris:execution": "mine"}}, "/tags/parris:execution"),
        ({"on-termination": "stop-instance"}, "/on-termination"),
    ],
)  # fmt: skip
def test_a_violation_names_its_place(deps: Deps, config: Payload, path: str) -> None:
    if "instance-groups" in config:
        config = {**config, "instance-type": None}
    assert paths_of(deps, config) == [path]


def test_the_quote_has_instances_volume_and_longest_run_time(deps: Deps) -> None:
    (machine,) = parts_in(quote_of(deps, {"instance-count": 2}), "machines")
    components = parts_in(part_of(machine, "rate"), "components")
    assert [(one["part"], one["usd_per_unit"], one["quantity"]) for one in components] == [
        ("instance", "0.1150000000", 2),
        ("volume", "0.1400000000", 60),
    ]
    assert machine["title"] == "2 x ml.m5.large"
    assert machine["max_runtime_seconds"] == 36_000 - 120 - 600
    assert machine["max_runtime_from"] == "the limits of the job"


def test_a_warm_pool_is_within_the_cost_limit(deps: Deps) -> None:
    limit: Payload = {
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 2},
    }
    (cold,) = parts_in(quote_of(deps, limit), "machines")
    (warm,) = parts_in(quote_of(deps, {**limit, "keep-alive-seconds": "2h"}), "machines")
    assert Decimal(str(warm["most_usd"])) <= 2
    pool = part_of(warm, "warm_pool")
    assert pool["keep_alive_seconds"] == 7_200
    cold_seconds, warm_seconds = (
        parts_in(one, "limits")[0]["gone_by_seconds"] for one in (cold, warm)
    )
    assert isinstance(cold_seconds, int)
    assert warm_seconds == cold_seconds - 7_200


def test_a_type_without_a_price_is_rejected_where_a_limit_depends_on_it(deps: Deps) -> None:
    unpriced: Payload = {"instance-type": "ml.t3.medium"}
    quote = quote_of(deps, unpriced)
    assert quote["most_usd"] is None
    limit: Payload = {
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 2},
    }
    assert paths_of(deps, {**unpriced, **limit}) == ["/instance-type"]


@pytest.mark.parametrize("quotas", [{"ml.m5.large for training job usage": 1}])
def test_the_quota_of_the_account_is_checked(deps: Deps) -> None:
    assert paths_of(deps, {"instance-count": 2}) == ["/instance-type"]
    several: Payload = {"instance-count": 2, "instance-type": ["ml.m5.large", "ml.m5.xlarge"]}
    assert job_of(deps, {**MINE, **several}).title == "2 x ml.m5.xlarge"


@pytest.mark.parametrize(
    "quotas",
    [{"ml.m5.large for training job usage": 7, "ml.m5.xlarge for training job usage": 2}],
)
def test_a_sweep_learns_for_how_many_jobs_the_quotas_have_room(deps: Deps) -> None:
    several: Payload = {"instance-count": 2, "instance-type": ["ml.m5.large", "ml.m5.xlarge"]}
    event = {**an_event({**MINE, **several}), "stores_nothing": True}
    room = part_of(run(event, deps), "room")
    assert room["jobs"] == 3 + 1
    assert 'the quota "ml.m5.large for training job usage" in us-east-1 is 7' in str(room["why"])


def test_a_sweep_is_rejected_whose_goal_can_never_be_reported(deps: Deps) -> None:
    goal: Payload = {"metric": "loss", "direction": "minimize"}
    metrics: Payload = {"loss": "loss=([0-9.]+)"}
    assert paths_of(deps, {"sweep-goal": goal}) == ["/sweep-goal/metric"]
    assert job_of(deps, {**MINE, "sweep-goal": goal, "metrics": metrics}).sweep_goal == goal
    early: Payload = {**goal, "rungs": [1, 4], "reduction-factor": 4}
    assert paths_of(deps, {"sweep-goal": early, "metrics": metrics}) == ["/sweep-goal/rungs"]


@pytest.mark.parametrize("method", ["on-metric", "no-progress"])
def test_what_a_script_prints_ends_no_job_without_a_runner(deps: Deps, method: str) -> None:
    goal: Payload = {"metric": "loss", "direction": "minimize", "target": 0.1}
    config: Payload = {
        "termination-method": method,
        "termination-options": {"metric-goal": goal},
    }
    assert paths_of(deps, config) == ["/termination-method"]


def test_metrics_are_in_cloudwatch_without_a_key_for_it(deps: Deps) -> None:
    assert paths_of(deps, {"cloudwatch-metrics": True}) == ["/cloudwatch-metrics"]
    assert job_of(deps, {**MINE, "cloudwatch-metrics": False}).warnings == ()


def test_a_price_of_the_config_takes_the_place_of_an_unknown_one(deps: Deps) -> None:
    (machine,) = parts_in(
        quote_of(deps, {"instance-type": "ml.t3.medium", "hourly-price-usd": 0.05}), "machines"
    )
    (instance, volume) = parts_in(part_of(machine, "rate"), "components")
    assert (instance["usd_per_hour"], instance["source"]) == (
        "0.05",
        "hourly-price-usd of the config",
    )
    assert volume["part"] == "volume"


@pytest.mark.parametrize("quotas", [{"Longest run time for a training job": 86_400}])
def test_a_job_without_a_limit_ends_at_the_quota(deps: Deps) -> None:
    unlimited: Payload = {"termination-method": "on-complete"}
    assert spec_of(job_of(deps, {**MINE, **unlimited})).longest_runtime_seconds == 86_400
    assert paths_of(deps, {"termination-options": {"time-limit": 25}}) == [
        "/termination-options/time-limit"
    ]


def test_a_script_is_warned_before_it_is_paid_for_if_its_handler_would_never_run(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "train.py", b"signal.signal(signal.SIGTERM, save)\n")
    shell = ["/bin/sh", "-c", "pip install x && python3 /opt/ml/input/data/code/train.py"]

    warnings = quote_of(deps, {"entrypoint": [*shell]})["warnings"]

    assert "train.py handles SIGTERM, but never receives it" in str(warnings)
    assert quote_of(deps, {})["warnings"] == []
