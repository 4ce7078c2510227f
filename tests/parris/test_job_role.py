"""With a role for each job: what it is, and what it may access."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from parris.job import Job, UserFile
from parris.targets.ec2_stack.job_role import (
    has_own_role,
    role_parameters,
    with_own_role,
)
from parris.targets.ec2_stack.stack_parameters import PARAMETER_NAMES
from tests.builders import BUCKET, a_job
from tests.parris.test_stack_parameters import SETTINGS as SHARED

MAIN = Path("templates/ec2-stack/training-stack.yaml").read_text()
PART = Path("templates/ec2-stack/job-role.yaml").read_text()
SETTINGS = dataclasses.replace(
    SHARED,
    stack_role_arn="arn:aws:iam::123456789012:role/stack",
    job_boundary_arn="arn:aws:iam::123456789012:policy/boundary",
)


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as the text behind them."""


_Loader.add_multi_constructor(
    "!", lambda loader, suffix, node: node.value if isinstance(node, yaml.ScalarNode) else None
)


def merged() -> Any:
    return yaml.load(with_own_role(MAIN, PART), _Loader)


def test_the_stack_makes_role_and_profile_and_gives_them_to_the_instance() -> None:
    resources = merged()["Resources"]
    expected = {"MachineLaunch", "TrainingInstance", "JobRole", "JobInstanceProfile"}
    assert set(resources) == expected
    instance = resources["TrainingInstance"]["Properties"]
    assert instance["IamInstanceProfile"] == "JobInstanceProfile"
    assert resources["JobRole"]["Properties"]["PermissionsBoundary"] == "JobBoundaryArn"


def test_every_parameter_of_the_stack_is_given_and_no_other() -> None:
    given = role_parameters(a_job(), SETTINGS)
    assert set(merged()["Parameters"]) == PARAMETER_NAMES | set(given)
    assert not PARAMETER_NAMES & set(given)


def test_nothing_of_it_is_in_the_template_that_has_no_role() -> None:
    assert "AWS::IAM" not in MAIN


@pytest.mark.parametrize("spoilt", ["Resources:", "IamInstanceProfile: !Ref InstanceProfileName"])
def test_templates_that_do_not_fit_together_are_an_error(spoilt: str) -> None:
    with pytest.raises(ValueError, match=r"no |takes no"):
        with_own_role(MAIN.replace(spoilt, "Other:"), PART)


def test_a_job_reaches_its_machines_own_files_and_its_input_data() -> None:
    given = role_parameters(
        a_job(
            input_data=(
                f"s3://{BUCKET}/data/",
                f"s3://{BUCKET}/one.csv",
                "s3://other/x/",
                "s3://whole-one",
            )
        ),
        SETTINGS,
    )
    arn = f"arn:aws:s3:::{BUCKET}"
    assert given["JobReadableArns"].split(",") == [
        f"{arn}/steering/${{aws:userid}}/*",
        f"{arn}/machines/${{aws:userid}}/*",
        f"{arn}/data/*",
        f"{arn}/one.csv",
        f"{arn}/one.csv/*",
        "arn:aws:s3:::other/x/*",
        "arn:aws:s3:::whole-one/*",
    ]
    assert given["JobInputBucketArns"] == "arn:aws:s3:::other,arn:aws:s3:::whole-one"
    assert given["JobListablePrefixes"].split(",") == [
        "steering/${aws:userid}/*",
        "machines/${aws:userid}/*",
        "data/*",
        "one.csv",
        "one.csv/*",
    ]
    assert given["JobWritableArn"] == f"{arn}/machines/${{aws:userid}}/*"
    assert given["JobLogStreamArn"] == (
        "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:iris/run-1"
    )


def test_no_letter_of_a_key_opens_more_than_that_key() -> None:
    given = role_parameters(a_job(input_data=(f"s3://{BUCKET}/a,b*${{x}}/",)), SETTINGS)
    assert given["JobListablePrefixes"].split(",")[2] == "a?b???x?/*"
    assert not re.search(r"\$", given["JobReadableArns"].replace("${aws:userid}", ""))


@pytest.mark.parametrize(
    ("job", "boundary", "expected"),
    [
        (a_job(), "arn", True),
        (a_job(), "", False),
        (a_job(role_name="mine"), "arn", False),
        (a_job(template=UserFile("t.yaml", "s3://b/t.yaml", "0" * 64)), "arn", False),
    ],
)
def test_a_role_is_made_unless_the_job_brings_a_role_or_a_template(
    job: Job, boundary: str, expected: bool
) -> None:
    settings = dataclasses.replace(SETTINGS, job_boundary_arn=boundary)
    assert has_own_role(job, settings) is expected
