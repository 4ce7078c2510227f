"""What a user needs to run jobs: actions on resources, tags, and roles to pass."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import (
    DEFINITION,
    QUEUE,
    ec2_resources,
    make_environment,
    make_queue,
    properties_of,
    register,
)
from embedded_aws_helpers.roles import allow, client_that_may

ACCOUNT = "us-east-1:123456789012"
JOB_ROLE = "arn:aws:iam::123456789012:role/job"


SUBMIT = allow(
    "batch:SubmitJob",
    [f"arn:aws:batch:{ACCOUNT}:job-queue/queue", f"arn:aws:batch:{ACCOUNT}:job-definition/*"],
    Condition={"StringEquals": {"aws:RequestTag/team": "a"}},
)
TAG = allow("batch:TagResource", f"arn:aws:batch:{ACCOUNT}:job/*")
END = allow(
    "batch:TerminateJob",
    f"arn:aws:batch:{ACCOUNT}:job/*",
    Condition={"StringEquals": {"aws:ResourceTag/team": "a"}},
)


@pytest.fixture
def batch_aws(strict_aws: EmbeddedAws) -> EmbeddedAws:
    make_queue(strict_aws, QUEUE, make_environment(strict_aws, "e", **ec2_resources(strict_aws)))
    register(strict_aws)
    return strict_aws


def test_a_job_may_be_submitted_with_its_tags_and_ended_by_them(batch_aws: EmbeddedAws) -> None:
    batch = client_that_may(batch_aws, "batch", SUBMIT, TAG, END)
    given = {"jobName": "job", "jobQueue": QUEUE, "jobDefinition": DEFINITION}
    with pytest.raises(ClientError, match="SubmitJob"):
        batch.submit_job(**given, tags={"team": "b"})
    own = batch.submit_job(**given, tags={"team": "a"})["jobId"]
    others = batch_aws.client("batch").submit_job(**given)["jobId"]
    batch.terminate_job(jobId=own, reason="enough")
    with pytest.raises(ClientError, match="TerminateJob"):
        batch.terminate_job(jobId=others, reason="enough")


def test_of_several_jobs_one_that_may_not_be_ended_is_an_error_and_stops_no_other(
    batch_aws: EmbeddedAws,
) -> None:
    batch = client_that_may(batch_aws, "batch", SUBMIT, TAG, END)
    given = {"jobName": "job", "jobQueue": QUEUE, "jobDefinition": DEFINITION}
    own = batch.submit_job(**given, tags={"team": "a"})["jobId"]
    others = batch_aws.client("batch").submit_job(**given)["jobId"]
    done = batch.terminate_jobs(jobs=[others, own], reason="enough")
    assert done["successful"] == [own]
    (error,) = done["errors"]
    assert (error["job"], error["code"]) == (others, "AccessDenied")
    assert "not authorized to perform: batch:TerminateJob" in error["message"]
    described = batch_aws.client("batch").describe_jobs(jobs=[others])["jobs"][0]
    assert "statusReason" not in described


def test_a_definition_needs_the_right_to_pass_its_roles(batch_aws: EmbeddedAws) -> None:
    rights = [allow("batch:RegisterJobDefinition", "*")]
    condition = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    passing = [*rights, allow("iam:PassRole", JOB_ROLE, Condition=condition)]
    given = {
        "jobDefinitionName": "train",
        "type": "container",
        "containerProperties": properties_of(["train"], jobRoleArn=JOB_ROLE),
    }
    without = client_that_may(batch_aws, "batch", *rights)
    with pytest.raises(ClientError, match="PassRole"):
        without.register_job_definition(**given)
    client_that_may(batch_aws, "batch", *passing).register_job_definition(**given)


def test_tags_of_a_job_need_the_right_to_tag(batch_aws: EmbeddedAws) -> None:
    batch = client_that_may(batch_aws, "batch", SUBMIT)
    with pytest.raises(ClientError, match="TagResource"):
        batch.submit_job(
            jobName="job", jobQueue=QUEUE, jobDefinition=DEFINITION, tags={"team": "a"}
        )
