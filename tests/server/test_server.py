"""The service of a training server, on a simulated machine: real processes, systemd's stand-in.

What systemd itself does (a user of the job's own, IPAddressDeny) needs a real one: tests of the
units' text say that it is asked for. All but three of these tests take long.
"""

import hashlib
import io
import json
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.processes import send
from embedded_aws_helpers.instances import await_state
from embedded_aws_helpers.waiting import wait_until
from tests.server.site import ServerSite

ENDLESS = 'echo begun > "$PARRIS_RESULTS_DIR/begun"\nwhile :; do sleep 0.1; done\n'
SAVES = f"""trap 'echo saved > "$PARRIS_RESULTS_DIR/model"; exit 0' TERM\n{ENDLESS}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSite]:
    folder = tmp_path_factory.mktemp("server")
    settings = Settings(stack_create_seconds=0, stack_delete_seconds=0, enforce_roles=True)
    with EmbeddedAws(settings, folder=folder / "aws") as aws:
        made = ServerSite(aws, folder)
        made.set_up()
        made.start()
        yield made


def test_a_job_runs_and_reports_and_leaves_nothing(site: ServerSite) -> None:
    machine_id = site.hand_over('echo "$HOME" > "$PARRIS_RESULTS_DIR/home"\n')
    ended = site.await_end(machine_id)
    report = site.report(machine_id)
    assert report is not None, site.log()
    assert (report["ended_by"], report["exit_status"]) == ("script", 0)
    assert (ended["how"], ended["kept_folder"]) == ("exited", None)
    assert site.results(machine_id) == {"home": f"{site.job_folder(machine_id)}\n"}
    acknowledged = site.marker(machine_id, "acknowledged.json")
    assert acknowledged is not None
    assert acknowledged["machine_id"] == machine_id
    assert not site.job_folder(machine_id).exists()
    site.release()


def test_a_released_job_is_killed_and_its_unsaved_results_are_kept(site: ServerSite) -> None:
    machine_id = site.hand_over(f"trap '' TERM\n{ENDLESS}")
    site.await_training(machine_id)
    site.release()
    ended = site.await_end(machine_id)
    assert ended["how"] == "killed"
    assert Path(ended["kept_folder"]) == site.job_folder(machine_id)
    assert (site.job_folder(machine_id) / "results" / "begun").exists()
    assert site.processes("parris-job.service") == set()


def test_a_service_that_is_killed_continues_with_its_job(site: ServerSite) -> None:
    machine_id = site.hand_over(SAVES)
    site.await_training(machine_id)
    for pid in site.processes("parris-server.service"):
        send(pid, signal.SIGKILL)
    # The job has its credentials from the new service at the old address.
    address, token = credentials_of_the_job(site)
    wait_until(lambda: status_of(address, token) == 200)
    assert status_of(address, "another token") == 403
    site.put(f"steering/{site.role_id}:{machine_id}/stop.json", b"{}")
    assert site.await_end(machine_id)["how"] == "exited"
    assert site.results(machine_id) == {"begun": "begun\n", "model": "saved\n"}
    site.release()


@pytest.mark.long
def test_the_timer_ends_the_job_and_leaves_a_server_that_ran_before(site: ServerSite) -> None:
    machine_id = site.hand_over(SAVES, seconds=6)
    ended = site.await_end(machine_id)
    assert ended["how"] == "deadline", site.log()
    assert site.results(machine_id) == {"begun": "begun\n", "model": "saved\n"}
    assert site.state() == "running"
    site.release()


@pytest.mark.long
def test_a_restarted_server_saves_what_is_on_its_disk(site: ServerSite) -> None:
    machine_id = site.hand_over(f"trap '' TERM\n{ENDLESS}")
    site.await_training(machine_id)
    for pid in runners(site):
        send(pid, signal.SIGKILL)
    ended = site.await_end(machine_id)
    report = site.report(machine_id)
    assert ended["how"] == "server-restarted"
    assert report is not None
    assert (report["ended_by"], report["signal"]) == ("signal", "SIGKILL")
    assert site.results(machine_id) == {"begun": "begun\n"}
    site.release()


@pytest.mark.long
def test_a_job_whose_time_is_over_is_not_started(site: ServerSite) -> None:
    machine_id = site.hand_over(ENDLESS, seconds=-1)
    ended = site.await_end(machine_id)
    assert (ended["how"], ended["kept_folder"]) == ("not-started", None)
    assert "was over" in ended["reason"]
    site.release()


@pytest.mark.long
def test_a_role_that_cannot_be_assumed_is_the_reason(site: ServerSite) -> None:
    other = site.role_arn.replace("/jobs", "/other")
    machine_id = site.hand_over(ENDLESS, role_arn=other)
    ended = site.await_end(machine_id)
    assert ended["how"] == "not-started"
    assert "/other cannot be assumed" in ended["reason"]
    site.release()


@pytest.mark.long
def test_the_timer_stops_a_server_that_the_job_has_started(site: ServerSite) -> None:
    machine_id = site.hand_over(SAVES, seconds=6, is_server_to_stop=True)
    await_state(site.aws, site.server_id, "stopped")
    assert site.results(machine_id) == {"begun": "begun\n", "model": "saved\n"}
    # Who starts it again, before the job is released, is not stopped by the old timer.
    site.start()
    assert site.await_end(machine_id)["how"] == "deadline"
    site.release()
    machine_id = site.hand_over("true\n")
    assert site.await_end(machine_id)["how"] == "exited"
    site.release()


@pytest.mark.long
def test_the_timer_stops_a_server_whose_job_is_over_and_that_nobody_stops(site: ServerSite) -> None:
    machine_id = site.hand_over("true\n", seconds=15, is_server_to_stop=True)
    assert site.await_end(machine_id)["how"] == "exited"
    site.release()
    await_state(site.aws, site.server_id, "stopped")
    site.start()


@pytest.mark.long
def test_the_timer_of_a_job_that_was_released_while_the_server_was_off_is_disarmed(
    site: ServerSite,
) -> None:
    machine_id = site.hand_over(SAVES, seconds=600, is_server_to_stop=True)
    site.await_training(machine_id)
    site.aws.client("ec2").stop_instances(InstanceIds=[site.server_id])
    await_state(site.aws, site.server_id, "stopped")
    site.release()
    site.start()
    site.await_end(machine_id)
    units = site.job_folder(machine_id).parents[3] / "etc" / "systemd" / "system"
    assert (units / "parris-server.service").exists()
    assert not (units / "parris-deadline.timer").exists()


@pytest.mark.long
def test_a_newer_program_of_the_deployment_is_fetched(site: ServerSite) -> None:
    site.service = zipped_again(site.service)
    site.put("servers/service.zip", site.service)
    machine_id = site.hand_over("true\n")
    site.await_end(machine_id)
    acknowledged = site.marker(machine_id, "acknowledged.json")
    assert acknowledged is not None
    assert acknowledged["service_version"] == hashlib.sha256(site.service).hexdigest()
    site.release()


def zipped_again(archive: bytes) -> bytes:
    """Return an archive of the same files, and one more."""
    content = io.BytesIO(archive)
    with zipfile.ZipFile(content, "a") as opened:
        opened.writestr("more.txt", "another version")
    return content.getvalue()


def credentials_of_the_job(site: ServerSite) -> tuple[str, str]:
    path = site.job_folder("x").parents[1] / "parris-server" / "job.env"
    variables = dict(line.split("=", 1) for line in path.read_text().splitlines())
    return (
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
    )


def status_of(address: str, token: str) -> int:
    try:
        with urlopen(Request(address, headers={"Authorization": token})) as response:
            assert json.loads(response.read())["Token"]
            return int(response.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def runners(site: ServerSite) -> set[int]:
    """Return the processes of the job's runner."""
    return {
        pid
        for pid in site.processes("parris-job.service")
        if b"runner_server.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }
