"""Results reach the bucket while the script runs, and only states that a file really had count."""

import json
import os
import signal
import time
from pathlib import Path

from embedded_aws_helpers.waiting import wait_until
from tests.runner.trainer import PREFIX, Trainer

UNTIL_GO = 'until [ -e "$PARRIS_RESULTS_DIR/../go" ]; do sleep 0.1; done\n'
LARGE = "dd if=/dev/urandom of=large bs=1M count=20 2>&1\n"


def let_go(trainer: Trainer) -> None:
    (trainer.state / "go").touch()


def test_changed_results_are_uploaded_while_the_script_runs(trainer: Trainer) -> None:
    trainer.job["sync_interval_seconds"] = 1
    trainer.start(f'cd "$PARRIS_RESULTS_DIR"; echo 1 > checkpoint; echo 1 > metrics\n{UNTIL_GO}')
    wait_until(lambda: len(trainer.results()) == 2)

    (trainer.state / "results" / "checkpoint").write_text("second")
    wait_until(lambda: trainer.results()["checkpoint"] == b"second")
    let_go(trainer)

    assert trainer.finish()["results"] == {"object_count": 2, "total_bytes": 8, "complete": True}
    # What did not change was uploaded once.
    assert trainer.writes().count("results/metrics") == 1


def test_a_runner_that_is_killed_leaves_the_results_of_its_last_sync(trainer: Trainer) -> None:
    trainer.job["sync_interval_seconds"] = 1
    trainer.start(f'cd "$PARRIS_RESULTS_DIR"; echo 1 > checkpoint; {LARGE}{UNTIL_GO}')
    wait_until(lambda: len(trainer.results()) == 2)

    assert trainer.process is not None
    trainer.process.send_signal(signal.SIGKILL)
    trainer.process.wait()

    assert trainer.results()["checkpoint"] == b"1\n"
    assert len(trainer.results()["large"]) == 20 * 1024 * 1024


def test_a_file_that_changes_during_its_upload_is_uploaded_again(trainer: Trainer) -> None:
    trainer.job["sync_interval_seconds"] = 1
    path = trainer.state / "results" / "log"
    changes = iter(["second", "third"])

    def change(key: str) -> None:
        if key.endswith("/log"):
            text = next(changes, None)
            if text:
                path.write_text(text)

    trainer.service.on_put = change
    end = trainer.run('printf first > "$PARRIS_RESULTS_DIR/log"; sleep 3\n')

    assert trainer.results() == {"log": b"third"}
    assert end["results"] == {"object_count": 1, "total_bytes": 5, "complete": True}


def test_a_large_file_arrives_in_parts_and_whole(trainer: Trainer) -> None:
    end = trainer.run(f'cd "$PARRIS_RESULTS_DIR"; {LARGE}sha256sum large\n')

    assert end["results"]["complete"] is True
    assert end["results"]["total_bytes"] == 20 * 1024 * 1024
    local = trainer.state / "results" / "large"
    assert trainer.results() == {"large": local.read_bytes()}
    assert trainer.service.open_uploads() == 0


def test_a_large_file_that_changes_does_not_replace_its_whole_version(trainer: Trainer) -> None:
    trainer.job["sync_interval_seconds"] = 1
    trainer.start(f'cd "$PARRIS_RESULTS_DIR"; {LARGE}{UNTIL_GO}')
    wait_until(lambda: "large" in trainer.results())
    path, first = trainer.state / "results" / "large", trainer.results()["large"]
    versions = set()

    def change(key: str) -> None:
        versions.add(hash(trainer.service.objects[f"{PREFIX}/results/large"]))
        if key.endswith("/large"):
            with path.open("r+b") as file:
                file.write(os.urandom(8))

    trainer.service.on_put = change
    os.truncate(path, 19 * 1024 * 1024)
    wait_until(lambda: "'large' changes while it is uploaded" in trainer.console())
    assert trainer.results()["large"] == first
    trainer.service.on_put = lambda key: None
    let_go(trainer)

    assert trainer.finish()["results"]["complete"] is True
    assert trainer.results()["large"] == path.read_bytes()
    assert versions == {hash(first)}
    assert trainer.service.open_uploads() == 0


