"""training/training.json: created, created twice, deleted by a person, deleted by Parris itself."""

import dataclasses
import json
from typing import Any

import pytest

import training_api_start
import training_api_status
import training_api_stop
from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine
from parris.entrypoint import Deps
from parris.payloads import Payload
from parris.timestamps import parse_timestamp
from parris.training_api.begin_training import Place, claim_place, wait_behind
from parris.training_api.find_job import execution_arn_of
from parris.training_api.http_request import HttpRequest
from parris.training_api.task_jobs import TaskRequest
from parris.training_api.task_type import TaskType
from tests.builders import BUCKET
from tests.handlers.conftest import put_json, with_settings
from tests.handlers.virtual_time import let_pass

KEY = "training/training.json"
AT = "2031-05-01T12:00:00Z"
CONFIG: Payload = {"training-job-name": "posted"}


@pytest.fixture
def api(deps: Deps, aws: EmbeddedAws) -> Deps:
    machine = create_machine(aws, {"Work": {"Type": "Wait", "Seconds": 5, "End": True}})
    return with_settings(deps, state_machine_arn=machine, task_types=("text", "images"))


def event(sequencer: str, etag: str = "", key: str = KEY) -> Payload:
    described: Payload = {"key": key, "sequencer": sequencer, "etag": etag}
    return {"time": AT, "detail": {"object": described}}


def put_request(aws: EmbeddedAws, content: Any = CONFIG) -> str:
    put_json(aws, KEY, content)
    found = aws.client("s3").head_object(Bucket=BUCKET, Key=KEY)
    return str(found["ETag"]).strip('"')


def executions(aws: EmbeddedAws, api: Deps) -> list[dict[str, Any]]:
    machine = api.settings.state_machine_arn
    found = aws.client("stepfunctions").list_executions(stateMachineArn=machine)
    return list(found["executions"])


def keys(aws: EmbeddedAws) -> set[str]:
    found = aws.client("s3").list_objects_v2(Bucket=BUCKET)
    return {one["Key"] for one in found.get("Contents", [])}


def status(aws: EmbeddedAws) -> Any:
    body = aws.client("s3").get_object(Bucket=BUCKET, Key="status.json")["Body"].read()
    return json.loads(body)


def test_a_file_starts_one_job_however_often_its_event_comes(api: Deps, aws: EmbeddedAws) -> None:
    created = event("0A", put_request(aws))
    started = training_api_start.run(created, api)
    assert training_api_start.run(created, api) == started
    (execution,) = executions(aws, api)
    assert execution["name"] == started["job_id"]
    assert (status(aws)["status"], status(aws)["task_type"]) == ("starting", "text")
    let_pass(6)
    assert training_api_start.run(created, api) == started
    assert len(executions(aws, api)) == 1


def test_a_file_that_is_gone_or_of_no_kind_starts_nothing(api: Deps, aws: EmbeddedAws) -> None:
    assert training_api_start.run(event("0A"), api)["job_id"] is None
    assert training_api_start.run(event("0A", key=f"audio/{KEY}"), api)["job_id"] is None
    assert executions(aws, api) == []


def test_a_file_that_is_no_config_says_so_in_the_status(api: Deps, aws: EmbeddedAws) -> None:
    training_api_start.run(event("0A", put_request(aws, b"{")), api)
    assert "did not start a job" in status(aws)["message"]
    assert executions(aws, api) == []


def test_developer_mode_reaches_the_job_and_stays(api: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "status.json", {"dev_mode": True})
    training_api_start.run(event("0A", put_request(aws)), api)
    (execution,) = executions(aws, api)
    described = aws.client("stepfunctions").describe_execution(
        executionArn=execution["executionArn"]
    )
    assert json.loads(described["input"])["dev-mode"] is True
    assert status(aws)["dev_mode"] is True


def test_our_own_deletion_after_the_end_stops_nothing(api: Deps, aws: EmbeddedAws) -> None:
    training_api_start.run(event("0A", put_request(aws)), api)
    let_pass(6)
    training_api_status.refresh_all({"time": AT}, api)
    assert KEY not in keys(aws)
    assert status(aws)["status"] == "sleeping"
    stopped = training_api_stop.on_deletion(event("0B"), api)
    assert stopped == {"was_stopped": False, "why": "the job has ended"}


def test_a_late_deletion_does_not_stop_the_next_job(api: Deps, aws: EmbeddedAws) -> None:
    training_api_start.run(event("0A", put_request(aws)), api)
    let_pass(6)
    training_api_start.run(event("0C", put_request(aws, {**CONFIG, "_": "next"})), api)
    stopped = training_api_stop.on_deletion(event("0B"), api)
    assert stopped["why"] == "the file of the present job was not deleted"


