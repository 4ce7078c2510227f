"""The metrics that the runner reads from a script's output."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import runner_pattern_search
from runner_decision import Decision
from runner_live_report import LiveReport
from runner_metric_goal import MetricGoal
from runner_metric_lines import read_metrics, read_metrics_of_epoch
from runner_metrics import MOST_NAMES, Metrics
from runner_metrics_file import MetricsFile

from embedded_aws_helpers.waiting import wait_until
from tests.runner.trainer import PREFIX, Trainer

LOSSES = [0.5, 0.4, 0.4, 0.3, 0.45, 0.35]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("step=100 loss=0.25 accuracy=.91", (100, {"loss": 0.25, "accuracy": 0.91})),
        ("[step=1, loss=1e-3; val/acc-1=+5]", (1, {"loss": 0.001, "val/acc-1": 5.0})),
        ("Step=3|Loss=NaN|x=-inf|y=Infinity", None),
        (
            "step=3|loss=NaN|x=-inf|y=Infinity",
            (3, {"loss": "NaN", "x": "-Infinity", "y": "Infinity"}),
        ),
        ("step=2 huge=1e99999", (2, {"huge": "Infinity"})),
        ("step=2 big=" + "9" * 400, (2, {"big": "Infinity"})),
        ("step=2 device=cuda time=3s acc=91% lr=0x1 a.b=2.", (2, {"a.b": 2.0})),
        ("step=2 loss=0.5 loss=0.4", (2, {"loss": 0.4})),
        ("loss=0.25", None),
        ("step=1.5 loss=2", None),
        ("step=-1 loss=2", None),
        ("step=9999999999999999999 loss=2", None),
        ("mystep=1 loss=2", None),
        ("step=5", (5, {})),
        ("step=1 " + "n" * 65 + "=1", (1, {})),
        ("step=1 " * 300 + "late=1", (1, {})),
        ("step=1 größe=1 ½=2 x=१", (1, {})),
    ],
)
def test_a_metric_is_a_name_and_a_number_on_a_line_with_a_step(
    line: str, expected: tuple[int, dict[str, float]] | None
) -> None:
    assert read_metrics(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("epoch=3 loss=0.67", (3, {"loss": 0.67})),
        ("epoch 3 loss=0.67", (3, {"loss": 0.67})),
        ("[12:01:07] Epoch 3/10: loss=0.67, acc=0.5", (3, {"loss": 0.67, "acc": 0.5})),
        ("Epoch: 3 | loss=0.67", (3, {"loss": 0.67})),
        ("Epoch 3/10", None),
        ("epoch=3", None),
        ("epoch=1.5 loss=0.67", None),
        ("epochs 3 loss=0.67", None),
        ("epoch 3 step=1.5 loss=0.67", None),
        ("step=4 epoch=3 loss=0.67", None),
        ("trained for epoch after epoch loss=0.67", None),
    ],
)
def test_the_epoch_stands_for_the_step_on_a_line_with_a_value_and_no_step(
    line: str, expected: tuple[int, dict[str, float]] | None
) -> None:
    assert read_metrics_of_epoch(line) == expected


def test_lines_of_epochs_are_read_until_a_script_prints_a_step(tmp_path: Path) -> None:
    lines = ["epoch 1 loss=0.5", "epoch 2 loss=0.4", "step=100 loss=0.3", "epoch 3 loss=0.6"]
    metrics, _ = collected(tmp_path, lines)
    assert [(row["step"], row["value"]) for row in rows(metrics)] == [
        (1, 0.5),
        (2, 0.4),
        (100, 0.3),
    ]


def collected(tmp_path: Path, lines: list[str], **patterns: str) -> tuple[Metrics, list[str]]:
    notes: list[str] = []
    metrics = Metrics(tmp_path / "metrics.jsonl", patterns, notes.append)
    metrics.add(lines)
    metrics.close(20)
    return metrics, notes


def rows(metrics: Metrics) -> list[dict[str, Any]]:
    return [json.loads(line) for line in metrics.file_text().splitlines()]


def test_every_value_is_in_the_file_and_the_last_ones_are_known(tmp_path: Path) -> None:
    lines = ["step=1 loss=0.5 acc=1", "nothing", "\x1b[1mstep=2\x1b[0m loss=nan"]
    metrics, notes = collected(tmp_path, lines)

    found = [(row["step"], row["name"], row["value"]) for row in rows(metrics)]
    assert found == [(1, "loss", 0.5), (1, "acc", 1.0), (2, "loss", "NaN")]
    last = metrics.last_values()
    assert {name: (row["step"], row["value"]) for name, row in last.items()} == {
        "loss": (2, "NaN"),
        "acc": (1, 1.0),
    }
    assert str(last["loss"]["at"]).endswith("Z")
    assert notes == []


def test_expressions_of_the_config_find_metrics_too(tmp_path: Path) -> None:
    lines = ["Epoch 3: loss is 0.25", "loss is unknown", "loss is 0.125"]
    metrics, notes = collected(
        tmp_path, lines, loss=r"loss is (\S+)", step=r"Epoch (\d+)", nothing="(x*)"
    )

    found = [(row["step"], row["name"], row["value"]) for row in rows(metrics)]
    assert found == [(3, "loss", 0.25), (3, "loss", 0.125)]
    assert notes == ["metrics: 'unknown' is not a number for loss"]


def test_an_expression_that_takes_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_pattern_search, "_BATCH_SECONDS", 0.3)
    lines = ["a" * 60, "step=1 loss=2"]
    metrics, notes = collected(tmp_path, lines, evil=r"((?:a+)+)b")

    assert [row["name"] for row in rows(metrics)] == ["loss"]
    assert len(notes) == 1
    assert "no longer used" in notes[0]


def test_what_this_python_does_not_understand_is_noted(tmp_path: Path) -> None:
    metrics, notes = collected(tmp_path, ["step=1 loss=2"], bad="(")

    assert [row["name"] for row in rows(metrics)] == ["loss"]
    assert "does not understand" in notes[0]


def test_names_have_a_bound(tmp_path: Path) -> None:
    lines = [f"step={number} name{number}=1" for number in range(MOST_NAMES + 50)]
    metrics, notes = collected(tmp_path, lines)

    assert len(metrics.last_values()) == MOST_NAMES
    assert len(notes) == 1


def test_a_file_that_is_full_gets_coarser_and_keeps_the_whole_run(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", limit_bytes=20_000)
    for step in range(5_000):
        file.add([{"step": step, "name": "loss", "value": 1.0}])
    file.finish()

    steps = [json.loads(line)["step"] for line in file.path.read_text().splitlines()]
    assert file.path.stat().st_size <= 20_100
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 4_999
    assert 200 < len(steps) < 500
    assert len({later - step for step, later in itertools.pairwise(steps[:-1])}) == 1


def test_a_disk_that_takes_nothing_ends_no_reading(tmp_path: Path) -> None:
    notes: list[str] = []
    metrics = Metrics(tmp_path / "no-folder" / "metrics.jsonl", {}, notes.append)
    metrics.add(["step=1 loss=2"])
    metrics.close(20)

    assert metrics.last_values()["loss"]["value"] == 2.0
    assert len(notes) == 1


def test_a_run_leaves_its_metrics_and_a_script_can_have_a_file_of_that_name(
    trainer: Trainer,
) -> None:
    trainer.job["metrics"] = {"speed": "([0-9.]+) it/s"}
    end = trainer.run(
        'echo own > "$PARRIS_RESULTS_DIR/metrics.jsonl"\n'
        "for i in 1 2 3; do echo step=$i loss=0.$i; done; echo 7.5 it/s\n"
    )

    lines = [json.loads(line) for line in trainer.saved("metrics.jsonl").splitlines()]
    assert [(row["step"], row["name"], row["value"]) for row in lines] == [
        (1, "loss", 0.1),
        (2, "loss", 0.2),
        (3, "loss", 0.3),
        (3, "speed", 7.5),
    ]
    assert end["metrics"]["loss"]["value"] == 0.3
    assert end["metrics"]["speed"]["step"] == 3
    assert trainer.results() == {"metrics.jsonl": b"own\n"}


def test_a_trial_reports_each_rung_that_it_reaches_and_nothing_else(trainer: Trainer) -> None:
    trainer.job["rungs"] = {"metric": "loss", "reports": [1, 4, 16]}
    trainer.let_fail(1, f"PUT bucket/{PREFIX}/rungs.json")
    trainer.run("for i in 1 2 3 4 5; do echo step=$i other=$i; echo step=$i loss=0.$i; done\n")

    found = json.loads(trainer.saved("rungs.json"))
    assert found["metric"] == "loss"
    assert [(one["reports"], one["step"], one["value"]) for one in found["rungs"]] == [
        (1, 1, 0.1),
        (4, 4, 0.4),
    ]
    writes = trainer.writes()
    # Before the last report, which ends the machine.
    assert 1 <= writes.count("rungs.json") <= 3
    assert writes.index("rungs.json") < len(writes) - 1


def test_a_job_that_is_no_trial_reports_no_rungs(trainer: Trainer) -> None:
    trainer.run("echo step=1 loss=0.5\n")
    assert "rungs.json" not in trainer.writes()


class Kept(LiveReport):
    """Keeps what is to be written."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def put(self, text: str) -> None:
        self.texts.append(text)