def test_a_file_that_never_rests_is_saved_as_it_is_and_does_not_count(trainer: Trainer) -> None:
    trainer.job["limits"] = {
        "time_limit_seconds": 100,
        "cost_limit_seconds": None,
        "ends_at_seconds": 80,
        "gone_at_seconds": 100,
    }
    trainer.launched_at = time.time() - 70
    # It leaves its session, so that its end is not the script's.
    writer = 'while echo x; do :; done >> "$PARRIS_RESULTS_DIR/log"'
    trainer.start(f"setsid sh -c '{writer}' &\nsleep 1\n")

    end = trainer.finish()
    for pid in Path("/proc").glob("[0-9]*"):
        command = (pid / "cmdline").read_bytes() if (pid / "cmdline").exists() else b""
        if writer.encode() in command:
            os.kill(int(pid.name), signal.SIGKILL)

    assert end["results"]["complete"] is False
    assert b"x\nx\n" in trainer.results()["log"]


def test_what_the_script_deletes_is_not_a_failure(trainer: Trainer) -> None:
    trainer.job["sync_interval_seconds"] = 1
    trainer.start(f'cd "$PARRIS_RESULTS_DIR"; echo 1 > old; echo 1 > new\n{UNTIL_GO}')
    wait_until(lambda: len(trainer.results()) == 2)
    (trainer.state / "results" / "old").unlink()
    let_go(trainer)

    assert trainer.finish()["results"]["complete"] is True
    assert b"the script has deleted 1 saved result after a sync" in trainer.saved("log.txt")


def test_results_named_like_the_jobs_own_files_touch_nothing(trainer: Trainer) -> None:
    end = trainer.run(
        'cd "$PARRIS_RESULTS_DIR"; mkdir log.txt record.json machine results; echo 1 > exit.json\n'
        "echo 1 > log.txt/a; echo 2 > record.json/b; echo 3 > results/exit.json\n"
        "printf x > 'odd\nname'; ln -s .. up\n"
    )

    assert end["results"]["complete"] is True
    assert set(trainer.results()) == {
        "exit.json",
        "log.txt/a",
        "record.json/b",
        "results/exit.json",
        "odd%0Aname",
    }
    assert json.loads(trainer.saved("results-names.json")) == {"odd%0Aname": "odd%0Aname"}
    assert trainer.saved("log.txt").count(b"1 name percent-encoded, because S3") == 1
    assert b"has the original names: 'odd%0Aname'\n" in trainer.saved("log.txt")
    assert b"saved 5 results, " in trainer.saved("log.txt")


def test_a_listing_of_many_pages_is_read_to_its_end(trainer: Trainer) -> None:
    trainer.service.page_size = 3

    end = trainer.run('cd "$PARRIS_RESULTS_DIR"; for i in $(seq 10); do echo 1 > "$i +"; done\n')

    assert end["results"] == {"object_count": 10, "total_bytes": 20, "complete": True}


def test_a_heart_beats_before_the_script_runs_and_says_when_results_were_synced(
    trainer: Trainer,
) -> None:
    trainer.start(UNTIL_GO)
    wait_until(lambda: f"{PREFIX}/heartbeat.json" in trainer.service.objects)
    beat = json.loads(trainer.saved("heartbeat.json"))
    assert set(beat) == {"written_at", "is_script_running", "results_synced_at", "metrics"}
    assert beat["results_synced_at"] is None
    assert beat["metrics"] == {}
    let_go(trainer)
    trainer.finish()


def test_a_heart_that_cannot_beat_ends_nothing(trainer: Trainer) -> None:
    trainer.let_fail(1000, "heartbeat.json", 403)
    assert trainer.run("true\n")["exit_status"] == 0
