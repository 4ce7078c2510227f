"""A script gets the signal to stop in time to save."""

import time

import pytest

from tests.runner.trainer import Trainer

SAVES_WHEN_TOLD = """
trap 'echo saving; echo half > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
echo ready
while :; do sleep 0.1; done
"""


def a_limit(
    *, time_limit_seconds: int, ends_at_seconds: int, cost_limit_seconds: int | None = None
) -> dict[str, int | None]:
    return {
        "time_limit_seconds": time_limit_seconds,
        "cost_limit_seconds": cost_limit_seconds,
        "ends_at_seconds": ends_at_seconds,
        "gone_at_seconds": min(time_limit_seconds, cost_limit_seconds or time_limit_seconds),
    }


@pytest.mark.parametrize(
    ("limits", "ended_by"),
    [
        (a_limit(time_limit_seconds=6, ends_at_seconds=3), "time-limit"),
        (a_limit(time_limit_seconds=60, cost_limit_seconds=6, ends_at_seconds=3), "cost-limit"),
        (
            {**a_limit(time_limit_seconds=60, ends_at_seconds=3), "clock_limit_seconds": 6},
            "clock-time",
        ),
    ],
)
def test_the_earliest_limit_signals_the_script_to_save(
    trainer: Trainer, limits: dict[str, int | None], ended_by: str
) -> None:
    trainer.job["limits"] = limits

    end = trainer.run(SAVES_WHEN_TOLD)

    assert (end["ended_by"], end["exit_status"]) == (ended_by, 0)
    assert trainer.results() == {"checkpoint": b"half\n"}


def test_the_script_gets_the_end_of_its_job_and_not_the_limit(
    trainer: Trainer,
) -> None:
    trainer.job["limits"] = a_limit(time_limit_seconds=3600, ends_at_seconds=35)
    trainer.launched_at = int(time.time()) - 25  # EC2 reports whole seconds

    end = trainer.run(SAVES_WHEN_TOLD)

    assert end["ended_by"] == "time-limit"
    assert time.time() >= trainer.launched_at + 35


def test_a_script_that_ignores_the_signal_is_killed_and_its_results_are_saved(
    trainer: Trainer,
) -> None:
    trainer.job["limits"] = a_limit(time_limit_seconds=10, ends_at_seconds=3)
    trainer.job["save_grace_seconds"] = 1

    end = trainer.run(
        "trap '' TERM\necho 1 > $PARRIS_RESULTS_DIR/early\nwhile :; do sleep 0.1; done\n"
    )

    assert (end["ended_by"], end["exit_status"]) == ("time-limit", None)
    assert end["signal"] == "SIGKILL"
    assert trainer.results() == {"early": b"1\n"}
    assert "was killed" in trainer.console()


def test_a_machine_that_goes_off_lets_the_script_save(trainer: Trainer) -> None:
    trainer.start(SAVES_WHEN_TOLD).wait_until_said("ready")

    end = trainer.tell_to_stop().finish()

    assert (end["ended_by"], end["exit_status"]) == ("signal", 0)
    assert trainer.results() == {"checkpoint": b"half\n"}
    assert end["results"] == {"object_count": 1, "total_bytes": 5, "complete": True}


def test_a_limit_that_came_before_the_start_trains_nothing(trainer: Trainer) -> None:
    trainer.job["limits"] = a_limit(time_limit_seconds=60, ends_at_seconds=48)
    trainer.launched_at = time.time() - 300

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"], end["started_at"]) == ("time-limit", None, None)
    assert "passed before the script started" in end["last_log_lines"][-1]


def test_a_restart_of_the_machine_does_not_train_again(trainer: Trainer) -> None:
    trainer.state.mkdir()
    (trainer.state / "started").touch()
    (trainer.state / "results").mkdir()
    (trainer.state / "results" / "checkpoint").write_text("kept")

    end = trainer.run("echo again\n")

    assert (end["ended_by"], end["exit_status"]) == ("signal", None)
    assert "restarted" in end["last_log_lines"][-1]
    assert trainer.results() == {"checkpoint": b"kept"}


def test_the_notice_of_a_spot_interruption_lets_the_script_save(trainer: Trainer) -> None:
    trainer.job["is_spot"] = True
    trainer.start(SAVES_WHEN_TOLD).wait_until_said("ready")

    trainer.interrupt()

    assert trainer.finish()["ended_by"] == "interruption"
    assert trainer.results() == {"checkpoint": b"half\n"}


def test_a_machine_that_is_not_a_spot_instance_never_asks_for_a_notice(trainer: Trainer) -> None:
    trainer.interrupt()
    assert trainer.run("sleep 6\n")["ended_by"] == "script"
