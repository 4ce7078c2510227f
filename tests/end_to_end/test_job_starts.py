"""Schedules, rules and buttons start jobs, as docs/schedules.md and docs/iot-button.md have it."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.roles import make_role
from parris_cli.project_files import PROJECT
from tests.end_to_end.clone_copy import CloneCopy

pytestmark = pytest.mark.long

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"^output\(\) .*?; }\n", re.DOTALL | re.MULTILINE)
SECONDS = 90
JOB_NAME = "training-job-name"
BUTTON = "iotbutton/G030JF055364XVRB"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory, copy: CloneCopy) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("embedded-aws")) as running:
        started = {
            "ScheduleExpression": "rate(1 day)",
            "ScheduleInput": '{"training-job-name": "at-once"}',
            "IotTopicFilter": "iotbutton/+",
            "IotInput": '{"training-job-name": "clicked"}',
        }
        running.deploy(copy.folder / "template.yaml", "parris", started)
        yield running


def paste(page: str, copy: CloneCopy, aws: EmbeddedAws) -> str:
    """Run every shell block of a page in one shell."""
    blocks = BLOCK.findall((PROJECT / "docs" / page).read_text())
    done = copy.run("set -euvo pipefail\n" + "".join(blocks), aws.environment())
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout


def until(condition: Callable[[], Any]) -> Any:
    ends_at = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < ends_at
        time.sleep(0.3)
    return found


def executions(aws: EmbeddedAws, job_name: str, key: str = JOB_NAME) -> list[dict[str, Any]]:
    """The executions whose input has that job's name, or something else under a key."""
    steps = aws.client("stepfunctions")
    (machine,) = [
        one
        for one in steps.list_state_machines()["stateMachines"]
        if one["name"] == "parris-training"
    ]
    listed = steps.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    found = [steps.describe_execution(executionArn=one["executionArn"]) for one in listed]
    return [one for one in found if json.loads(one["input"]).get(key) == job_name]


def test_the_deployments_schedule_has_no_fixed_name_and_starts_its_job(aws: EmbeddedAws) -> None:
    (schedule,) = aws.client("scheduler").list_schedules()["Schedules"]
    assert re.fullmatch(r"parris-TrainingSchedule-\w+", schedule["Name"])
    (ended,) = until(
        lambda: [one for one in executions(aws, "at-once") if one["status"] != "RUNNING"]
    )
    assert json.loads(ended["output"])["reason"] == "COMPLETED"


def test_docs_schedules_can_be_pasted(aws: EmbeddedAws, copy: CloneCopy) -> None:
    said = paste("schedules.md", copy, aws)
    assert "ScheduleInput=" in said
    assert ":schedule/default/parris-weekly" in said
    assert ":rule/parris-after-ingest" in said
    assert len(aws.client("scheduler").list_schedules()["Schedules"]) == 1  # the deployment's own


def test_the_rule_of_the_page_starts_a_job_when_another_workflow_has_succeeded(
    aws: EmbeddedAws, copy: CloneCopy
) -> None:
    page = (PROJECT / "docs" / "schedules.md").read_text()
    output, (rule,) = OUTPUT.search(page), [one for one in BLOCK.findall(page) if "put-rule" in one]
    assert output is not None
    done = copy.run(f"set -eu\n{output[0]}{rule}", aws.environment())
    assert done.returncode == 0, done.stderr[-3000:]
    names = [one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]]
    (bucket,) = [name for name in names if name.startswith("parris-trainingbucket-")]
    config = json.dumps({JOB_NAME: "after-ingest"}).encode()
    aws.client("s3").put_object(Bucket=bucket, Key="team/retrain.json", Body=config)
    steps = aws.client("stepfunctions")
    ingest = steps.create_state_machine(
        name="ingest",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn=make_role(aws, "ingest", trusts={"Service": "states.amazonaws.com"}),
    )["stateMachineArn"]

    steps.start_execution(stateMachineArn=ingest)

    (ended,) = until(
        lambda: [
            one
            for one in executions(aws, "team/retrain.json", key="config-key")
            if one["status"] != "RUNNING"
        ]
    )
    assert json.loads(ended["output"])["reason"] == "COMPLETED"


def test_docs_iot_button_can_be_pasted_and_starts_a_job(aws: EmbeddedAws, copy: CloneCopy) -> None:
    paste("iot-button.md", copy, aws)
    (ended,) = until(
        lambda: [one for one in executions(aws, "clicked") if one["status"] != "RUNNING"]
    )
    assert json.loads(ended["output"])["reason"] == "COMPLETED"
    assert ended["name"].startswith("click-G030JF055364XVRB-SINGLE-")


def test_a_click_that_is_delivered_twice_starts_one_job(aws: EmbeddedAws) -> None:
    message = {"serialNumber": "twice", "clickType": "LONG", "messageId": "1"}
    before = len(_answers(aws))
    for _ in range(2):
        aws.client("iot-data").publish(topic=BUTTON, qos=1, payload=json.dumps(message))
    until(lambda: len(_answers(aws)) == before + 2)
    found = [one["name"] for one in executions(aws, "clicked")]
    assert len([name for name in found if name.startswith("click-twice-LONG-")]) == 1


def _answers(aws: EmbeddedAws) -> list[str]:
    """The jobs that the function has answered clicks with; the started job logs its name, too."""
    events = aws.client("logs").filter_log_events(logGroupName="/parris/parris/functions")["events"]
    lines = [one["message"] for one in events if "click-twice-" in one["message"]]
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    return [
        str(one["result"]["job_id"])
        for one in logged
        if one["message"] == "done" and "StartOnClickFunction" in one["function_name"]
    ]
