"""What SageMaker would reject, from the config alone: each violation with its path."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from parris.settings import Settings
from parris.targets.sagemaker.check_access import (
    find_network_violations,
    find_role_violations,
    find_uri_violations,
)
from parris.targets.sagemaker.check_container import (
    argument_warnings,
    find_container_violations,
    isolation_warnings,
)
from parris.targets.sagemaker.check_instances import find_instance_violations
from parris.validation.violations import Violation

ROLE = "arn:aws:iam::123456789012:role/training"
SETTINGS = Settings(
    deployment="parris",
    region="us-east-1",
    training_bucket="training",
    jobs_table="jobs",
    trainer_log_group="trainers",
    layers_root=Path("/opt"),
    shared_folders=("team", "data"),
    input_buckets=("our-data",),
)


def paths(violations: Iterable[Violation]) -> list[str]:
    return [one.path for one in violations]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"instance-type": "ml.m5.large"}, []),
        ({}, ["/instance-type"]),
        ({"instance-groups": [{"name": "a", "instance-type": "ml.m5.large"}]}, []),
        (
            {"instance-groups": [{"name": "a"}], "instance-type": "x", "instance-count": 2},
            ["/instance-type", "/instance-count"],
        ),
        ({"instance-groups": [{"name": "a"}, {"name": "a"}]}, ["/instance-groups/1/name"]),
        (
            {"instance-type": "x", "purchase-option": "spot", "keep-alive-seconds": 600},
            ["/keep-alive-seconds"],
        ),
        (
            {"instance-groups": [{"name": "a"}], "keep-alive-seconds": 600},
            ["/keep-alive-seconds"],
        ),
        ({"instance-type": "x", "max-wait": 3}, ["/max-wait"]),
        ({"instance-type": "x", "max-wait": 3, "purchase-option": "spot"}, []),
    ],
)
def test_keys_for_instances_exclude_each_other(config: Any, expected: list[str]) -> None:
    assert paths(find_instance_violations(config, set())) == expected


def test_an_invalid_key_is_not_also_missing() -> None:
    assert paths(find_instance_violations({}, {"instance-type"})) == []
    assert paths(find_instance_violations({"max-wait": 3}, {"purchase-option"})) == [
        "/instance-type"
    ]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"hyperparameters": {"a": "x" * 2500, "b": 1}}, []),
        ({"hyperparameters": {"a": "x" * 2501}}, ["/hyperparameters/a"]),
        ({"hyperparameters": {"a": ["x" * 2496]}}, []),
        ({"hyperparameters": {"a": ["x" * 2497]}}, ["/hyperparameters/a"]),
        ({"hyperparameters": {str(n): n for n in range(100)}}, []),
        ({"hyperparameters": {str(n): n for n in range(101)}}, ["/hyperparameters"]),
        (
            {"hyperparameters": {"a": "one\ntwo", "b": "one\u2028two"}},
            ["/hyperparameters/a", "/hyperparameters/b"],
        ),
        ({"hyperparameters": {"a": ["one\ntwo"]}}, []),
        ({"hyperparameters": {"one\ntwo": 1}}, ["/hyperparameters/one\\u000atwo"]),
        ({"arguments": ["--a", "one\ntwo"]}, ["/arguments/1"]),
        ({"entrypoint": ["sh", "-c", "one\ntwo"]}, ["/entrypoint/2"]),
        ({"environment": {"A": "one\ntwo"}}, []),
        ({"environment": {"A": "x" * 512}}, []),
        ({"environment": {"A": "x" * 513}}, ["/environment/A"]),
        ({"environment": {f"V{n}": "" for n in range(91)}}, ["/environment"]),
        ({"metrics": {"loss": "x" * 500}}, []),
        ({"metrics": {"loss": "x" * 501}}, ["/metrics/loss"]),
        ({"metrics": {"loss": "a\nb"}}, ["/metrics/loss"]),
        ({"metrics": {f"m{n}": "x" for n in range(41)}}, ["/metrics"]),
        ({"input-data": ["s3://training/data/"]}, ["/input-data"]),
    ],
)
def test_the_container_gets_what_sagemaker_accepts(config: Any, expected: list[str]) -> None:
    assert paths(find_container_violations(config)) == expected


def test_no_message_contains_a_hyperparameter_or_a_variable() -> None:
    secret = "s3cret" * 500
    config: Any = {"hyperparameters": {"a": secret}, "environment": {"A": secret}}
    messages = [str(one) for one in find_container_violations(config)]
    assert len(messages) == 2
    assert not any("s3cret" in one for one in messages)


def test_requirements_cannot_be_installed_without_a_network() -> None:
    isolated: Any = {"network-isolation": True, "code-archive": "team/code.tar.gz"}
    (warning,) = isolation_warnings(isolated)
    assert "requirements.txt" in warning
    assert isolation_warnings({**isolated, "network-isolation": False}) == ()


@pytest.mark.parametrize(
    ("config", "is_warned"),
    [
        ({"hyperparameters": {"a": "x" * 256, "b": ""}}, False),
        ({"hyperparameters": {"a": "x" * 257}}, True),
        ({"hyperparameters": {str(n): n for n in range(51)}}, True),
        ({"hyperparameters": {str(n): n for n in range(50)}, "arguments": ["-v"]}, True),
        ({"hyperparameters": {"a": "x" * 257}, "entrypoint": ["python3", "train.py"]}, False),
    ],
)
def test_who_gets_no_hyperparameters_as_arguments_is_warned(config: Any, is_warned: bool) -> None:
    with_script = {"training-script-filename": "train.py", **config}
    assert any("hyperparameters.json" in one for one in argument_warnings(with_script)) is is_warned
    # Without one, the image's own command gets none in any case.
    assert argument_warnings(config) == ()


def test_only_an_allowed_role_may_be_named() -> None:
    assert paths(find_role_violations({"execution-role-arn": ROLE}, [ROLE])) == []
    (violation,) = find_role_violations({"execution-role-arn": ROLE}, [])
    assert violation.path == "/execution-role-arn"
    assert "AllowedSageMakerRoleArns" in violation.expected


@pytest.mark.parametrize(
    ("key", "missing"),
    [("subnet-ids", "/security-group-ids"), ("security-group-ids", "/subnet-ids")],
)
def test_subnets_and_security_groups_are_given_together(key: str, missing: str) -> None:
    assert paths(find_network_violations({key: ["x"]}, set())) == [missing]
    assert paths(find_network_violations({key: ["x"]}, {missing[1:]})) == []
    both: Any = {"subnet-ids": ["x"], "security-group-ids": ["y"]}
    assert paths(find_network_violations(both, set())) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"input-channels": {"train": "s3://our-data/iris/"}}, []),
        ({"input-channels": {"train": {"uri": "s3://training/uploads/iris/"}}}, []),
        ({"input-channels": {"train": "s3://theirs/iris/"}}, ["/input-channels/train"]),
        ({"output-uri": "s3://training/team/models/"}, []),
        ({"output-uri": "s3://training/teams/"}, ["/output-uri"]),
        ({"output-uri": "s3://training/jobs/other/"}, ["/output-uri"]),
        ({"checkpoint-uri": "s3://theirs/team/"}, ["/checkpoint-uri"]),
    ],
)
def test_the_folders_of_a_job_are_those_that_its_role_can_use(
    config: Any, expected: list[str]
) -> None:
    assert paths(find_uri_violations(config, SETTINGS, set())) == expected


def test_what_a_role_of_the_users_own_can_use_is_not_known() -> None:
    config: Any = {"execution-role-arn": ROLE, "input-channels": {"train": "s3://theirs/iris/"}}
    assert paths(find_uri_violations(config, SETTINGS, set())) == []
