"""A config for a real account, which an embedded AWS is to run."""

import io
from pathlib import Path

import pytest
from moto import mock_aws

from parris.payloads import Payload
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.starting.job_files import JobFiles
from parris_cli.terminal.screen import Screen
from tests.parris_cli.sample_account import an_account

HERE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/digits"
THERE = "999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/digits"
DIGEST = "0123456789abcdef" * 4


def files_with(config: Payload) -> JobFiles:
    return JobFiles(Path("job.yaml"), config, {"a": 1}, None)


@mock_aws
@pytest.mark.parametrize(
    ("uri", "tag"),
    [(f"{THERE}:2", "2"), (THERE, "latest"), (f"{THERE}@sha256:{DIGEST}", DIGEST[:16])],
)
def test_an_image_of_that_name_is_put_into_the_embedded_account(uri: str, tag: str) -> None:
    account = an_account()

    found = with_stand_in_image(account, files_with({"image": uri}), None)
    again = with_stand_in_image(account, files_with({"image": uri}), None)

    assert found.merged == again.merged == {"image": f"{HERE}:{tag}", "a": 1}
    images = account.client("ecr").describe_images(
        repositoryName="team/digits", imageIds=[{"imageTag": tag}]
    )
    assert len(images["imageDetails"]) == 1


@mock_aws
def test_what_belongs_to_a_real_account_is_left_out_and_named() -> None:
    shown = io.StringIO()
    config: Payload = {
        "image": f"{THERE}:2",
        "execution-role-arn": "arn:aws:iam::999999999999:role/team",
        "subnet-ids": ["subnet-1"],
    }

    found = with_stand_in_image(an_account(), files_with(config), Screen(shown))

    assert found.merged == {"image": f"{HERE}:2", "a": 1}
    assert "without execution-role-arn, subnet-ids" in shown.getvalue()


@mock_aws
@pytest.mark.parametrize("config", [{}, {"image": "not of ECR"}, {"image": 3}])
def test_other_configs_stay_as_they_are(config: Payload) -> None:
    files = files_with(config)

    assert with_stand_in_image(an_account(), files, None) is files
