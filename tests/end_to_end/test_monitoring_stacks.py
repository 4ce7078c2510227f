"""The stacks of templates/monitoring beside a deployment: what they show, post, and leave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from embedded_aws.log_queries.query import parse_query
from embedded_aws_helpers.pipes import count_in
from embedded_aws_helpers.webhook import Webhook, webhook
from parris_cli.project_files import PROJECT
from tests.end_to_end.rehearsed import HOUR, deployment_for, reason_of, rehearsed

if TYPE_CHECKING:
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment

JOB, JOB_NAME = PROJECT / "config" / "examples" / "on-complete.json", "until-it-is-done"
TEMPLATES = PROJECT / "templates" / "monitoring"
STACKS = ("dashboard", "webhook", "slack")
MINUTE = timedelta(minutes=1)
# Received ten times, a minute apart, and then given up.
UNTIL_GIVEN_UP = 12 * MINUTE


class Site:
    """A deployment on a virtual clock with the three stacks, and the endpoint of its webhook."""

    def __init__(self, deployment: VirtualDeployment, hook: Webhook) -> None:
        self.deployment, self.hook = deployment, hook
        self.aws, self.clock = deployment.aws, deployment.clock
        described = self.aws.client("cloudformation").describe_stacks(StackName="parris")
        self.outputs = {
            one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0]["Outputs"]
        }
        self.empty = self.counts()
        self.deploy("dashboard", DeploymentName="parris")
        topic = self.outputs["NotifyTopicArn"]
        self.deploy("webhook", NotifyTopicArn=topic, WebhookUrl=hook.url)
        channel = {"SlackWorkspaceId": "T0123456789", "SlackChannelId": "C0123456789"}
        self.deploy("slack", NotifyTopicArn=topic, **channel)

    def deploy(self, name: str, **parameters: str) -> None:
        self.aws.deploy(TEMPLATES / f"{name}.yaml", f"parris-{name}", parameters)

    def delete(self, name: str) -> None:
        formation = self.aws.client("cloudformation")
        stack = formation.describe_stacks(StackName=f"parris-{name}")["Stacks"][0]["StackId"]
        formation.delete_stack(StackName=stack)
        self.let_pass(HOUR)
        (gone,) = formation.describe_stacks(StackName=stack)["Stacks"]
        assert gone["StackStatus"] == "DELETE_COMPLETE"

    def let_pass(self, duration: timedelta) -> None:
        self.clock.run_until(self.clock.now() + duration)

    def start(self, **job: Any) -> str:
        """Start an execution of the training machine, and return its ARN."""
        started = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineArn"], input=json.dumps(job)
        )
        return str(started["executionArn"])

    def publish(self, subject: str, message: str) -> None:
        """Publish as a state machine of the deployment does."""
        self.aws.client("sns").publish(
            TopicArn=self.outputs["NotifyTopicArn"],
            Subject=subject,
            Message=message,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "ended"}},
        )

    def widgets(self, kind: str) -> list[dict[str, Any]]:
        """Return the properties of the dashboard's widgets of a kind."""
        found = self.aws.client("cloudwatch").get_dashboard(DashboardName="parris")
        widgets = json.loads(found["DashboardBody"])["widgets"]
        return [one["properties"] for one in widgets if one["type"] == kind]

    def saved_queries(self) -> dict[str, tuple[str, str]]:
        """Return the log group and the query of each saved query, by its name."""
        found = self.aws.client("logs").describe_query_definitions()["queryDefinitions"]
        assert {len(one["logGroupNames"]) for one in found} == {1}
        return {
            one["name"].removeprefix("parris/"): (one["logGroupNames"][0], one["queryString"])
            for one in found
        }

    def shown_queries(self) -> dict[str, tuple[str, str]]:
        """Return the log group and the query of each log widget, by its title."""
        found = {}
        for one in self.widgets("log"):
            source = re.fullmatch(r"SOURCE '(\S+)' \| (.*)", one["query"])
            assert source is not None
            found[one["title"]] = (source[1], source[2])
        return found

    def rows(self, group: str, query: str) -> list[dict[str, str]]:
        """Return what a query finds in the whole log."""
        logs = self.aws.client("logs")
        started = logs.start_query(
            logGroupNames=[group],
            startTime=0,
            endTime=int(self.clock.now().timestamp()) + 1,
            queryString=query.replace("NAME", JOB_NAME),
        )
        found = logs.get_query_results(queryId=started["queryId"])["results"]
        return [{one["field"]: one["value"] for one in row} for row in found]

    def counts(self) -> dict[str, int]:
        """Return how many resources there are of each kind that the stacks have."""
        client = self.aws.client
        return {
            "dashboards": len(client("cloudwatch").list_dashboards()["DashboardEntries"]),
            "queries": len(client("logs").describe_query_definitions()["queryDefinitions"]),
            "queues": len(client("sqs").list_queues().get("QueueUrls", [])),
            "topics": len(client("sns").list_topics()["Topics"]),
            "subscriptions": len(client("sns").list_subscriptions()["Subscriptions"]),
            "roles": len(client("iam").list_roles()["Roles"]),
            "pipes": len(client("pipes").list_pipes()["Pipes"]),
            "destinations": len(client("events").list_api_destinations()["ApiDestinations"]),
            "connections": len(client("events").list_connections()["Connections"]),
            "secrets": len(client("secretsmanager").list_secrets()["SecretList"]),
        }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("webhook")
    with (
        pytest.MonkeyPatch.context() as patch,
        webhook(folder, patch) as hook,
        deployment_for(JOB) as deployment,
    ):
        made = Site(deployment, hook)
        assert reason_of(rehearsed(deployment, JOB, 2 * HOUR)) == "COMPLETED"
        # One that fails, and one that is stopped.
        made.start(nonsense=True)
        stopped = made.start()
        deployment.aws.client("stepfunctions").stop_execution(executionArn=stopped)
        made.let_pass(HOUR)
        yield made


