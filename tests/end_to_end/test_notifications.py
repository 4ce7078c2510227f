"""What a subscriber of the deployment's topic receives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed

pytestmark = pytest.mark.long

HOUR = timedelta(hours=1)
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    instances=SimulatedInstances(SimulatedTraining(30 * 24 * 3600, boot_seconds=40)),
)
TWO_HOURS: dict[str, Any] = {
    "termination_method": "at-fixed-time",
    "termination_options": {"time-limit": 2},
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as its subscriber gets it."""

    kind: str
    job: str
    subject: str
    body: str
    at: datetime


class Site:
    """A deployment on a clock that jumps, and queues that are subscribed to its topic."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock, folder: Path) -> None:
        # The reaper would come every hour of days that pass in seconds.
        parameters = {"NotifyEmail": "a@example.com", "ReaperRate": "never"}
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", parameters)
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        self.aws, self.clock, self.deployed = aws, clock, Deployed(account, folder)
        self.topic_arn = outputs["NotifyTopicArn"]
        self._everything = self.subscribe("everything")

    def subscribe(self, name: str, **filter_policy: list[str]) -> str:
        """Subscribe a new queue, and return its URL."""
        sqs = self.aws.client("sqs")
        url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        attributes = {"FilterPolicy": json.dumps(filter_policy)} if filter_policy else {}
        self.aws.client("sns").subscribe(
            TopicArn=self.topic_arn,
            Protocol="sqs",
            Endpoint=answer["Attributes"]["QueueArn"],
            Attributes=attributes,
        )
        return url

    def run(self, name: str, **config: Any) -> tuple[StartedJob, list[Mail]]:
        """Run a job, and the cleanup of a failed one, to the end; return its notifications."""
        started = self.deployed.start(name, "exit 0\n", **config)
        self.clock.run_while(lambda: self.deployed.is_running(started))
        self.clock.run_until(self.clock.now() + HOUR)
        return started, self.mails()

    @contextmanager
    def denied(self, role: str, *actions: str) -> Iterator[None]:
        """Deny a role of the deployment what it needs, for a while."""
        iam = self.aws.client("iam")
        names = [one["RoleName"] for one in iam.list_roles()["Roles"]]
        (name,) = [one for one in names if f"-{role}-" in one or one.endswith(f"-{role}")]
        statement = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="no", PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=name, PolicyName="no")

    def state_of(self, alarm: str) -> str:
        """Return the state of an alarm."""
        found = self.aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm])
        return str(found["MetricAlarms"][0]["StateValue"])

    def mails(self, url: str = "") -> list[Mail]:
        """Return what has arrived in a queue since the last call."""
        sqs, found = self.aws.client("sqs"), []
        url = url or self._everything
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
            for one in answer.get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                found.append(_mail(json.loads(one["Body"])))
            if not answer.get("Messages"):
                return found


def _mail(notification: dict[str, Any]) -> Mail:
    # An alarm's message has no attributes.
    attributes = notification.get("MessageAttributes", {})
    return Mail(
        attributes["kind"]["Value"] if attributes else "alarm",
        attributes["job"]["Value"] if attributes else "",
        notification["Subject"],
        notification["Message"],
        datetime.fromisoformat(notification["Timestamp"]),
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    with EmbeddedAws(
        SETTINGS, folder=tmp_path_factory.mktemp("aws"), clock=clock, snapshots=snapshots_folder()
    ) as aws:
        yield Site(aws, clock, tmp_path_factory.mktemp("jobs"))


def test_a_near_limit_is_notified_once_and_then_the_end(site: Site) -> None:
    started, (near, end) = site.run("timed", **TWO_HOURS)
    outcome = site.deployed.end_of(started).outcome
    assert [(mail.kind, mail.job) for mail in (near, end)] == [
        ("near-limit", "timed"),
        ("ended", "timed"),
    ]
    assert near.subject == "[Parris] timed: near its time limit of 2 h"
    left = datetime.fromisoformat(outcome["started_at"]) + 2 * HOUR - near.at
    assert timedelta(minutes=11) < left < timedelta(minutes=15)
    assert end.subject == "[Parris] timed: TIME_LIMIT"
    for words in (outcome["results_uri"], outcome["estimated_cost_usd"], outcome["cause"]):
        assert words in end.body


def test_a_job_without_notifications_sends_none_and_is_not_polled_for_them(site: Site) -> None:
    _, mails = site.run("quiet", notify=[], **TWO_HOURS)
    assert mails == []


def test_kept_resources_are_always_notified_and_can_be_filtered(site: Site) -> None:
    kept_only = site.subscribe("kept-only", kind=["kept"])
    site.run("not-kept", **TWO_HOURS)
    _, (mail,) = site.run("kept", notify=[], on_termination="stop-instance", **TWO_HOURS)
    (instance,) = [
        one["InstanceId"]
        for group in site.aws.client("ec2").describe_instances()["Reservations"]
        for one in group["Instances"]
        if one["State"]["Name"] == "stopped"
    ]
    assert mail.kind == "kept"
    assert instance in mail.body
    assert "USD per month" in mail.body
    assert "aws cloudformation delete-stack" in mail.body
    assert [one.job for one in site.mails(kept_only)] == ["kept"]


def test_the_cleanup_notifies_once_of_an_abandoned_run(site: Site) -> None:
    started = site.deployed.start("stopped", "exit 0\n")
    site.clock.run_until(site.clock.now() + HOUR)
    site.aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    site.clock.run_until(site.clock.now() + HOUR)
    (mail,) = site.mails()
    assert (mail.kind, mail.subject) == ("ended", "[Parris] stopped: ABORTED")
    assert "cleanup ended it instead" in mail.body


def test_a_failed_run_is_notified_once_despite_its_cleanup(site: Site) -> None:
    with site.denied("CreateStackFunctionRole", "cloudformation:CreateStack"):
        _, (mail,) = site.run("failing")
    assert mail.kind == "ended"
    assert "LAUNCH_FAILED" in mail.subject


def test_a_rejected_config_is_always_notified_with_its_violations(site: Site) -> None:
    started, (mail,) = site.run("wrong", notify=[], volume_size_gib=0, max_attempts=0)
    assert (mail.kind, mail.job) == ("ended", "unknown")
    assert mail.subject == "[Parris] a run was not started: CONFIG_REJECTED"
    assert started.execution_arn in mail.body
    assert "2 violations in the training config:" in mail.body
    for place in ("/max-attempts: found 0", "/volume-size-gib: found 0"):
        assert place in mail.body


def test_an_unchecked_config_is_always_notified_once(site: Site) -> None:
    with site.denied("ValidateConfigFunctionRole", "pricing:GetProducts"):
        started, (mail,) = site.run("unchecked", notify=[])
    assert (mail.kind, mail.job) == ("ended", "unknown")
    assert mail.subject == "[Parris] a run was not started: LAUNCH_FAILED"
    assert started.execution_arn in mail.body
    assert "the config could not be checked: " in mail.body
    assert "pricing:GetProducts" in mail.body


def test_an_unconfirmed_end_is_notified_by_the_run_and_then_by_its_cleanup(
    site: Site,
) -> None:
    started = site.deployed.start("stuck", "exit 0\n", notify=[], **TWO_HOURS)
    site.clock.run_until(site.clock.now() + HOUR)
    with site.denied("ConfirmEndedFunctionRole", "ec2:DescribeInstances"):
        # A day of the run, and another one of its cleanup.
        site.clock.run_until(site.clock.now() + 51 * HOUR)
    assert site.deployed.end_of(started).reason == "CLEANUP_FAILED"
    by_the_run, by_the_cleanup, alarm = site.mails()
    for mail in (by_the_run, by_the_cleanup):
        assert (mail.kind, mail.job) == ("cleanup-failed", "stuck")
        assert f"Values={started.execution_arn}" in mail.body
    assert "tries for another day" in by_the_run.body
    assert "tries for another day" not in by_the_cleanup.body
    assert alarm.subject.startswith('ALARM: "parris-cleanup-failed"')


def test_a_topic_that_cannot_be_reached_neither_fails_nor_moves_an_end(site: Site) -> None:
    with site.denied("TrainingStateMachineRole", "sns:Publish"):
        started, mails = site.run("unheard", **TWO_HOURS)
    ended = site.deployed.end_of(started)
    assert (ended.reason, mails, ended.left) == ("TIME_LIMIT", [], [])
    assert ended.outcome["runtime_seconds"] <= 2 * 3600


def test_the_address_that_the_deployment_was_given_is_subscribed(site: Site) -> None:
    sns = site.aws.client("sns")
    found = sns.list_subscriptions_by_topic(TopicArn=site.topic_arn)["Subscriptions"]
    assert ("email", "a@example.com") in {(one["Protocol"], one["Endpoint"]) for one in found}


def test_the_alarms_of_ends_and_cleanups_notify_the_same_topic(site: Site) -> None:
    alarms = site.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert all(one["AlarmActions"] == [site.topic_arn] for one in alarms)
    watched: dict[str, set[str]] = {}
    for one in alarms:
        watched.setdefault(one["MetricName"], set()).add(one["Dimensions"][0]["Value"])
    assert set(watched) == {"ExecutionsFailed", "ExecutionsTimedOut", "Errors"}
    (cleanup,) = watched["ExecutionsFailed"] | watched["ExecutionsTimedOut"]
    assert cleanup.endswith(":stateMachine:parris-cleanup")
    functions = site.aws.client("lambda").list_functions()["Functions"]
    ending = {one["Handler"] for one in functions if one["FunctionName"] in watched["Errors"]}
    assert ending == {
        "stop_or_delete_stack.handler",
        "stop_training_job.handler",
        "terminate_batch_job.handler",
        "release_server.handler",
    }


def test_an_end_that_is_refused_for_hours_fires_its_alarm_and_continues_when_it_may(
    site: Site,
) -> None:
    started = site.deployed.start("refused", "exit 0\n", **TWO_HOURS)
    site.clock.run_until(site.clock.now() + HOUR)
    with site.denied("StopOrDeleteStackFunctionRole", "cloudformation:DeleteStack"):
        site.clock.run_until(site.clock.now() + 4 * HOUR)
        assert site.state_of("parris-end-failing") == "ALARM"
    site.clock.run_until(site.clock.now() + 2 * HOUR)
    assert site.state_of("parris-end-failing") == "OK"
    ended = site.deployed.end_of(started)
    assert (ended.reason, ended.left) == ("TIME_LIMIT", [])
    (alarm,) = [mail for mail in site.mails() if mail.kind == "alarm"]
    assert alarm.subject.startswith('ALARM: "parris-end-failing"')
    # The end began two hours after the start at the latest, and failed in each quarter of an hour.
    started_at = datetime.fromisoformat(ended.outcome["started_at"])
    assert 2 * HOUR < alarm.at - started_at < 3.25 * HOUR
