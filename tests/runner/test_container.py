"""The runner in a container that has /bin/sh and python3 only, from its bootstrap to its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws_helpers.waiting import wait_until
from tests.runner.job_container import MACHINE, STEERING, JobContainer
from tests.runner.test_limits_and_signals import SAVES_WHEN_TOLD


@pytest.fixture
def container(tmp_path: Path) -> Iterator[JobContainer]:
    made = JobContainer(tmp_path)
    yield made
    made.close()


def test_a_script_runs_with_its_input_and_the_container_ends_with_its_status(
    container: JobContainer,
) -> None:
    objects = container.service.objects
    objects |= {"data/one": b"1", "data/deep/two": b"22", "empty": b"", "single": b"s" * 1000}
    container.job["input_data"] = ["s3://bucket/data/", "s3://bucket/single", "s3://bucket/empty"]
    container.start()
    # The container was there before its files.
    wait_until(lambda: any("runner.zip" in call for call in container.service.journal))
    container.put_files(
        'cat "$PARRIS_INPUT_DIR/data/one" "$PARRIS_INPUT_DIR/data/deep/two"'
        ' > "$PARRIS_RESULTS_DIR/copy"\n'
        'cat "$PARRIS_INPUT_DIR/single" >> "$PARRIS_RESULTS_DIR/copy"\n'
        'echo "bootstrap: ${PARRIS_BOOTSTRAP-none}"\n'
        'echo done; [ -f "$PARRIS_INPUT_DIR/empty" ] && exit 3\n'
    )
    assert container.finish() == 3, container.console()
    report = container.report()
    assert (report["ended_by"], report["exit_status"], report["is_final"]) == ("script", 3, True)
    assert report["results"]["complete"] is True
    assert objects[f"{MACHINE}/results/copy"] == b"122" + b"s" * 1000
    assert objects[f"{MACHINE}/log.txt"].count(b"done") == 1
    assert b"bootstrap: none" in objects[f"{MACHINE}/log.txt"]
    # Its log has the runner's notes, and not the output of the script.
    assert "parris: starting train.sh" in container.console()
    assert "\ndone\n" not in container.console()


def test_a_stop_request_lets_the_script_save_and_a_signal_leaves_little_time(
    container: JobContainer,
) -> None:
    container.job["save_grace_seconds"] = 60
    container.put_files(SAVES_WHEN_TOLD)
    container.start()
    wait_until(lambda: f"{MACHINE}/started.json" in container.service.objects)
    container.service.objects[f"{STEERING}/stop.json"] = b"{}"
    assert container.finish() == 0, container.console()
    assert container.report()["ended_by"] == "signal"
    assert container.service.objects[f"{MACHINE}/results/checkpoint"] == b"half\n"
    assert "at most 60 s to save" in container.console()

    del container.service.objects[f"{STEERING}/stop.json"]
    container.service.objects.pop(f"{MACHINE}/started.json")
    container.start()
    wait_until(lambda: f"{MACHINE}/started.json" in container.service.objects)
    assert container.process is not None
    wait_until(lambda: container.console().count("parris: starting") == 2)
    container.process.terminate()
    assert container.finish() == 0, container.console()
    assert container.report()["ended_by"] == "signal"
    assert "at most 12 s to save" in container.console()


def test_what_keeps_a_container_from_starting_is_in_its_log(container: JobContainer) -> None:
    container.start(timeout_seconds=0)
    assert container.finish() == 1
    assert "the runner could not be fetched within 0 s: 404" in container.console()

    container.put_files("exit 0", sha256="0" * 64)
    container.start()
    assert container.finish() == 1
    report = container.report()
    assert (report["ended_by"], report["is_final"]) == ("bootstrap", True)
    assert "the script train.sh changed after the job was started" in report["last_log_lines"][0]

    container.variables["PATH"] = ""
    container.start()
    assert container.finish() == 127
    assert "this image has no python3" in container.console()

    container.variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": ""}
    container.start()
    assert container.finish() == 1
    assert "this container has no role" in container.console()
