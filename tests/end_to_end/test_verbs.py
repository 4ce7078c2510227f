"""Each verb of the command as a person uses it: in a terminal, wide or narrow, and in a pipe."""

import json
import re
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded_aws_helpers.builders import until
from parris_cli.command_line import make_parser
from parris_cli.following.trainer_log import TrainerLog
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.end_to_end.person import Person
from tests.end_to_end.pseudo_terminal import PseudoTerminal, command_in
from tests.patience import PATIENCE_SECONDS

LOGS = "for step in 1 2 3; do echo step=$step loss=0.$((5 - step)); done\n"
SAVES = f"{LOGS}echo model > $PARRIS_RESULTS_DIR/model\n"


@pytest.fixture(scope="module")
def ended(deployed: Deployed) -> StartedJob:
    started = deployed.start("done", SAVES)
    assert deployed.end_of(started).reason == "COMPLETED"
    return started


@pytest.fixture(scope="module")
def begun(deployed: Deployed) -> StartedJob:
    """A job with limits that trains until the last test stops it."""
    started = deployed.start(
        "living",
        LOGS + f"trap 'exit 0' TERM\n{ENDLESS}",
        termination_method=["at-fixed-time", "around-cost-threshold"],
        termination_options={"time-limit": "10h", "cost-limit": 20},
    )
    log = TrainerLog(
        deployed.account.logs, deployed.account.deployment.log_group, f"living/{started.job_id}"
    )
    until(lambda: "step=3 loss=0.2" in log.new_lines())
    return started


@pytest.fixture
def running(person: Person, begun: StartedJob) -> StartedJob:
    """That job, once its run waits for the script's end and its log has been sent."""

    def is_training() -> bool:
        path = person.pipes("status", begun.job_id, "--json").json["path"]
        has_log = "step=3" in person.pipes("status", begun.job_id).out
        return has_log and [one["phase"] for one in path][-1:] == ["training"]

    until(is_training)
    return begun


def test_a_list_has_what_runs_and_what_has_ended(
    person: Person, ended: StartedJob, running: StartedJob
) -> None:
    wide = person.sees("list", columns=120)
    head, first, second, total = wide.out.splitlines()
    assert head.split() == ["job", "state", "who", "submitted", "time", "USD", "on"]
    assert first.startswith(f"{running.job_id}  training ")
    assert " of 10 h " in first and " of 20 " in first
    assert second.startswith(f"{ended.job_id}    COMPLETED ")
    assert total.startswith("2 runs, 1 running; ")
    assert "\x1b[1;32mCOMPLETED\x1b[0m" in wide.raw
    narrow = person.sees("list", columns=80).out.splitlines()
    assert narrow[0].startswith(f"{running.job_id}  training  ")
    assert narrow[1].endswith(" of 20 USD, on t3.micro")
    piped = person.pipes("list", "--sort", "name")
    assert piped.out.splitlines()[1].startswith(ended.job_id)
    assert person.pipes("list", "--running", "--ids").out == f"{running.job_id}\n"
    assert person.pipes("list", "--who", "nobody").out == "no runs\n"
    assert [run["reason"] for run in person.pipes("list", "--json").json["runs"]] == [
        None,
        "COMPLETED",
    ]


# Each with its exit code. {n} is another number in each terminal. What else starts, stops, deploys
# or serves has tests of its own.
VERBS = (
    (0, "list"),
    (0, "status"),
    (0, "status", "done"),
    (2, "status", "dona"),
    (0, "watch", "done"),
    (2, "watch", "nothing"),
    (0, "logs", "done"),
    (0, "cost"),
    (0, "experiments"),
    (0, "results", "done"),
    (0, "report", "done"),
    (0, "init", "train.sh", "--offline", "--to", "made-{n}.yaml"),
    (2, "init", "nothing.py", "--offline", "--to", "job.txt"),
    (0, "estimate", "job.json"),
    (2, "estimate", "wrong.json"),
    (0, "push", "job.json", "--dry-run"),
    (2, "push", "job.json"),
    (0, "schedule", "list"),
    (2, "schedule", "remove", "nothing"),
    (0, "doctor"),
    (0, "deploy", "--dry-run"),
    (2, "deploy", "--dry-run", "--set", "LogRetentonDays=90"),
    (0, "completion", "bash"),
    (2, "run", "jbo.json"),
    (2, "rerun", "nothing"),
    (2, "rehearse", "nothing.json"),
    (2, "stop", "done"),
    (2, "sweep", "status", "nothing"),
    (2, "image", "build", "."),
    (1, "serve"),
    (1, "aws", "env", "--port", "1"),
    (2, "offers", "--wings"),
)


