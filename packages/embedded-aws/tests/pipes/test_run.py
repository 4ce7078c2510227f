"""A pipe takes the messages of its queue to its target, and tries again what has failed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import create_stack, refusal_of, settled, until
from embedded_aws_helpers.pipes import (
    MOST_RECEIVES,
    READING,
    VISIBLE_AFTER_SECONDS,
    bodies_in,
    count_in,
    pipe,
    queues,
    role,
    send,
    virtual_aws,
    webhook_stack,
)
from embedded_aws_helpers.webhook import Webhook, webhook

AGAIN = timedelta(seconds=VISIBLE_AFTER_SECONDS)
LONG = (MOST_RECEIVES + 2) * AGAIN


def deploy(aws: EmbeddedAws, resources: dict[str, Any]) -> None:
    found = settled(aws, create_stack(aws, resources))
    assert found["StackStatus"] == "CREATE_COMPLETE", found


def let_pass(clock: VirtualClock, duration: timedelta) -> None:
    clock.run_until(clock.now() + duration)


def posted(hook: Webhook) -> list[str]:
    return [one["text"] for one in hook.bodies]


def test_a_message_is_posted_once_with_the_key_and_what_the_template_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        deploy(aws, webhook_stack(hook.url, '{"text": "<$.body.word>", "none": "<$.body.none>"}'))
        send(aws, word='two\nlines, "quoted"')
        let_pass(clock, LONG)
        assert hook.bodies == [{"text": 'two\nlines, "quoted"', "none": ""}]
        (headers,) = hook.headers
        assert headers["X-Key"] == "secret"
        assert headers["Content-Type"].startswith("application/json")
        assert count_in(aws, "Messages") == count_in(aws, "Undelivered") == 0


def test_an_endpoint_that_fails_is_tried_again_until_the_queue_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        hook.status = 503
        deploy(aws, webhook_stack(hook.url))
        send(aws, word="lost")
        let_pass(clock, LONG)
        assert posted(hook) == ["lost"] * MOST_RECEIVES
        gaps = [later - earlier for earlier, later in zip(hook.times, hook.times[1:], strict=False)]
        assert all(AGAIN <= gap <= AGAIN + timedelta(seconds=1) for gap in gaps)
        assert count_in(aws, "Messages") == 0
        assert bodies_in(aws, "Undelivered") == [{"word": "lost"}]


def test_an_endpoint_that_recovers_gets_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        hook.status = 500
        deploy(aws, webhook_stack(hook.url))
        send(aws, word="late")
        let_pass(clock, AGAIN / 2)
        hook.status = 204
        let_pass(clock, LONG)
        assert posted(hook) == ["late"] * 2
        assert count_in(aws, "Messages") == count_in(aws, "Undelivered") == 0


def test_a_failed_connection_does_not_count_as_one_of_the_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook:
        url = hook.url  # nobody listens there any more
    with virtual_aws(tmp_path / "aws") as (aws, clock):
        deploy(aws, webhook_stack(url))
        send(aws, word="kept")
        let_pass(clock, LONG)
        assert count_in(aws, "Messages") == 1
        assert count_in(aws, "Undelivered") == 0


def test_an_endpoint_whose_certificate_is_not_trusted_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        monkeypatch.delenv("SSL_CERT_FILE")
        deploy(aws, webhook_stack(hook.url))
        send(aws, word="secret")
        let_pass(clock, LONG)
        assert hook.bodies == []


def test_messages_are_posted_at_the_rate_of_the_destination(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        deploy(aws, webhook_stack(hook.url))
        for word in "abc":
            send(aws, word=word)
        let_pass(clock, LONG)
        assert sorted(posted(hook)) == ["a", "b", "c"]
        assert hook.times[-1] - hook.times[0] >= timedelta(seconds=2)


def test_a_pipe_without_the_right_to_its_target_posts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        deploy(aws, {**webhook_stack(hook.url), "Role": role(*READING)})
        send(aws, word="denied")
        let_pass(clock, LONG)
        assert hook.bodies == []
        assert bodies_in(aws, "Undelivered") == [{"word": "denied"}]


def test_a_pipe_whose_destination_is_gone_gives_its_messages_up_and_works_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        deploy(aws, webhook_stack(hook.url))
        (found,) = aws.client("events").list_api_destinations()["ApiDestinations"]
        aws.client("events").delete_api_destination(Name=found["Name"])
        for word in "ab":
            send(aws, word=word)
            let_pass(clock, LONG)
        assert count_in(aws, "Undelivered") == 2


def test_a_pipe_publishes_to_a_topic(aws: EmbeddedAws) -> None:
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:subscriber"
    aws.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    deploy(aws, {**queues(), "Role": role(), "Pipe": pipe(topic, '{"said": "<$.body.word>"}')})
    send(aws, word="hello")
    (found,) = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    assert found["Body"] == '{"said": "hello"}'


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 10}}}, "batches"),
        ({"TargetParameters": {"InputTemplate": "<aws.pipes.pipe-name>"}}, "reserved variables"),
        ({"Target": "arn:aws:lambda:us-east-1:123456789012:function:f"}, "lambda as a target"),
    ],
)
def test_what_is_not_modelled_is_refused(
    aws: EmbeddedAws, changed: dict[str, Any], reason: str
) -> None:
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    resources = {**queues(), "Role": role(), "Pipe": pipe(topic, "text", **changed)}
    assert reason in refusal_of(aws, resources)
