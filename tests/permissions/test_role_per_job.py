"""With a role of its own, a job can access its own folder and its input data, and nothing else."""

import pytest

from tests.permissions.account import StrictAccount

TRIES = """
try() { local name=$1; shift; if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi \
> "$PARRIS_RESULTS_DIR/$name"; }
try input cat "$PARRIS_INPUT_DIR/data/one"
try read-others aws s3 cp s3://BUCKET/jobs/other/run/exit.json -
try read-root aws s3 cp s3://BUCKET/training-config.json -
try list-all aws s3 ls s3://BUCKET/jobs/
try write-others bash -c 'echo 1 | aws s3 cp - s3://BUCKET/jobs/other/run/exit.json'
try look-around aws ec2 describe-instances
"""


@pytest.mark.long
def test_a_job_with_a_role_of_its_own_reaches_its_own_things_only(account: StrictAccount) -> None:
    s3, bucket = account.aws.client("s3"), account.deployed.account.deployment.bucket
    for key in ("data/one", "jobs/other/run/exit.json", "training-config.json"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    started = account.deployed.start(
        "curious", TRIES.replace("BUCKET", bucket), input_data=[f"s3://{bucket}/data/"]
    )
    ended = account.deployed.end_of(started, 120)
    assert ended.reason == "COMPLETED"
    assert account.deployed.results_of(started) == {
        "input": "yes\n",
        "read-others": "no\n",
        "read-root": "no\n",
        "list-all": "no\n",
        "write-others": "no\n",
        "look-around": "no\n",
    }
    roles = account.aws.client("iam").list_roles(PathPrefix="/parris/")["Roles"]
    assert roles == []  # gone with its stack
