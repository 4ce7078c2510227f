"""A job of `parris run --embedded` in one terminal, and the other verbs in a second one."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded_aws_helpers.builders import until
from parris_cli.project_files import PROJECT
from tests.end_to_end.command import PARRIS, environment, none_is_left, started, wait_for_words
from tests.end_to_end.deployment import ENDLESS
from tests.patience import PATIENCE_SECONDS

Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "tmp").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def running(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "train.sh").write_text(f"echo step=1 loss=0.5\ntrap 'exit 0' TERM\n{ENDLESS}")
    config = json.loads((PROJECT / "config" / "examples" / "at-fixed-time.json").read_text())
    config |= {"training-job-name": "iris", "training-script-filename": "train.sh"}
    (tmp_path / "job.json").write_text(json.dumps(config))
    with started("run", "job.json", "--embedded", home=home, folder=tmp_path) as process:
        wait_for_words(process.stderr, "step=1")
        yield process


@pytest.fixture
def parris(home: Path, tmp_path: Path) -> Shell:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PARRIS, *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment(home),
            timeout=PATIENCE_SECONDS,
        )

    return run


def test_the_second_terminal_sees_the_job_and_stops_it(
    running: subprocess.Popen[str], parris: Shell, home: Path, tmp_path: Path
) -> None:
    status = json.loads(parris("status", "iris", "--json").stdout)
    assert (status["state"], status["next"]["stop"]) == (
        "training",
        f"parris stop {status['job_id']}",
    )
    assert "step=1 loss=0.5" in parris("logs", "iris").stdout
    report = parris("report", "iris", "--output", "-").stdout
    for words in ("The job is running.", "step=1 loss=0.5\n", ">loss<small", "parris stop "):
        assert words in report
    (listed,) = json.loads(parris("list", "--json").stdout)["runs"]
    assert (listed["state"], listed["time_limit_seconds"]) == ("training", 36000)
    with started("watch", "iris", "--json", home=home, folder=tmp_path) as watching:
        wait_for_words(watching.stderr, "step=1")
        stopped = parris("stop", "iris")
        assert stopped.returncode == 0, stopped.stderr
        assert stopped.stdout.startswith(f"{status['job_id']}  ABORTED\n")
        out, err = watching.communicate(timeout=PATIENCE_SECONDS)
    assert watching.returncode == 1, err
    assert json.loads(out)["reason"] == "ABORTED"
    out, _ = running.communicate(timeout=PATIENCE_SECONDS)
    assert out.startswith("ABORTED  ended because a stop was requested")
    assert "parris: saved" in parris("logs", "iris").stdout
    has_the_states_of_the_whole_job(parris("report", "iris", "--output", "-").stdout)
    kept = {one.name for one in (tmp_path / "results" / ".history").iterdir()}
    assert kept == {f"{status['job_id']}.json", "servers"}
    again = parris("stop", "iris")
    assert (again.returncode, again.stderr) == (
        2,
        f"parris  not stopped: {status['job_id']} has ended: ABORTED\n",
    )
    assert [one.name for one in (tmp_path / "results" / ".history").glob("servers/*")] == []
    none_is_left(home)


def has_the_states_of_the_whole_job(page: str) -> None:
    """The report of a job whose AWS has ended has its phases and states."""
    for words in (">launching<", ">training<", ">cleaning up<", "States of the workflow ("):
        assert words in page
    for state in ("ValidateConfig", "CreateStack", "Aborted", "RecordOutcome"):
        assert f"<td>{state}</td>" in page


@pytest.mark.long
def test_a_killed_command_leaves_what_its_job_had_synced(
    home: Path, tmp_path: Path, parris: Shell
) -> None:
    script = 'echo step=1 loss=0.5\necho half > "$PARRIS_RESULTS_DIR/checkpoint"\n'
    (tmp_path / "train.sh").write_text(f"{script}{ENDLESS}")
    config = json.loads((PROJECT / "config" / "examples" / "at-fixed-time.json").read_text())
    config |= {
        "training-job-name": "iris",
        "training-script-filename": "train.sh",
        "sync-interval-seconds": 5,
    }
    (tmp_path / "job.json").write_text(json.dumps(config))
    history = tmp_path / "results" / ".history"
    with started("run", "job.json", "--embedded", home=home, folder=tmp_path) as process:
        wait_for_words(process.stderr, "step=1")
        until(lambda: any(history.glob("*/checkpoint")))
        until(lambda: "step=1" in next(history.glob("*.log")).read_text())
        process.kill()
    none_is_left(home)
    (run,) = json.loads(parris("list", "--json").stdout)["runs"]
    assert (run["state"], run["time_limit_seconds"]) == ("INTERRUPTED", 36000)
    assert run["runtime_seconds"] > 0 and float(run["estimated_cost_usd"]) > 0
    status = parris("status", "iris").stdout
    assert "what the job had synced until then is kept" in " ".join(status.split())
    assert "step=1 loss=0.5" in parris("logs", "iris").stdout
    page = parris("report", "iris", "--output", "-").stdout
    for words in (
        "was interrupted.",
        ">checkpoint<",
        "step=1 loss=0.5\n",
        ">loss<small",
        ">training<",
    ):
        assert words in page
    assert '"training-job-name": "iris"' in page.replace("&#34;", '"')
    assert parris("results", "iris", "elsewhere").returncode == 0
    assert (tmp_path / "elsewhere" / "checkpoint").read_text() == "half\n"
    assert "step=1" in (tmp_path / "elsewhere" / "log.txt").read_text()