def test_the_webhook_gets_one_message_of_a_job_with_reason_cost_results_and_next_command(
    site: Site,
) -> None:
    (posted,) = [one for one in site.hook.bodies if JOB_NAME in one["subject"]]
    assert posted.keys() == {"text", "subject"}
    text = posted["text"]
    assert text.startswith(f"The job {JOB_NAME} has ended as COMPLETED")
    assert re.search(r"it cost \d\.\d{4} USD \(estimate\)", text)
    assert re.search(r"^Results: s3://\S+/results/$", text, re.MULTILINE)
    assert re.search(rf"^  parris report {JOB_NAME}-\S+$", text, re.MULTILINE)


def test_every_metric_of_the_dashboard_is_one_that_step_functions_counts(site: Site) -> None:
    listed = site.aws.client("cloudwatch").list_metrics()["Metrics"]
    counted = {
        (one["Namespace"], one["MetricName"], *(d[k] for d in one["Dimensions"] for k in d))
        for one in listed
    }
    shown = set()
    for widget in site.widgets("metric"):
        before: list[str] = []
        for line in widget["metrics"]:
            names = [one for one in line if isinstance(one, str)]
            before = [b if n == "." else n for n, b in zip(names, before or names, strict=True)]
            shown.add(tuple(before))
    assert len(shown) == 4
    assert shown <= counted


def test_the_dashboard_shows_alarms_that_exist(site: Site) -> None:
    (widget,) = site.widgets("alarm")
    alarms = site.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert set(widget["alarms"]) == {one["AlarmArn"] for one in alarms}


