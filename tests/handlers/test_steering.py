"""WaitForRunning gives a machine the files that it waits for, once, where no machine writes."""

import hashlib
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest

import wait_for_running
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import ConfigInvalidError, LaunchFailedError
from parris.job import Job, UserFile
from parris.payloads import Payload, part_of
from parris.targets.ec2_stack.steering import steer_machine
from parris.targets.runner_files import runner_archive
from parris.timestamps import parse_timestamp
from tests.builders import BUCKET, a_job
from tests.handlers.conftest import ec2_of, put_json, settings_of, with_settings
from tests.handlers.test_ending import NOW, launched, until

BODY = b"sleep 600\n"
SCRIPT = UserFile("train.sh", f"s3://{BUCKET}/train.sh", hashlib.sha256(BODY).hexdigest())


def check(deps: Deps, state: dict[str, Any]) -> Payload:
    state["run"] = wait_for_running.run({"state": state, "now": NOW}, deps)
    found: Payload = state["run"]
    return found


def running(deps: Deps, aws: EmbeddedAws, job: Job) -> dict[str, Any]:
    state = launched(deps, aws, job)
    until(lambda: check(deps, state), "status", "running")
    return state


def keys_in(aws: EmbeddedAws, prefix: str) -> list[str]:
    listed = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"] for one in listed.get("Contents", [])]


def role_id(aws: EmbeddedAws) -> str:
    return str(aws.client("iam").get_role(RoleName="trainers")["Role"]["RoleId"])


def test_the_files_lie_where_the_role_and_the_instance_are_named(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = running(deps, aws, a_job(script=SCRIPT, hyperparameters={"epochs": 3}))

    user_id = f"{role_id(aws)}:{state['run']['machine_id']}"
    assert state["run"]["machine_prefix"] == f"machines/{user_id}"
    job_file = deps.aws.bucket.read_json(f"steering/{user_id}/job.json")
    assert job_file is not None
    assert job_file["prefix"] == f"machines/{user_id}"
    assert job_file["hyperparameters"] == {"epochs": 3}
    assert job_file["script"] == {"filename": "train.sh", "sha256": SCRIPT.sha256}
    assert job_file["termination_limit_minutes"] == 60
    limits = part_of(job_file, "limits")
    assert limits["ends_at_seconds"] == 3600 - 120 - 60
    assert limits["gone_at_seconds"] == 3600
    assert job_file["sync_interval_seconds"] == 300
    assert deps.aws.bucket.read(f"steering/{user_id}/train.sh") == BODY
    assert deps.aws.bucket.read(f"steering/{user_id}/bootstrap.sh") is not None
    assert deps.aws.bucket.read_json("jobs/iris/run-1/machine.json") == {
        "machine_id": state["run"]["machine_id"],
        "prefix": f"machines/{user_id}",
    }
    assert [key for key in keys_in(aws, "jobs/") if "record" not in key] == [
        "jobs/iris/run-1/machine.json"
    ]


def test_the_bootstrap_is_written_last_and_after_the_note(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", BODY)
    written: list[str] = []
    write = deps.aws.bucket.write
    deps.aws.bucket.write = lambda key, body: (written.append(key), write(key, body))[1]  # type: ignore[method-assign, func-returns-value]

    steer_machine(ec2_of(deps), settings_of(deps), a_job(script=SCRIPT), "i-1", "trainers")

    assert written[0] == "jobs/iris/run-1/machine.json"
    assert written[-1] == f"steering/{role_id(aws)}:i-1/bootstrap.sh"
    assert len(written) == len(set(written))


def test_they_are_written_once(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, aws, a_job(script=SCRIPT))
    for key in keys_in(aws, "steering/"):
        aws.client("s3").delete_object(Bucket=BUCKET, Key=key)
    before = state["run"]

    assert check(deps, state) == before
    assert keys_in(aws, "steering/") == []


def test_another_machine_of_the_job_gets_its_own(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    state["run"] = {"machine_id": "i-before", "machine_prefix": "machines/AROA1:i-before"}
    until(lambda: check(deps, state), "status", "running")
    assert state["run"]["machine_prefix"] == f"machines/{role_id(aws)}:{state['run']['machine_id']}"


def test_the_deployments_own_role_needs_no_question(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", BODY)
    configured = with_settings(deps, {"PARRIS_TRAINERS_ROLE_ID": "AROA0TOLD"})
    job = a_job(script=SCRIPT)
    prefix = steer_machine(ec2_of(configured), settings_of(configured), job, "i-1", "trainers")
    assert prefix == "machines/AROA0TOLD:i-1"


def test_a_script_that_changed_meanwhile_is_not_handed_over(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", b"exit 1\n")
    with pytest.raises(ConfigInvalidError, match="changed after validation"):
        steer_machine(ec2_of(deps), settings_of(deps), a_job(script=SCRIPT), "i-1", "trainers")
    assert keys_in(aws, "steering/") == []


@pytest.mark.parametrize("profile", ["", "of-nobody"])
def test_a_machine_without_a_role_is_a_failed_launch(
    deps: Deps, aws: EmbeddedAws, profile: str
) -> None:
    put_json(aws, "train.sh", BODY)
    with pytest.raises(LaunchFailedError, match="has no role"):
        steer_machine(ec2_of(deps), settings_of(deps), a_job(script=SCRIPT), "i-1", profile)


def test_only_the_machines_own_report_counts(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, aws, a_job(script=SCRIPT))
    forged: Payload = {
        "exit_status": 0,
        "signal": None,
        "ended_by": "script",
        "ended_at": "2026-11-21T00:00:00Z",
        "last_log_lines": [],
        "results": {"object_count": 0, "total_bytes": 0, "complete": True},
        "is_final": True,
    }
    for place in ("jobs/iris/run-1", f"machines/{role_id(aws)}:i-0123456789abcdef0"):
        put_json(aws, f"{place}/exit.json", forged)
    target = deps.target("ec2-stack")
    job = Job.from_state(state)
    seen = target.observe(job, str(state["run"]["machine_id"]), a_moment(state), None)
    assert seen.exit is None
    put_json(aws, job.folder.exit_key, forged)
    seen = target.observe(job, str(state["run"]["machine_id"]), a_moment(state), None)
    assert seen.exit is not None
    # The files of a run that ended before its state steered the machine are already there.
    unknown = Job.from_payload(state["job"])
    assert target.observe(unknown, str(state["run"]["machine_id"]), a_moment(state), None) == seen


def a_moment(state: dict[str, Any]) -> datetime:
    return parse_timestamp(str(state["run"]["launched_at"]))


def test_the_runner_is_one_archive_of_all_its_modules(deps: Deps) -> None:
    modules = {path.name for path in (deps.settings.layers_root / "runner").glob("*.py")}
    archive = runner_archive(deps.settings.layers_root / "runner")
    assert archive == runner_archive(deps.settings.layers_root / "runner")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert set(opened.namelist()) == modules
        # The same modules make the same bytes, whenever they are packed.
        assert {one.date_time for one in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