def decided(values: list[Any], **goal: Any) -> list[tuple[str, float | None, int]]:
    kept = Kept()
    whole = {"metric": "loss", "is_maximized": False, "target": None, "patience_reports": None}
    follower = MetricGoal(Decision(kept).make, {**whole, **goal})
    for value in values:
        follower.add([{"name": "other", "value": 0.0}, {"name": "loss", "value": value}])
    found = [json.loads(text) for text in kept.texts]
    return [(one["reason"], one["value"], one["reports"]) for one in found]


@pytest.mark.parametrize(
    ("values", "goal", "expected"),
    [
        (LOSSES, {"target": 0.4}, [("METRIC_REACHED", 0.4, 2)]),
        (LOSSES, {"target": 0.29}, []),
        (LOSSES, {"patience_reports": 2}, [("NO_IMPROVEMENT", 0.3, 6)]),
        (LOSSES, {"patience_reports": 1}, [("NO_IMPROVEMENT", 0.4, 3)]),
        (LOSSES, {"patience_reports": 3}, []),
        (LOSSES, {"target": 0.3, "patience_reports": 2}, [("METRIC_REACHED", 0.3, 4)]),
        (LOSSES, {"target": 0.5, "is_maximized": True}, [("METRIC_REACHED", 0.5, 1)]),
        ([0.5, "NaN", "NaN"], {"patience_reports": 2}, [("NO_IMPROVEMENT", 0.5, 3)]),
        (
            ["NaN", "-Infinity"],
            {"target": 0.5, "patience_reports": 2},
            [("NO_IMPROVEMENT", None, 2)],
        ),
    ],
)
def test_a_metric_ends_a_job_once_by_its_goal_or_because_it_stays_as_it_is(
    values: list[Any], goal: dict[str, Any], expected: list[Any]
) -> None:
    assert decided(values, **goal) == expected


def test_a_decision_is_written_while_the_script_goes_on(trainer: Trainer) -> None:
    trainer.job["metric_goal"] = {
        "metric": "loss",
        "is_maximized": False,
        "target": 0.3,
        "patience_reports": None,
    }
    trainer.start("for i in 5 4 3 2; do echo step=$i loss=0.$i; done; sleep 600\n")
    wait_until(lambda: "decision.json" in trainer.writes())
    trainer.tell_to_stop().finish()
    assert json.loads(trainer.saved("decision.json")) == {
        "reason": "METRIC_REACHED",
        "value": 0.3,
        "reports": 3,
    }
    assert trainer.writes().count("decision.json") == 1