def test_every_query_names_fields_of_the_log_and_finds_what_it_is_for(site: Site) -> None:
    saved = site.saved_queries()
    found = {name: site.rows(*query) for name, query in {**site.shown_queries(), **saved}.items()}
    ends = [row for row in found["Jobs that have ended"] if row.get("job") == JOB_NAME]
    assert [row["reason"] for row in ends] == ["COMPLETED"]
    (costs,) = [row for row in found["Cost by job name"] if row.get("job") == JOB_NAME]
    assert (costs["usd"], costs["runs"]) == (ends[0]["usd"], "1")
    steps = {row["function_name"].split("-")[1] for row in found["Steps of one job"]}
    assert {"CreateStackFunction", "RecordOutcomeFunction"} <= steps
    script = [row["@message"] for row in found["Log of one job's script"]]
    assert any("loss=0.5" in line for line in script)
    # A rejected config: an error that no function catches, in the words of Lambda's runtime.
    assert any("ConfigInvalidError" in row["@message"] for row in found["Errors of functions"])
    for group, query in saved.values():
        lines = site.rows(group, "fields @message")
        names = {name for line in lines for name in fields_in(line["@message"])}
        assert parse_query(query).fields <= names | {"@timestamp", "@message", "@logStream"}


def fields_in(message: str) -> set[str]:
    """Return the paths of a line's values, with dots between them."""

    def paths(value: Any, before: str) -> Iterator[str]:
        if isinstance(value, dict):
            for key, one in value.items():
                yield from paths(one, f"{before}.{key}" if before else key)
        else:
            yield before

    try:
        return set(paths(json.loads(message), ""))
    except ValueError:
        return set()


def test_the_webhook_gets_an_alarm_in_words(site: Site) -> None:
    before = len(site.hook.bodies)
    machines = site.aws.client("stepfunctions").list_state_machines()["stateMachines"]
    (cleanup,) = [one["stateMachineArn"] for one in machines if one["name"] == "parris-cleanup"]
    site.aws.client("stepfunctions").start_execution(stateMachineArn=cleanup, input="[]")
    site.let_pass(2 * MINUTE)
    (posted,) = site.hook.bodies[before:]
    assert posted["subject"] == "[Parris] alarm: parris-cleanup-failed"
    first, description, reason = posted["text"].split("\n\n")
    assert first == "The alarm parris-cleanup-failed has fired."
    assert "docs/notifications.md what to do" in description
    assert reason.startswith("Threshold Crossed: 1 datapoint")


def test_a_failing_endpoint_is_tried_ten_times_and_the_message_is_kept(site: Site) -> None:
    site.hook.status, before = 500, len(site.hook.bodies)
    try:
        site.publish("[Parris] lost", "lost")
        site.let_pass(UNTIL_GIVEN_UP)
    finally:
        site.hook.status = 200
    assert [one["subject"] for one in site.hook.bodies[before:]] == ["[Parris] lost"] * 10
    assert count_in(site.aws, "webhook-Undelivered") == 1
    assert count_in(site.aws, "webhook-Messages") == 0


def test_the_chat_channel_gets_what_amazon_q_shows(site: Site) -> None:
    sqs, sns = site.aws.client("sqs"), site.aws.client("sns")
    arns = [one["TopicArn"] for one in sns.list_topics()["Topics"]]
    (topic,) = [arn for arn in arns if "parris-slack-ChatTopic" in arn]
    queue = sqs.create_queue(QueueName="chat")["QueueUrl"]
    address = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    subscription = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=address["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    site.publish("[Parris] a", 'b\n"c"')
    site.let_pass(MINUTE)
    (received,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=queue)
    content = {"textType": "client-markdown", "title": "[Parris] a", "description": 'b\n"c"'}
    expected = {"version": "1.0", "source": "custom", "content": content}
    assert json.loads(received["Body"]) == expected


def test_an_update_posts_to_another_address_and_a_deletion_leaves_nothing(site: Site) -> None:
    topic = site.outputs["NotifyTopicArn"]
    address = site.hook.url.replace("hooks", "others")
    site.deploy("webhook", NotifyTopicArn=topic, WebhookUrl=address)
    (found,) = site.aws.client("events").list_api_destinations()["ApiDestinations"]
    assert found["InvocationEndpoint"] == address
    for name in STACKS:
        site.delete(name)
    assert site.counts() == site.empty
