"""The files of a sweep: its training may be the config of a job that runs alone, too."""

import json
from pathlib import Path

from parris_cli.sweeps.sweep_files import find_sweep_files


def test_the_config_of_a_job_is_repeated_without_the_jobs_name(tmp_path: Path) -> None:
    (tmp_path / "train.sh").write_text("true\n")
    job = {"training-job-name": "iris", "training-script-filename": "train.sh"}
    (tmp_path / "job.json").write_text(json.dumps(job))
    (tmp_path / "sweep.json").write_text(json.dumps({"training": "job.json"}))
    files = find_sweep_files(tmp_path / "sweep.json")
    assert files.training.config == {"training-script-filename": "train.sh"}
    assert files.training.script == tmp_path / "train.sh"


def test_a_name_that_the_sweep_itself_gives_is_left_to_be_reported(tmp_path: Path) -> None:
    sweep = {"training": {"training-job-name": "iris"}}
    (tmp_path / "sweep.json").write_text(json.dumps(sweep))
    assert find_sweep_files(tmp_path / "sweep.json").training.config == sweep["training"]
