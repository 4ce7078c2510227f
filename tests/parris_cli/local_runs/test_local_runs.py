"""Jobs of `parris run --embedded`, from the history beside their results."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parris.payloads import Payload
from parris_cli.command_line import make_parser
from parris_cli.following.history import Transition
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.local_runs.kept_timeline import timeline_to_json
from parris_cli.local_runs.local_run import HISTORY, LocalRun, write_local_run
from parris_cli.main import main
from parris_cli.shell_completion import completion_script
from parris_cli.starting.rerun_job import RerunOptions, run_options_of

NOBODY = 2**22 + 1  # more than any process id
ENDED = "iris-20310501t080000-04f2"
RUNNING = "iris-20310502t080000-04f3"
CUT_OFF = "wine-20310430t080000-04f4"


def remember(folder: Path, job_id: str, process_id: int, **entry: Any) -> LocalRun:
    day = job_id.split("-")[1]
    known: Payload = {
        "job_id": job_id,
        "owner": "ada",
        "submitted_at": f"{day[:4]}-{day[4:6]}-{day[6:8]}T08:00:00.000Z",
        "training_job_name": job_id.split("-")[0],
        **entry,
    }
    job: Payload = {"instance_types": ["c5.large"], "time_limit": "1h", "cost_limit_usd": "2.5"}
    settings = ("hyperparameters.epochs=3",)
    run = LocalRun(job_id, known, folder / job_id, "/iris/job.json", settings, job, process_id)
    write_local_run(run)
    return run


@pytest.fixture(autouse=True)
def history(empty_folder: Path) -> Path:
    """A history of three jobs."""
    folder = empty_folder / "results"
    run = remember(
        folder,
        ENDED,
        NOBODY,
        reason="COMPLETED",
        runtime_seconds=90,
        estimated_cost_usd="0.5",
        metrics='{"loss": {"value": 0.25, "step": 3}}',
    )
    remember(folder, RUNNING, os.getpid())
    remember(folder, CUT_OFF, NOBODY)
    run.results.mkdir()
    (run.results / "log.txt").write_text("step=1 loss=0.5\nstep=3 loss=0.25\n")
    (run.results / "record.json").write_text('{"outcome": {"cause": "the script ended"}}')
    (HISTORY / "broken.json").write_text("{")
    return folder


def shown(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    return capsys.readouterr().out


def test_without_an_account_a_list_is_of_the_jobs_of_this_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = json.loads(shown(capsys, "list", "--json"))
    assert [(run["job_id"], run["state"]) for run in value["runs"]] == [
        (RUNNING, "running"),
        (ENDED, "COMPLETED"),
        (CUT_OFF, "INTERRUPTED"),
    ]
    assert value["deployment"] is None
    assert shown(capsys, "list", "--running", "--ids") == f"{RUNNING}\n"
    assert shown(capsys, "status").startswith("job ")
    assert shown(capsys, "list", "--last", "1", "--ids").split() == [RUNNING]


def test_a_job_is_found_by_its_name_and_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "status", ENDED)
    for line in (
        "why      the script ended",
        "metric   loss 0.25 at step 3",
        "cost     0.5000 USD",
    ):
        assert f"  {line}\n" in text
    assert f"  again    parris rerun {ENDED} --embedded" in text
    assert shown(capsys, "status", "iris").startswith(f"{RUNNING}  running")
    assert shown(capsys, "cost", "--json") and main(["status", "beer"]) == 2
    assert "the names there are: iris, wine" in capsys.readouterr().err


def test_a_name_means_the_run_that_trains_or_the_newest_that_was_accepted(
    capsys: pytest.CaptureFixture[str], history: Path
) -> None:
    taken = remember(
        history,
        "iris-20310503t080000-04f5",
        NOBODY,
        reason="LAUNCH_FAILED",
        error="JobNameTakenError",
    )
    remember(history, "wine-20310504t080000-04f6", NOBODY, reason="CONFIG_REJECTED")
    remember(history, "iris-20310504t080000-04f7", NOBODY, reason="COMPLETED", target="ec2-stack")
    assert shown(capsys, "status", "iris").startswith(f"{RUNNING}  running")
    assert shown(capsys, "status", "wine").startswith(f"{CUT_OFF}  INTERRUPTED")
    assert shown(capsys, "status", taken.job_id).startswith(f"{taken.job_id}  LAUNCH_FAILED")
    assert taken.job_id in shown(capsys, "list", "--ids").split()


def test_its_log_and_its_results_are_those_in_its_folder(
    capsys: pytest.CaptureFixture[str], history: Path, tmp_path: Path
) -> None:
    assert shown(capsys, "logs", ENDED, "--tail", "1") == "step=3 loss=0.25\n"
    assert str(history / ENDED) in shown(capsys, "results", ENDED)
    shown(capsys, "results", ENDED, "elsewhere")
    assert (tmp_path / "elsewhere" / "log.txt").is_file()
    assert main(["logs", "iris"]) == 2
    assert f"is running: the command that runs it (process {os.getpid()})" in " ".join(
        capsys.readouterr().err.split()
    )
    assert main(["results", "wine"]) == 2


def test_with_an_account_only_an_id_or_the_option_means_a_job_of_this_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert shown(capsys, "logs", ENDED)
    assert shown(capsys, "list", "--embedded", "--ids").split() == [RUNNING, ENDED, CUT_OFF]
    assert shown(capsys, "cost", "--embedded", "--since", "2031-04-01")
    assert main(["list"]) == 1
    assert main(["logs", "iris"]) == 1


def test_it_runs_again_from_the_same_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    local = find_local_run(ENDED, None, is_embedded=True)
    assert local is not None
    again = RerunOptions(ENDED, None, ("hyperparameters.epochs=5",), is_json=True, results=None)
    options = run_options_of(local, again)
    assert (str(options.source), options.is_embedded) == ("/iris/job.json", True)
    assert options.settings == ("hyperparameters.epochs=3", "hyperparameters.epochs=5")
    assert (options.job.instance_types, options.job.time_limit) == (("c5.large",), "1h")
    assert str(options.job.cost_limit_usd) == "2.5"
    assert main(["rerun", "beer", "--embedded", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "CONFIG_REJECTED"


def test_the_report_is_made_of_what_a_job_has_left_here(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (history / ENDED / "model").mkdir()
    (history / ENDED / "model" / "weights.bin").write_bytes(b"12345")
    assert shown(capsys, "report", ENDED) == f"{ENDED}\n  report   {ENDED}.html\n"
    page = shown(capsys, "report", ENDED, "--output", "-")
    for words in ("the script ended", "model/weights.bin", "5 B", ">loss<small", "step=1 loss=0.5"):
        assert words in page
    assert "The states of its workflow are not known any more" in page


def test_the_report_has_the_timeline_that_was_kept(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = datetime(2031, 5, 1, 9, tzinfo=UTC)
    transitions = [
        Transition("ValidateConfig", ended - timedelta(hours=1), is_entered=True),
        Transition(
            "CreateStack", ended - timedelta(minutes=50), is_entered=False, output={"job": {"x": 1}}
        ),
        Transition("JobEnded", ended, is_entered=True),
    ]
    local = find_local_run(ENDED, None, is_embedded=True)
    assert local is not None
    write_local_run(replace(local, timeline=timeline_to_json(transitions)))
    page = shown(capsys, "report", ENDED, "--output", "-")
    assert "States of the workflow (2)" in page
    assert "<td>ValidateConfig</td><td>2031-05-01 08:00:00 UTC</td>" in page
    for phase, took in (("checking", "10 min"), ("launching", "50 min")):
        assert re.search(rf">{phase}</th>.*?<td class=\"value\">{took}</td>", page)
    assert "path     checking 10 min > launching" in shown(capsys, "status", ENDED)


def test_they_are_experiments_that_can_be_compared(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for job_id, rate in ((ENDED, 0.1), (RUNNING, 0.2)):
        run = find_local_run(job_id, None, is_embedded=True)
        assert run is not None
        config: Payload = {"hyperparameters": {"rate": rate}, "instance-type": "t3.micro"}
        write_local_run(replace(run, begun={"config": config}))
    record = {"config": {"hyperparameters": {"rate": 0.1}, "instance-type": "t3.micro"}}
    outcome = {"reason": "COMPLETED", "metrics": {"loss": {"value": 0.25}}}
    (history / ENDED / "record.json").write_text(json.dumps({**record, "outcome": outcome}))
    value = json.loads(shown(capsys, "experiments", "--json"))
    assert [(one["experiment"], one["reason"]) for one in value["experiments"]] == [
        (RUNNING, None),
        (ENDED, "COMPLETED"),
    ]
    assert "loss 0.25" in shown(capsys, "experiments", "--embedded", "--last", "2")
    compared = json.loads(shown(capsys, "experiments", "diff", ENDED, RUNNING, "--json"))
    assert compared["differences"] == [
        {"file": "job", "path": "hyperparameters.rate", "a": 0.1, "b": 0.2}
    ]
    assert main(["experiments", "diff", ENDED, "nothing"]) == 2
    assert "there is no experiment nothing" in capsys.readouterr().err


def test_what_a_killed_command_had_kept_is_shown(
    history: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    local = find_local_run(CUT_OFF, None, is_embedded=True)
    assert local is not None
    local.kept_results.mkdir()
    (local.kept_results / "checkpoint").write_text("half")
    local.kept_log.write_text("step=1 loss=0.5\n")
    write_local_run(
        replace(local, begun={"config": {"a-key": 1}}, known_at="2031-04-30T09:00:00.000Z")
    )
    assert "INTERRUPTED" in shown(capsys, "status", "wine")
    assert shown(capsys, "logs", "wine") == "step=1 loss=0.5\n"
    page = shown(capsys, "report", "wine", "--output", "-")
    for words in ("was interrupted.", "checkpoint", "step=1 loss=0.5", "a-key", ">loss<small"):
        assert words in page
    shown(capsys, "results", "wine", "elsewhere")
    assert {one.name for one in (tmp_path / "elsewhere").iterdir()} == {"checkpoint", "log.txt"}


def test_the_report_of_a_job_that_has_left_nothing_says_so(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is not there any more" in shown(capsys, "report", CUT_OFF, "--output", "-")
    assert f"process {os.getpid()}" in shown(capsys, "report", RUNNING, "--output", "-")


def test_a_report_that_cannot_be_written_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", ENDED, "--output", "nowhere/at/all.html", "--json"]) == 2
    assert "cannot be written: No such file" in json.loads(capsys.readouterr().out)["cause"]


def test_a_shell_completes_them_without_an_account(history: Path) -> None:
    program = Path(sys.executable).with_name("parris")
    script = f"""PATH={program.parent}:$PATH; {completion_script("bash", make_parser())}
COMP_WORDS=(parris status iris); COMP_CWORD=2; _parris; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [RUNNING, ENDED]
