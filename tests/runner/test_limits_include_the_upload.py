"""A limit is when the machine is gone: what is uploaded is uploaded before it, or stays."""

import calendar
import time
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runner_deadline import Deadline, earliest_deadline
from runner_pace import Load, Pace

from tests.runner.trainer import Trainer

SECONDS = st.floats(0, 1e6)


def limit_in(trainer: Trainer, seconds: int, grace_seconds: int = 2, stopping: int = 4) -> float:
    """Let the machine be gone in so many seconds, and return when that is."""
    trainer.job["save_grace_seconds"] = grace_seconds
    trainer.job["limits"] = {
        "time_limit_seconds": 1000,
        "cost_limit_seconds": None,
        "ends_at_seconds": 1000 - grace_seconds - stopping,
        "gone_at_seconds": 1000,
    }
    trainer.launched_at = int(time.time()) + seconds - 1000
    return trainer.launched_at + 1000


def slow_down(trainer: Trainer, seconds: float) -> None:
    """Let each result take so long to arrive."""
    trainer.service.on_put = lambda key: time.sleep(seconds) if "/results/" in key else None


CHANGES_EVERYTHING = """
cd "$PARRIS_RESULTS_DIR"
while :; do for i in $(seq 100); do echo $RANDOM > $i; done; sleep 0.2; done
"""


WRITES_ONCE = 'cd "$PARRIS_RESULTS_DIR"; for i in $(seq 100); do echo 1 > $i; done; sleep 99'


def stopped_at(end: dict[str, str]) -> float:
    return calendar.timegm(time.strptime(end["ended_at"][:19], "%Y-%m-%dT%H:%M:%S"))


def test_a_script_is_stopped_earlier_when_its_results_take_long(trainer: Trainer) -> None:
    gone_at = limit_in(trainer, 45)
    slow_down(trainer, 0.8)  # 100 files, eight at once: 10 s

    end = trainer.run(CHANGES_EVERYTHING)

    assert time.time() <= gone_at
    assert end["ended_by"] == "time-limit"
    assert end["results"] == {"object_count": 100, "total_bytes": ANY, "complete": True}, (
        trainer.console()
    )
    assert stopped_at(end) < gone_at - 10


def test_an_upload_that_does_not_fit_is_given_up_and_the_rest_stays(trainer: Trainer) -> None:
    gone_at = limit_in(trainer, 25)
    slow_down(trainer, 5)

    end = trainer.run(WRITES_ONCE)

    assert time.time() <= gone_at
    assert end["ended_by"] == "time-limit"
    assert end["results"]["complete"] is False
    assert b"the rest stays on the volume" in trainer.saved("log.txt")
    assert len(list((trainer.state / "results").iterdir())) == 100


def test_a_large_file_is_given_up_in_its_midst(trainer: Trainer) -> None:
    gone_at = limit_in(trainer, 20)
    slow_down(trainer, 8)

    end = trainer.run(
        'dd if=/dev/zero of="$PARRIS_RESULTS_DIR/large" bs=1M count=200 2>&1; echo 1 > '
        '"$PARRIS_RESULTS_DIR/small"; sleep 99'
    )

    assert time.time() <= gone_at + 1
    assert end["results"]["complete"] is False


def test_results_that_do_not_change_cost_no_time_of_training(trainer: Trainer) -> None:
    gone_at = limit_in(trainer, 30)
    slow_down(trainer, 0.4)

    end = trainer.run(WRITES_ONCE)

    assert time.time() <= gone_at
    assert end["results"]["complete"] is True
    assert stopped_at(end) >= gone_at - 6 - 1


def test_a_job_without_a_limit_has_no_deadline() -> None:
    limits = {"time_limit_seconds": None, "cost_limit_seconds": None, "ends_at_seconds": 9e6}
    assert earliest_deadline(limits, 5, 0) is None


@given(SECONDS, SECONDS, SECONDS, SECONDS, SECONDS)
def test_a_script_is_never_stopped_later_than_ever_nor_before_half_of_its_time(
    started_at: float, runs: float, grace: float, stopping: float, upload: float
) -> None:
    stop_at = started_at + runs
    deadline = Deadline(stop_at, "time-limit", grace, stop_at + grace + stopping)
    saves_at = deadline.save_starts_at(started_at, upload)
    assert started_at + runs / 2 - 1e-3 <= saves_at <= stop_at
    assert deadline.upload_until <= deadline.off_at <= deadline.gone_at + 1e-3
    is_possible = deadline.upload_until - deadline.may_stop_from(started_at) >= upload
    if is_possible:
        assert saves_at + upload <= max(deadline.upload_until, stop_at) + 1e-3


@given(SECONDS, SECONDS, SECONDS)
def test_what_is_known_before_is_what_is_found_on_the_way(
    runs: float, grace: float, upload: float
) -> None:
    deadline = Deadline(runs, "time-limit", grace, runs + grace + 60)
    saves_at = deadline.save_starts_at(0, upload)
    assert deadline.is_time_to_save(saves_at + 1e-3, 0, upload)
    if saves_at > 1:
        assert not deadline.is_time_to_save(saves_at - 1, 0, upload)


def test_the_pace_is_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, clock = Pace(), [0.0]
    monkeypatch.setattr("runner_pace.time.monotonic", lambda: clock[0])
    assert pace.seconds(Load(30, 10_000_000)) == pytest.approx(2)
    objects, octets = pace.meter_objects(), pace.meter_bytes()
    for _ in range(1000):
        clock[0] += 0.1
        objects.add(10)
        octets.add(5_000_000)
    objects.finish()
    octets.finish()
    assert pace.seconds(Load(1000, 0)) == pytest.approx(10, rel=0.1)
    assert pace.seconds(Load(0, 500_000_000)) == pytest.approx(10, rel=0.1)