@pytest.fixture
def files(tmp_path: Path) -> None:
    """A script, a config for it, and one with violations of each kind."""
    (tmp_path / "train.sh").write_text(SAVES)
    config = {
        "training-job-name": "nightly",
        "termination-method": "on-complete",
        "training-script-filename": "train.sh",
        "instance-type": "t3.micro",
    }
    (tmp_path / "job.json").write_text(json.dumps(config))
    wrong = {
        **config,
        "termination-method": ["at-clock-time", "around-cost-threshold"],
        "termination-options": {"clock-time": "Fryday 18:00 Europe/Berlin"},
        "instance-type": "c5.larg",
        "volume-size-gib": "large",
    }
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))


@pytest.mark.usefixtures("ended", "running", "files")
@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words[1:3]))
def test_a_verb_fits_each_terminal_and_has_no_colours_where_they_are_not_wanted(
    words: tuple[int, *tuple[str, ...]], person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, *template = words
    forms = [[word.format(n=number) for word in template] for number in range(3)]
    wide, piped = person.sees(*forms[0], columns=120), person.pipes(*forms[1])
    monkeypatch.setenv("NO_COLOR", "1")
    narrow = person.sees(*forms[2])
    for shown in (wide, piped, narrow):
        assert shown.code == code, shown
        assert shown.out or shown.err
    assert not re.search(r"\x1b\[[\d;]*m", narrow.raw)


@pytest.mark.usefixtures("files")
def test_all_that_is_wrong_with_a_config_is_said_at_once(person: Person) -> None:
    said = " ".join(person.sees("estimate", "wrong.json").err.replace("parris  ", "").split())
    for words in (
        "4 violations in the training config:",
        '/volume-size-gib: found "large", expected',
        "did you mean Friday?",
        "/termination-options/cost-limit: found nothing",
        "did you mean c5.large?",
    ):
        assert words in said


def test_each_verb_is_tried() -> None:
    # argparse has no public way to list the commands of a parser.
    (verbs,) = [one.choices for one in make_parser()._actions if isinstance(one.choices, dict)]
    assert {words[1] for words in VERBS} == set(verbs)


def test_the_status_of_a_job_says_how_far_it_is(
    person: Person, ended: StartedJob, running: StartedJob
) -> None:
    shown = person.sees("status", "living").out
    assert shown.startswith(f"{running.job_id}  training\n")
    for words in (
        "path     checking",
        "time     \u2591",
        "of 10 h",
        "at the latest (time limit)",
        "| step=3 loss=0.2",
        f"stop     parris stop {running.job_id}",
    ):
        assert words in shown
    assert person.pipes("status", "parris-living").out.startswith(running.job_id)
    value = person.pipes("status", running.execution_arn, "--json").json
    assert [begun["phase"] for begun in value["path"]] == ["checking", "launching", "training"]
    assert person.sees("status", columns=80).out.startswith(running.job_id)


def test_the_status_of_a_job_that_has_ended_says_why_and_what_it_cost(
    person: Person, ended: StartedJob
) -> None:
    shown = person.pipes("status", "done").out
    for words in ("why      the script exited with status 0", "metric   loss 0.2 at step 3"):
        assert words in shown
    assert f"fetch    parris results {ended.job_id}" in shown
    value = person.pipes("status", ended.job_id, "--json").json
    assert (value["reason"], value["outcome"]["exit_status"]) == ("COMPLETED", 0)


def test_the_report_of_a_job_is_a_page(
    person: Person, ended: StartedJob, running: StartedJob, tmp_path: Path
) -> None:
    file = f"{ended.job_id}.html"
    assert person.sees("report", "done").out == f"{ended.job_id}\n  report   {file}"
    page = (tmp_path / file).read_text()
    for words in (
        "The script ended successfully.",
        '<figcaption id="metric-1">loss<small id="metric-1-summary">From 0.4 to 0.2 at step 3;',
        "<td>model</td>",
        "step=3 loss=0.2\n",
        "ValidateConfig",
        "&#34;training-job-name&#34;: &#34;done&#34;",
    ):
        assert words in page
    snapshot = person.pipes("report", "living", "--output", "-").out
    for words in ("time limit, 10 h", "cost limit, 20 USD", "The job is running.", ">loss<small"):
        assert words in snapshot
    assert person.sees("report", "nobody").code == 2


def test_a_job_that_nobody_has_started_is_refused(person: Person) -> None:
    shown = person.sees("status", "nobody")
    assert shown.code == 2
    assert "there is no job named nobody" in " ".join(shown.err.split())


def test_a_job_is_watched_with_its_path_and_its_metrics_and_ctrl_c_leaves_it_alone(
    person: Person, running: StartedJob, deployed: Deployed
) -> None:
    terminal = PseudoTerminal(80)
    with command_in(terminal, ["watch", "living"]) as watching:
        terminal.wait_for(" step 3")
        terminal.wait_for("path ")
        terminal.press_ctrl_c()
        out, _ = watching.communicate(timeout=PATIENCE_SECONDS)
    assert watching.returncode == 1
    seen = re.sub(r"\x1b\[[\d;]*[A-Zmk]", "", terminal.raw)
    assert re.search(r"path +.*launching \d.* > .*training \d", seen)
    assert re.search(r"loss +0\.2 +\u2588\S\u2581  step 3", seen)
    # Neither the panel nor what the terminal shows of Ctrl-C stays.
    assert not [row for row in terminal.shown() if "path  " in row or "^C" in row]
    assert out.startswith("INTERRUPTED  interrupted; no longer followed; the job keeps running")
    assert f"watch    parris watch {running.job_id}" in out
    assert deployed.is_running(running)


def test_a_log_is_printed_whole_in_part_and_since_a_time(
    person: Person, ended: StartedJob, running: StartedJob
) -> None:
    whole = person.pipes("logs", "done").out.splitlines()
    assert whole[0] == "parris: starting train.sh"
    assert "step=3 loss=0.2" in whole
    assert person.sees("logs", "living", "--tail", "1").out == "step=3 loss=0.2"
    assert person.pipes("logs", "living", "--since", "1h").out.splitlines()[-3:] == [
        f"step={step} loss=0.{5 - step}" for step in (1, 2, 3)
    ]
    assert person.pipes("logs", "done", "--since", "2031-05-01").out == ""
    assert person.pipes("logs", "done", "--json").json["lines"] == whole
    assert person.pipes("logs", "done", "--json", "-f").code == 2


def test_a_job_runs_again_as_it_is_recorded_and_its_log_is_followed_to_its_end(
    person: Person, ended: StartedJob, deployed: Deployed
) -> None:
    again = person.pipes("rerun", "done", "--set", "volume-size-gib=40", "--detach", "--json")
    assert (again.code, again.json["goes_on"]) == (0, True)
    job_id = again.json["job_id"]
    assert again.json["next"]["watch"] == f"parris watch {job_id}"
    followed = person.pipes("logs", job_id, "-f")
    assert followed.code == 0, followed.err
    assert followed.out.count("step=3 loss=0.2") == 1
    assert "parris: saved 1 result" in followed.out
    value = person.pipes("status", "done", "--json").json
    assert (value["job_id"], value["reason"]) == (job_id, "COMPLETED")
    record = deployed.account.s3.get_object(
        Bucket=deployed.account.deployment.bucket, Key=f"jobs/done/{job_id}/record.json"
    )
    assert json.loads(record["Body"].read())["config"]["volume-size-gib"] == 40


def test_a_shell_completes_jobs_and_does_not_wait_for_an_aws_that_is_silent(
    person: Person, ended: StartedJob, running: StartedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = person.pipes("completion", "jobs").out.splitlines()
    assert ids[0] == running.job_id
    assert ended.job_id in ids
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        shown = person.pipes("completion", "jobs")
        # The SDK by itself waits for a minute, several times.
        assert time.monotonic() - began < 30
    assert (shown.code, shown.out, shown.err) == (0, "", "")


def test_what_jobs_have_cost_is_grouped(person: Person, ended: StartedJob) -> None:
    lines = person.sees("cost").out.splitlines()
    assert lines[0].split() == ["name", "runs", "time", "USD"]
    assert {line.split()[0] for line in lines[1:4]} >= {"done", "total"}
    value = person.pipes("cost", "--by", "who", "--since", "1d", "--json").json
    assert value["by"] == "who"
    assert value["total"]["runs"] == sum(one["runs"] for one in value["costs"]) > 0
    assert person.pipes("cost", "--name", "nothing").out.splitlines()[1].split()[:2] == [
        "total",
        "0",
    ]


def test_several_jobs_are_stopped_together(
    person: Person, running: StartedJob, deployed: Deployed
) -> None:
    config = deployed.write_job("second", f"trap 'exit 0' TERM\n{ENDLESS}")
    begun = person.sees("run", str(config), "--detach")
    assert begun.code == 0, begun.err
    assert "second-" in begun.out and "  watch    parris watch second-" in begun.out
    third = deployed.start("third", f"trap 'exit 0' TERM\n{ENDLESS}")
    done = person.pipes("stop", "living", "second", "nobody", "--json")
    assert done.code == 2
    assert [one["reason"] for one in done.json["jobs"]] == [None, "ABORTED", "ABORTED"]
    alone = person.sees("stop", third.job_id)
    assert alone.code == 0, alone.err
    assert alone.out.startswith("ABORTED  ended because a stop was requested")
    assert person.pipes("list", "--running", "--ids").out == ""


def test_doctor_says_what_is_to_be_done(person: Person, deployed: Deployed) -> None:
    shown = person.sees("doctor", "--instance-type", "c5.large")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("ready to train, 1 note")
    assert "note         mail: nobody is told of failures" in shown.err
    assert "parris deploy --set NotifyEmail=" in shown.err
    assert "job: at most" in shown.err and "c5.large" in shown.err
    refused = person.pipes("doctor", "--instance-type", "c5.largest", "--json")
    assert refused.code == 1
    (job,) = [one for one in refused.json["checks"] if one["health"] == "bad"]
    assert "c5.largest is refused: " in job["text"] and "instance-type" in job["text"]
    assert person.pipes("doctor", "--deployment", "nobodys").code == 1


def test_the_cheapest_offers_that_fit_are_shown(person: Person) -> None:
    table = person.sees("offers", "--gpu", "a10")
    assert table.code == 0, table.err
    assert table.out.splitlines()[0].split()[:3] == ["type", "vCPU", "GiB"]
    found = person.pipes("offers", "--gpu", "a10g", "--first", "3", "--json").json
    assert found["count"] > 3
    shown = found["offers"]
    assert shown[0]["instance_type"] == "g5.xlarge"
    prices = [float(one["on_demand_usd_per_hour"]) for one in shown]
    assert prices == sorted(prices)
    assert all(one["gpu"] == "NVIDIA A10G" and one["zones"] for one in shown)


@pytest.mark.usefixtures("files")
def test_what_was_pushed_starts_by_the_clock(person: Person, deployed: Deployed) -> None:
    assert person.pipes("push", "job.json", "--yes").code == 0
    added = person.pipes("schedule", "add", "often", "rate(1 minute)", "team/nightly/job.json")
    assert added.out.startswith("added  often  rate(1 minute) UTC  team/nightly/job.json\n")
    assert "1 schedule of parris" in person.sees("schedule", "list").out
    # A rate starts at once.
    find = ("list", "--name", "nightly", "--json")
    run = until(lambda: person.pipes(*find).json["runs"])[0]
    assert person.sees("schedule", "remove", "often").code == 0
    started = StartedJob(run["job_id"], run["execution_arn"], datetime.now(UTC))
    assert deployed.end_of(started).reason == "COMPLETED"
    assert person.pipes(*find).json["runs"][0]["started_by"] == "schedule often"
