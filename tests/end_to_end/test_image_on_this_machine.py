"""`parris run --embedded --in-container`: a job whose image holds all, run by a stand-in engine."""

import json
import sys
from pathlib import Path

import pytest

from parris_cli.main import main

IMAGE = "999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/digits:1"
# Fails as a script would, after it has found its data, its variables and its folder.
ENGINE = f"""#!{sys.executable}
import os, pathlib, sys
calls = pathlib.Path(__file__).with_name("calls")
with open(calls, "a") as file:
    print(*sys.argv[1:], file=file)
if sys.argv[1] == "run" and "chmod" not in sys.argv:
    folder = next(word for word in sys.argv if word.endswith(":/opt/ml:z")).split(":")[0]
    ml = pathlib.Path(folder)
    print("epochs", os.environ["SM_HP_EPOCHS"], os.listdir(ml / "input/data/train"), flush=True)
    (ml / "output" / "data" / "report").write_text("half")
    (ml / "output" / "failure").write_text("the third column is empty")
    sys.exit(3)
"""


def test_an_image_runs_on_local_data_and_its_failure_reaches_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = tmp_path / "bin" / "docker"
    engine.parent.mkdir()
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(engine.parent), prepend=":")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("1,2,")
    config = {
        "training-job-name": "digits",
        "target": "sagemaker",
        "image": IMAGE,
        "instance-type": "ml.m5.large",
        "termination-method": "on-complete",
        "hyperparameters": {"epochs": 3},
        "input-channels": {"train": "data"},
    }
    (tmp_path / "job.json").write_text(json.dumps(config))

    exit_code = main(["run", "job.json", "--embedded", "--in-container", "--json"])

    shown = capsys.readouterr()
    assert exit_code == 1, shown.err
    report = json.loads(shown.out)
    assert report["reason"] == "SCRIPT_FAILED"
    assert "the third column is empty" in report["cause"]
    assert report["left_running"] == []
    assert f"docker runs {IMAGE}" in shown.err
    assert "epochs 3 ['train.csv']" in shown.err
    assert (Path(report["results"]) / "output.tar.gz").is_file()
    run, *_, removal = (engine.parent / "calls").read_text().splitlines()[1:]
    assert run.startswith("run --rm --name digits-") and run.endswith(f" {IMAGE} train")
    assert removal.startswith("rm --force digits-")
