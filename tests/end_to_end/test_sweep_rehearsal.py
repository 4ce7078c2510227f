"""A rehearsed sweep: the real workflow of sweeps, with full trials and reduced ones."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from parris.payloads import Payload, part_of, parts_in
from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
from parris_cli.rehearsal.sweeps.report_rehearsal import exit_code_of, to_json, to_text
from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import RehearsedSweep, run_sweep_rehearsal
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.screen import Screen

TAKES = timedelta(minutes=20)


def rehearse(folder: Path, search: Payload) -> RehearsedSweep:
    (folder / "train.sh").write_text("exit 0\n")
    config = {
        "sweep-name": "rehearsed",
        "training": {
            "training-script-filename": "train.sh",
            "instance-type": "t3.micro",
            "termination-method": "at-fixed-time",
            "termination-options": {"time-limit": "1h"},
        },
        "parameters": {"depth": {"type": "integer", "minimum": 1, "maximum": 6}},
        "search": search,
        "trials": 6,
        "goal": {"metric": "loss", "direction": "minimize"},
        "budget": {"cost-limit": 1.3},
    }
    (folder / "sweep.json").write_text(json.dumps(config))
    options = SweepRehearsalOptions(folder / "sweep.json", TAKES, TAKES, full_trials=1)
    return run_sweep_rehearsal(options, find_sweep_files(options.source), Screen(None))


@pytest.mark.parametrize(
    "method", ["thompson", pytest.param("tpe", marks=pytest.mark.long)], ids=str
)
def test_reduced_trials_take_what_full_ones_do_and_the_budget_is_kept(
    tmp_path: Path, method: str
) -> None:
    rehearsed = rehearse(tmp_path, {"method": method, "seed": 1})
    value = to_json(rehearsed)
    assert exit_code_of(rehearsed) == 0
    assert (value["status"], value["is_budget_kept"]) == ("COMPLETED", True)
    assert (value["reduced_runs"], len(rehearsed.checked)) == (5, 1)
    (checked,) = rehearsed.checked
    assert checked.expected.reason is checked.actual.reason
    assert checked.expected.usd == checked.actual.usd
    assert abs(checked.expected.total_seconds - checked.actual.total_seconds) < 2
    # Two of 0.62 USD fit into the budget at the same time.
    assert 1.2 < float(str(value["most_committed_usd"])) <= 1.3
    assert all(one["value"] is not None for one in parts_in(value, "trials"))
    depths = [part_of(one, "parameters")["depth"] for one in parts_in(value, "trials")]
    assert set(depths) <= set(range(1, 7))
    assert rehearsed.orchestration.usage.state_transitions > 6 * 30
    text = to_text(rehearsed)
    assert "budget   kept: at most 1." in text
    assert "5 runs were launch, end and cost alone; 1 were the whole training workflow" in text
