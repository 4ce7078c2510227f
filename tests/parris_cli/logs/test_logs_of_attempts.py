"""`parris logs` of a job that had several attempts, each on a machine of its own."""

import json
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from parris_cli.account.clients import Account
from parris_cli.logs.show_logs import LogsOptions, show_logs_on
from tests.parris_cli.downloads.bucket import an_account_with

JOB_ID = "iris-20310501t080000-04f2"
FOLDER = f"jobs/iris/{JOB_ID}"
FIRST, SECOND = ["step=1 loss=0.5"], ["step=2 loss=0.25", "parris: saved 1 result, 2 bytes"]


def an_ended_job(attempts: int, *, live_lines: list[str]) -> Account:
    """A job whose execution Step Functions has deleted; log.txt is that of its last machine."""
    record = {"outcome": {"attempts": [{"number": number + 1} for number in range(attempts)]}}
    account = an_account_with(
        {f"{FOLDER}/record.json": json.dumps(record), f"{FOLDER}/log.txt": "\n".join(SECOND)}
    )
    account.stepfunctions.create_state_machine(
        name="parris-training", definition="{}", roleArn="arn:aws:iam::123456789012:role/states"
    )
    group, stream = "trainers", f"iris/{JOB_ID}"
    account.logs.create_log_group(logGroupName=group)
    account.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(datetime.now(UTC).timestamp() * 1000)
    for at, line in enumerate(live_lines):
        account.logs.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[{"timestamp": now + at, "message": line}],
        )
    return account


@pytest.mark.parametrize(
    ("attempts", "live_lines", "shown"),
    [
        (1, FIRST, SECOND),
        (2, [*FIRST, *SECOND], [*FIRST, *SECOND]),
        (2, [], SECOND),  # CloudWatch Logs has deleted them
    ],
)
@mock_aws
def test_the_log_has_the_lines_of_all_attempts(
    attempts: int, live_lines: list[str], shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    account = an_ended_job(attempts, live_lines=live_lines)
    show_logs_on(account, LogsOptions(JOB_ID, None))
    assert capsys.readouterr().out.splitlines() == shown
