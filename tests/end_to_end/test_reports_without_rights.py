"""The command reports on a job whatever its credentials may no longer do."""

import io
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from embedded_aws.permissions.expired_keys import expire_key, renew_key
from parris_cli.account import connect
from parris_cli.account.clients import Account
from parris_cli.downloads import fetch_results
from parris_cli.downloads.fetch_results import ResultsOptions
from parris_cli.following import watch_job
from parris_cli.following.phase import Phase
from parris_cli.following.watch_job import WatchOptions, watch_on
from parris_cli.starting import run_job
from parris_cli.starting.run_job import RunOptions
from parris_cli.starting.start_job import StartedJob
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.progress import Progress
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.style import Style
from tests.end_to_end.deployment import ENDLESS, Deployed

LONG = pytest.mark.long
SAVES = "echo training; echo model > $PARRIS_RESULTS_DIR/model\n"


@pytest.fixture(autouse=True)
def somewhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


class Person:
    """Somebody whose rights can be taken away."""

    def __init__(self, deployed: Deployed) -> None:
        self._iam = deployed.account._make_client("iam")
        self._iam.create_user(UserName="person")
        key = self._iam.create_access_key(UserName="person")["AccessKey"]
        self.key_id = key["AccessKeyId"]
        endpoint = deployed.account.s3.meta.endpoint_url

        def make_client(service: str) -> Any:
            return boto3.client(
                service,  # type: ignore[call-overload]
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
            )

        self._make_client = make_client
        self._deployment = deployed.account.deployment

    def account(self) -> Account:
        return Account(self._make_client, self._deployment, is_embedded=False)

    def denied(self, *actions: str) -> Account:
        statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        if actions:
            statements.append({"Effect": "Deny", "Action": list(actions), "Resource": "*"})
        self._iam.put_user_policy(
            UserName="person",
            PolicyName="rights",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )
        return self.account()


@pytest.fixture(scope="module")
def person(deployed: Deployed) -> Person:
    return Person(deployed)


@pytest.fixture(scope="module")
def ended(deployed: Deployed) -> StartedJob:
    started = deployed.start(
        "saves", SAVES, termination_method="at-fixed-time", termination_options={"time-limit": 1}
    )
    assert deployed.end_of(started).reason == "COMPLETED"
    return started


@pytest.fixture(scope="module")
def running(deployed: Deployed) -> Iterator[StartedJob]:
    started = deployed.start("endless", ENDLESS)
    deployed.wait_for_file(started, "started.json")
    yield started
    deployed.account.stepfunctions.stop_execution(executionArn=started.execution_arn)


def watch(
    account: Account, job: str, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any], str]:
    screen = io.StringIO()
    options = WatchOptions(job, None, is_json=True, results=None)
    with Interrupts() as interrupts:
        code = watch_on(account, options, Screen(screen), interrupts)
    said = json.loads(capsys.readouterr().out)
    return code, said, screen.getvalue()


