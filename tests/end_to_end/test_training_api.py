"""The training API on the embedded AWS: over HTTP, and by training/training.json."""

import json
import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.instances import await_state, describe, state_of
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from tests.end_to_end.pseudo_terminal import PseudoTerminal, command_in
from tests.end_to_end.training_site import CONFIG, EXAMPLE, TrainingSite, has_ended, is_step
from tests.patience import PATIENCE_SECONDS
from tests.training_api import DESCRIPTION, Answer, routes

DATA = "id,text,label\n1,good film,yes\n2,bad film,no\n"
WRONG = "id,text,label\n1,good film,yes\n\n1,bad film,yes\n"
UNTIL_GATE_OPENS = """
while not Path(os.environ["PARRIS_HP_GATE"]).exists():
    time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingSite]:
    aws_settings = Settings(
        shared_imports=SHARED_IMPORTS, stack_create_seconds=0.2, stack_delete_seconds=0.2
    )
    folder = tmp_path_factory.mktemp("training-api") / "aws"
    with EmbeddedAws(aws_settings, folder=folder, snapshots=snapshots_folder()) as aws:
        made = TrainingSite(aws)
        made.put("inputs/data.csv", DATA)
        yield made


def test_a_sleeping_server_trains_a_posted_data_set_and_sleeps_again(
    site: TrainingSite, tmp_path: Path
) -> None:
    assert site.status_of("text")["status"] == "sleeping"
    assert state_of(site.aws, site.server_id) == "stopped"
    gate = tmp_path / "gate"
    site.put("team/train.py", (EXAMPLE / "train.py").read_text() + UNTIL_GATE_OPENS)
    request = {
        "config": {"hyperparameters": {"epochs": 4, "gate": str(gate)}},
        "data": {"format": "csv", "content": DATA},
    }
    site.calls.hold("StartInstances")

    def post(key: str) -> Answer:
        return site.api.post("/train", request, Idempotency_Key=key)

    keys = ("first", "second")
    with ThreadPoolExecutor() as pool:
        found = dict(zip(keys, pool.map(post, keys), strict=True))
    (key,) = [key for key, one in found.items() if one.status == 202]
    (refused,) = [one for one in found.values() if one.status != 202]
    job_id = found[key].body["job_id"]
    assert found[key].headers["location"] == f"/jobs/{job_id}"
    assert (refused.status, refused.body["job_id"]) == (409, job_id)
    again = post(key)
    assert (again.status, again.body["job_id"]) == (202, job_id)
    reused = site.api.post("/train", {"data": request["data"]}, Idempotency_Key=key)
    assert (reused.status, reused.body["type"].rpartition("/")[2]) == (409, "key-reused")
    assert site.status_of("text")["status"] == "starting"
    site.calls.release("StartInstances")

    active = site.await_status("text", is_step("active"))
    assert active["job"]["job_id"] == job_id
    assert active["job"]["cost_usd"] is not None
    assert active["job"]["time_limit_seconds"] == 3600
    assert site.keys("training/") == ["training/training.json"]
    assert site.read_json("status.json")["status"] == "active"
    busy = site.api.post("/train", request)
    assert (
        busy.body["detail"]
        == f"{job_id} is running, until {active['job']['ends_by']} at the latest"
    )
    job = site.await_log(job_id, "step=4")
    assert any("accuracy=1.0" in line for line in job["log"])
    assert state_of(site.aws, site.server_id) == "running"
    site.calls.hold("StopInstances")
    gate.touch()
    stopping = site.await_status("text", is_step("stopping"))
    assert stopping["job"]["job_id"] == job_id
    site.calls.release("StopInstances")

    ended = site.await_status("text", has_ended)
    assert ended["job"]["reason"] == "COMPLETED"
    assert state_of(site.aws, site.server_id) == "stopped"
    assert site.keys("training/") == []
    stored = site.read_json("status.json")
    assert (stored["status"], stored["job"]["reason"]) == ("sleeping", "COMPLETED")
    job = site.api.get(f"/jobs/{job_id}").body
    assert [step for step, _ in job["series"]["loss"]] == [1.0, 2.0, 3.0, 4.0]
    assert job["series"]["accuracy"][-1] == [4.0, 1.0]
    files = site.api.get(f"/jobs/{job_id}/results").body["files"]
    model = next(one for one in files if one["name"] == "model.json")
    with urllib.request.urlopen(model["url"], timeout=60) as response:
        assert set(json.loads(response.read())) == {"yes", "no"}
    assert job_id in {one["job_id"] for one in site.api.get("/jobs").body["jobs"]}
    stopped = site.api.post(f"/jobs/{job_id}/stop")
    assert stopped.status == 409


@pytest.mark.long
def test_a_second_request_waits_for_its_turn_where_the_config_says_so(
    site: TrainingSite, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    site.put("team/train.py", (EXAMPLE / "train.py").read_text() + UNTIL_GATE_OPENS)
    hyperparameters = {"epochs": 2, "seconds-per-epoch": 0, "gate": str(gate)}
    request = {
        "config": {"when-busy": "queue", "hyperparameters": hyperparameters},
        "data": {"format": "csv", "content": DATA},
    }
    first, second = (site.api.post("/train", request).body["job_id"] for _ in range(2))
    active = site.await_status("text", is_step("active"))
    assert active["job"]["job_id"] == first
    listed = [one["job_id"] for one in site.api.get("/jobs").body["jobs"]]
    assert listed[:2] == [first, second]
    started_at = describe(site.aws, site.server_id)["LaunchTime"]
    gate.touch()
    site.await_status("text", lambda one: one["job"]["job_id"] == second)
    ended = site.await_status("text", has_ended)
    assert (ended["job"]["job_id"], ended["job"]["reason"]) == (second, "COMPLETED")
    assert site.api.get(f"/jobs/{first}").body["reason"] == "COMPLETED"
    assert describe(site.aws, site.server_id)["LaunchTime"] == started_at
    await_state(site.aws, site.server_id, "stopped")


@pytest.mark.long
def test_developer_mode_leaves_the_power_of_the_server_alone(site: TrainingSite) -> None:
    site.put("team/train.py", (EXAMPLE / "train.py").read_text())
    site.put("status.json", {"dev_mode": True})
    ec2 = site.aws.client("ec2")
    ec2.start_instances(InstanceIds=[site.server_id])
    await_state(site.aws, site.server_id, "running")
    request = {
        "config": {"hyperparameters": {"epochs": 2}},
        "data": {"format": "csv", "content": DATA},
    }
    accepted = site.api.post("/train", request)
    assert accepted.status == 202, accepted
    ended = site.await_status(
        "text", lambda one: has_ended(one) and one["job"]["job_id"] == accepted.body["job_id"]
    )
    assert (ended["dev_mode"], ended["job"]["reason"]) == (True, "COMPLETED")
    assert state_of(site.aws, site.server_id) == "running"
    ec2.stop_instances(InstanceIds=[site.server_id])
    await_state(site.aws, site.server_id, "stopped")
    site.put("status.json", {"dev_mode": False})


def test_all_violations_of_a_request_come_at_once_and_nothing_starts(site: TrainingSite) -> None:
    before = site.status_of("images")
    request = {
        "task_type": "images",
        "config": {"instance-type": "t3.nonsense", "instnace-type": "x"},
        "data": {"format": "csv", "content": WRONG},
    }
    refused = site.api.post("/train", request)
    assert refused.status == 422
    violations = refused.body["violations"]
    places = [(one["path"], one["row"], one["column"]) for one in violations]
    assert ("/config/instnace-type", None, None) in places
    assert places[-3:] == [
        ("/data", 3, None),
        ("/data", 4, "id"),
        ("/data", None, "label"),
    ]
    assert site.status_of("images")["job"] == before["job"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"other": 1}', 422),
        (b'{"data": {"format": "csv"}}', 422),
        (b'{"task_type": "audio"}', 422),
        (b'{"upload": "../secret"}', 422),
    ],
)
def test_requests_that_cannot_be_read(site: TrainingSite, body: bytes, status: int) -> None:
    answer = site.api.ask("POST", "/train", body, {"Content-Type": "application/json"})
    assert answer.status == status, answer


def test_the_api_serves_its_page_to_everyone_and_once(site: TrainingSite) -> None:
    page = site.api.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Training server" in page.body
    assert f"connect-src 'self' {site.aws.endpoint_url};" in page.headers["content-security-policy"]
    again = site.api.ask("GET", "/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status, again.body) == (304, "")
    assert site.api.get("/page/settings.json").body["notice"] is None


def test_a_person_serves_the_page_until_ctrl_c(
    site: TrainingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site.aws.environment().items():
        monkeypatch.setenv(name, value)
    terminal = PseudoTerminal(80)
    with command_in(terminal, ["serve", "--port", "0"]) as serving:
        terminal.wait_for("Ctrl-C")
        (url,) = re.findall(r"http://127\.0\.0\.1:\d+\S*", terminal.raw)
        with urllib.request.urlopen(url) as page:
            assert page.status == 200
        terminal.press_ctrl_c()
        out, _ = serving.communicate(timeout=PATIENCE_SECONDS)
    assert (serving.returncode, out) == (0, ""), terminal.raw
    assert terminal.shown()[-1].endswith("parris  shutting down")


def test_what_does_not_exist_is_not_found(site: TrainingSite) -> None:
    for path in (
        "/page/none",
        "/jobs/none",
        "/jobs/none/results",
        "/status?task_type=audio",
        "/jobs/a%20b",
    ):
        assert site.api.get(path).status == 404
    assert site.api.post("/jobs/none/stop").status == 404


def test_a_large_data_set_is_uploaded_and_checked_by_the_execution(site: TrainingSite) -> None:
    opened = site.api.post("/uploads", {"task_type": "images", "format": "csv"})
    assert opened.status == 201
    form = opened.body
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form["fields"].items()
    ]
    file = f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{WRONG}'
    body = ("".join(parts) + file + "\r\n--b--\r\n").encode()
    upload = urllib.request.Request(form["url"], body, method="POST")
    upload.add_header("Content-Type", "multipart/form-data; boundary=b")
    with urllib.request.urlopen(upload, timeout=60) as response:
        assert response.status == 204
    accepted = site.api.post("/train", {"task_type": "images", "upload": form["upload"]})
    assert accepted.status == 202, accepted
    ended = site.await_status("images", has_ended)
    assert ended["job"]["reason"] == "CONFIG_REJECTED"
    assert "row 3: this row is empty" in ended["job"]["cause"]
    assert "row 4, column id: row 2 has the same id" in ended["job"]["cause"]


def test_a_file_starts_a_job_and_its_deletion_stops_it(site: TrainingSite) -> None:
    site.put("images/training/training.json", "{")
    status = site.await_status("images", lambda one: one["message"] is not None)
    assert "did not start a job" in status["message"]
    site.put("images/training/training.json", {"data-set": f"s3://{site.bucket}/inputs/data.csv"})
    active = site.await_status("images", is_step("active"))
    assert active["message"] is None
    site.await_log(active["job"]["job_id"], "accuracy")
    site.s3.delete_object(Bucket=site.bucket, Key="images/training/training.json")
    ended = site.await_status("images", has_ended)
    assert (ended["job"]["job_id"], ended["job"]["reason"]) == (active["job"]["job_id"], "ABORTED")
    files = site.api.get(f"/jobs/{ended['job']['job_id']}/results").body["files"]
    assert "model.json" in {one["name"] for one in files}


def test_a_job_is_stopped_over_http(site: TrainingSite) -> None:
    data = {"format": "csv", "content": DATA}
    accepted = site.api.post("/train", {"task_type": "images", "data": data})
    assert accepted.status == 202, accepted
    site.await_status("images", is_step("active"))
    stopped = site.api.post(f"/jobs/{accepted.body['job_id']}/stop")
    assert (stopped.status, stopped.body["step"]) == (202, "stopping")
    ended = site.await_status("images", has_ended)
    assert (ended["job"]["job_id"], ended["job"]["reason"]) == (accepted.body["job_id"], "ABORTED")
    assert ended["job"]["cause"]


SAMPLE, MANY = 5, 300


@pytest.mark.parametrize(
    "count", [SAMPLE, pytest.param(MANY, marks=pytest.mark.long)], ids=["sample", "many"]
)
@pytest.mark.parametrize("route", sorted(routes()))
def test_no_request_fails_or_has_a_response_that_is_not_described(
    site: TrainingSite, route: str, count: int
) -> None:
    # Installed apart from the other packages, so that only this test needs it.
    from schemathesis import GenerationMode, openapi
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    # No job starts: what is wrong with these configs are only the configs themselves.
    site.put("training-config.json", {**CONFIG, "training-script-filename": "team/none.py"})
    method, path = route.split(" ")
    operation = openapi.from_dict(DESCRIPTION)[path][method]
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    required = [
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.status_code_conformance,
        not_a_server_error,
    ]

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=st.one_of(modes))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=site.api.url, checks=required)

    send()