def test_the_file_of_the_next_job_is_not_deleted_for_the_last_one(
    api: Deps, aws: EmbeddedAws
) -> None:
    training_api_start.run(event("0A", put_request(aws)), api)
    let_pass(6)
    put_request(aws, {**CONFIG, "_": "next"})
    training_api_status.refresh_all({"time": AT}, api)
    assert KEY in keys(aws)


def test_a_status_that_a_person_has_spoilt_is_written_again(api: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "status.json", b"[1")
    training_api_status.refresh_all({"time": AT}, api)
    assert status(aws)["status"] == "sleeping"


def test_a_deletion_before_the_job_has_begun_is_tried_again(api: Deps, aws: EmbeddedAws) -> None:
    training_api_start.run(event("0A", put_request(aws)), api)
    with pytest.raises(Exception, match="has not begun yet"):
        training_api_stop.on_deletion(event("0B"), api)


def test_two_requests_at_once_give_one_job(api: Deps) -> None:
    table = api.aws.task_types_table
    first, second, third = (request(name) for name in ("one", "two", "three"))
    assert table.claim("text", first, None)
    assert not table.claim("text", second, None)
    assert table.claim("text", first, None)
    ended = table.find("text")
    assert table.claim("text", second, ended)
    assert not table.claim("text", third, ended)


def test_nobody_takes_the_place_of_a_job_that_has_just_begun_to_wait(api: Deps) -> None:
    table = api.aws.task_types_table
    table.claim("text", request("one"), None)
    seen = table.find("text")
    assert seen is not None
    assert table.set_waiting("text", seen, (request("two"),))
    assert not table.set_waiting("text", seen, (request("three"),))
    assert not table.claim("text", request("four"), seen)


def test_the_kind_shows_the_job_that_waited_when_its_turn_has_come(
    api: Deps, aws: EmbeddedAws
) -> None:
    first = training_api_start.run(event("0A", put_request(aws)), api)["job_id"]
    etag = put_request(aws, {**CONFIG, "_": "next"})
    wait_in_queue(api, "next", TaskRequest("next", "", parse_timestamp(AT), etag, "0B"))
    assert status(aws)["job"]["job_id"] == first
    let_pass(3)
    start(api, "next")
    assert listed(api) == [first, "next"]
    let_pass(3)
    training_api_status.refresh_all({"time": AT}, api)
    assert (status(aws)["status"], status(aws)["job"]["job_id"]) == ("starting", "next")
    assert KEY in keys(aws)
    with pytest.raises(Exception, match="next has not begun yet"):
        training_api_stop.on_deletion(event("0C"), api)
    let_pass(6)
    training_api_status.refresh_all({"time": AT}, api)
    assert (status(aws)["status"], status(aws)["job"]["job_id"]) == ("sleeping", "next")
    assert KEY not in keys(aws)
    assert training_api_stop.on_deletion(event("0C"), api)["why"] == "the job has ended"


def test_a_queue_that_is_full_takes_no_more_jobs(api: Deps) -> None:
    kind, now = TaskType("text", is_default=True), parse_timestamp(AT)
    machine, table = api.settings.state_machine_arn, api.aws.task_types_table
    assert claim_place(kind, "first", machine, api.aws, now).is_free
    busy = claim_place(kind, "other", machine, api.aws, now)
    assert busy.holder == "first"
    alone = table.find("text")
    assert alone is not None
    table.set_waiting("text", alone, tuple(request(f"{number}") for number in range(49)))
    found = [wait_behind(kind, request(one), busy, api.aws, now).is_free for one in ("a", "b", "a")]
    assert found == [True, False, True]


def request(job_id: str) -> TaskRequest:
    return TaskRequest(job_id, f"arn:{job_id}", parse_timestamp(AT))


def start(api: Deps, job_id: str) -> None:
    api.aws.executions.start(api.settings.state_machine_arn, job_id, "{}")


def wait_in_queue(api: Deps, job_id: str, given: TaskRequest) -> None:
    arn = execution_arn_of(job_id, api.settings.state_machine_arn)
    waiting = dataclasses.replace(given, execution_arn=arn)
    kind, now = TaskType("text", is_default=True), parse_timestamp(AT)
    assert wait_behind(kind, waiting, Place("first"), api.aws, now).is_free


def listed(api: Deps) -> list[str]:
    asked = HttpRequest("GET /jobs", {}, {}, {}, b"", "", "id", parse_timestamp(AT))
    content: Any = training_api_status.list_jobs(asked, api).content
    return [one["job_id"] for one in content["jobs"]]