def test_with_every_right_a_job_that_is_over_is_reported_like_one_that_was_followed(
    person: Person, ended: StartedJob, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said, shown = watch(person.denied(), "saves", capsys)
    assert (code, said["reason"], said["notes"]) == (0, "COMPLETED", [])
    assert (said["job_id"], said["goes_on"]) == (ended.job_id, False)
    (limit,) = said["limits"]
    assert (limit["limit"], limit["overshoot"]) == ("time-limit", "0")
    assert "time-limit of 1 h: kept" in shown and "| training" in shown
    assert (tmp_path / said["results"] / "model").read_text() == "model\n"


@pytest.mark.parametrize(
    ("action", "code", "what"),
    [
        ("states:DescribeExecution", 0, "end is read from its history"),
        ("ec2:DescribeInstances", 0, "DescribeInstances"),
        ("s3:GetObject", 1, "run record could not be read"),
        pytest.param("logs:GetLogEvents", 0, "log is not shown", marks=LONG),
        pytest.param("states:GetExecutionHistory", 0, "states are not shown", marks=LONG),
        pytest.param("ec2:DescribeVolumes", 0, "DescribeVolumes", marks=LONG),
        pytest.param("cloudformation:DescribeStacks", 0, "DescribeStacks", marks=LONG),
        pytest.param("s3:ListBucket", 1, "", marks=LONG),
        pytest.param("states:ListExecutions", 0, "", marks=LONG),
    ],
)
def test_a_missing_right_costs_what_it_is_for_and_nothing_else(
    person: Person,
    ended: StartedJob,
    capsys: pytest.CaptureFixture[str],
    action: str,
    code: int,
    what: str,
) -> None:
    account = person.denied(action)
    got, said, shown = watch(account, ended.job_id, capsys)
    assert (got, said["reason"]) == (code, "COMPLETED"), shown
    assert said["job_id"] == ended.job_id
    assert len([one for one in said["notes"] if what and what in one]) == bool(what), said["notes"]
    if code:
        assert said["results_trouble"] and said["results_uri"].startswith("s3://")
        assert said["next"]["results"].startswith(f"parris results {ended.job_id}")
        assert said["next"]["watch"] is None
    else:
        assert said["results"]


class LosesPatience(Screen):
    """A user who interrupts when a certain text appears."""

    def __init__(self, word: str) -> None:
        super().__init__(io.StringIO(), quiet_seconds=0)
        self._word = word

    def say(self, text: str, label: str = "", style: Style = Style.PLAIN) -> None:
        super().say(text, label, style)
        if self._word in f"{label} {text}":
            signal.raise_signal(signal.SIGTERM)


def watch_on_screen(account: Account, job: str, screen: Screen, results: Path | None = None) -> int:
    options = WatchOptions(job, None, is_json=True, results=results)
    with Interrupts() as interrupts:
        return watch_on(account, options, screen, interrupts)


def test_an_interrupted_download_reports_the_end_and_how_to_resume(
    person: Person, ended: StartedJob, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch_on_screen(person.denied(), "saves", LosesPatience("downloading 1 result")) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["execution_status"], said["reason"]) == ("SUCCEEDED", "COMPLETED")
    assert (said["goes_on"], said["results_trouble"]) == (False, "interrupted")
    assert "keeps running" not in said["cause"]
    assert said["next"]["results"] == f"parris results {ended.job_id}"
    assert said["next"]["watch"] is None


def test_an_interrupted_command_reports_that_the_job_keeps_running(
    person: Person, deployed: Deployed, running: StartedJob, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch_on_screen(person.denied(), running.job_id, LosesPatience("the machine boots")) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["execution_status"], said["goes_on"]) == ("INTERRUPTED", True)
    assert said["next"]["watch"] == f"parris watch {running.job_id}"
    assert [one["kind"] for one in said["left_running"]]
    assert deployed.is_running(running)


@pytest.mark.usefixtures("ended")
def test_results_that_cannot_be_written_are_reported_with_where_they_are(
    person: Person, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    screen = Screen(io.StringIO())
    assert watch_on_screen(person.denied(), "saves", screen, tmp_path / "out") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["reason"], said["results"]) == ("COMPLETED", None)
    assert "File exists" in said["results_trouble"]
    assert said["results_uri"].startswith("s3://")
    assert f"parris results {said['job_id']} {tmp_path / 'out'}" == said["next"]["results"]


def test_an_unreachable_job_keeps_running_and_the_next_steps_are_shown(
    person: Person, deployed: Deployed, running: StartedJob, capsys: pytest.CaptureFixture[str]
) -> None:
    account = person.denied()
    screen = ExpiresSoon(person.key_id)
    options = WatchOptions(running.job_id, "parris", is_json=True, results=None)
    try:
        with Interrupts() as interrupts:
            assert watch_on(account, options, screen, interrupts) == 1
    finally:
        renew_key(person.key_id)
    said = json.loads(capsys.readouterr().out)
    assert (said["execution_status"], said["goes_on"]) == ("NOT_FOLLOWED", True)
    assert "the job keeps running" in said["cause"] and "ExpiredToken" in said["cause"]
    assert said["next"] == {
        "watch": f"parris watch {running.job_id} --deployment parris",
        "stop": f"parris stop {running.job_id} --deployment parris",
        "results": f"parris results {running.job_id} --deployment parris",
        "report": None,
        "rerun": None,
    }
    assert said["left_running"] is None
    assert deployed.is_running(running)


class ExpiresSoon(Screen):
    """Credentials that expire once the job has been seen to run."""

    def __init__(self, key_id: str) -> None:
        super().__init__(io.StringIO(), quiet_seconds=0)
        self._key_id = key_id

    def show_status(self, status: Progress, at_seconds: float, table: Sequence[str] = ()) -> None:
        if status.phase in (Phase.STARTING, Phase.TRAINING):
            expire_key(self._key_id)


def test_results_of_a_running_job_by_another_right_than_describing_it(
    person: Person,
    ended: StartedJob,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = person.denied("states:GetExecutionHistory")
    monkeypatch.setattr(fetch_results, "real_account", lambda *_: account)
    options = ResultsOptions(ended.job_id, tmp_path / "out", "parris", is_json=True)
    assert fetch_results.fetch_results(options) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["results_count"], said["fetched_count"]) == (1, 3)
    assert fetch_results.fetch_results(options) == 0
    assert json.loads(capsys.readouterr().out)["fetched_count"] == 0
    monkeypatch.setattr(fetch_results, "real_account", lambda *_: person.denied("s3:GetObject"))
    (tmp_path / "out" / "model").unlink()
    assert fetch_results.fetch_results(options) == 1


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("s3:PutObject", "could not be uploaded to s3://"),
        ("states:StartExecution", "AWS did not start it"),
    ],
)
def test_a_job_that_may_not_be_started_is_reported_as_not_running(
    person: Person,
    deployed: Deployed,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    what: str,
) -> None:
    monkeypatch.setattr(connect, "real_account", lambda *_: person.denied(action))
    config = deployed.write_job("forbidden", SAVES)
    options = RunOptions(config, False, "parris", (), is_json=True, results=None)
    assert run_job.run_job(options) == 1
    got = capsys.readouterr()
    said = json.loads(got.out)
    assert what in said["cause"] and action.partition(":")[2] in said["cause"]
    assert (said["job_id"], said["goes_on"], said["reason"]) == (None, False, None)
    assert "not started: " in got.err


def test_a_job_that_is_nowhere_is_refused_with_what_runs(
    person: Person,
    running: StartedJob,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch_job, "real_account", lambda *_: person.denied())
    assert watch_job.watch_job(WatchOptions("nobody", "parris", is_json=True, results=None)) == 2
    assert f"running jobs: {running.job_id}" in json.loads(capsys.readouterr().out)["cause"]


@contextmanager
def expired(key_id: str) -> Iterator[None]:
    expire_key(key_id)
    try:
        yield
    finally:
        renew_key(key_id)


def test_every_service_has_its_own_error_for_an_expired_key(person: Person) -> None:
    account = person.denied()
    calls: dict[str, Callable[[], object]] = {
        "ExpiredTokenException": account.stepfunctions.list_state_machines,
        "ExpiredToken": account.s3.list_buckets,
        "RequestExpired": account.client("ec2").describe_instances,
    }
    with expired(person.key_id):
        for code, call in calls.items():
            with pytest.raises(ClientError, match=code):
                call()
