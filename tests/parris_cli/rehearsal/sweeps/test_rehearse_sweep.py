"""`parris rehearse` takes the config of a sweep, too."""

import json
from pathlib import Path

import pytest

from parris_cli.main import main
from parris_cli.rehearsal.sweeps.rehearse_sweep import is_sweep_at

SWEEP = {
    "sweep-name": "a",
    "training": {"training-script-filename": "train.sh"},
    "parameters": {"depth": {"type": "integer", "minimum": 1, "maximum": 2}},
    "budget": {"cost-limit": 1},
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "train.sh").write_text("exit 0\n")
    path = tmp_path / "sweep.json"
    path.write_text(json.dumps(SWEEP))
    return path


def test_the_config_of_a_sweep_is_known_by_its_training_and_its_budget(config: Path) -> None:
    assert is_sweep_at(config)
    job = config.with_name("job.json")
    job.write_text(json.dumps({"training-script-filename": "train.sh"}))
    broken = config.with_name("broken.json")
    broken.write_text("{")
    for path in (job, broken, config.with_name("train.sh"), config.with_name("none.json"), None):
        assert not is_sweep_at(path)


@pytest.mark.parametrize(
    "options", [["--exit-code", "1"], ["--fault", "no-capacity"], ["--set", "a=1"]]
)
def test_options_of_one_job_are_refused_for_a_sweep(
    config: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert main(["rehearse", str(config), "--training-takes", "1h", *options]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert "is the config of a sweep" in shown
    assert "parris sweep rehearse --help" in shown


def test_a_sweep_of_too_many_trials_is_refused_before_anything_is_started(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(json.dumps({**SWEEP, "trials": 1001}))
    assert main(["sweep", "rehearse", str(config), "--training-takes", "1h"]) == 2
    assert "1001 trials; a rehearsal has at most 1000" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--noise", "-1"], ["--noise", "x"], ["--failing", "101"], ["--full-trials", "0"]],
)
def test_a_number_that_means_nothing_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["sweep", "rehearse", str(config), "--training-takes", "1h", *options])
    assert exited.value.code == 2
    assert "expected a" in capsys.readouterr().err
