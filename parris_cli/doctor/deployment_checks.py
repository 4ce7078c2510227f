"""A deployment: whether jobs can start, who learns of trouble, and what a job would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import texts_in
from parris_cli.aws_errors import AWS_ERRORS, describe_error
from parris_cli.deployment.bucket_events import sends_events
from parris_cli.deployment.stacks import find_stack, outputs_of, parameters_of
from parris_cli.doctor.finding import Finding, bad, good, note
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT
from parris_cli.reports.quote import summarize_quote
from parris_cli.starting.estimate_job import quote_of
from parris_cli.starting.job_files import find_job_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import boto3
    from mypy_boto3_s3 import S3Client

    from parris_cli.account.clients import Account

_PENDING = "PendingConfirmation"


def check_deployment(
    session: boto3.Session, account: Account, instance_type: str | None
) -> Iterator[Finding]:
    """Yield what is known of a deployment that can be used.

    Args:
        session: the user's session.
        account: the deployment.
        instance_type: what is quoted; None for that of the default job.
    """
    stack = find_stack(session, account.deployment.name)
    outputs = {} if stack is None else outputs_of(stack)
    parameters = {} if stack is None else parameters_of(stack)
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("version", lambda: _version(set(outputs))),
        ("bucket", lambda: _bucket(account)),
        ("events", lambda: check_events(account.s3, account.deployment.bucket)),
        ("leftovers", lambda: _alarms(account)),
        ("reaper", lambda: _reaper(parameters.get("ReaperRate", ""))),
        ("mail", lambda: _mail(account, outputs.get("NotifyTopicArn", ""))),
        ("job", lambda: _quote(account, instance_type)),
    )
    for name, check in checks:
        try:
            yield check()
        except AWS_ERRORS as err:
            # A starter of jobs may not look at everything.
            yield note(name, f"not checked: {describe_error(err)}", "")


def _version(outputs: set[str]) -> Finding:
    from embedded_aws.packaging.read_template import read_template

    template = read_template(PROJECT / "template.yaml")
    always = {name for name, one in template["Outputs"].items() if "Condition" not in one}
    missing = sorted(always - outputs)
    if missing:
        text = f"older than this command: it lacks {', '.join(missing)}"
        return note("version", text, "parris deploy updates it, also while jobs run")
    return good("version", "has everything that this command uses")


def _bucket(account: Account) -> Finding:
    account.s3.head_bucket(Bucket=account.deployment.bucket)
    return good("bucket", f"s3://{account.deployment.bucket}/")


def check_events(s3: S3Client, bucket: str) -> Finding:
    """Return whether the bucket sends the events that end jobs early; one of a user's need not."""
    if sends_events(s3, bucket):
        return good("events", "the bucket reports its objects to EventBridge")
    text = (
        "the bucket does not report its objects to EventBridge: jobs end later than they could,"
        " and sweeps stop no trial early"
    )
    return note("events", text, "parris deploy switches the events on")


def _alarms(account: Account) -> Finding:
    prefix = f"{account.deployment.name}-"
    found = account.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)
    names = [one["AlarmName"] for one in found["MetricAlarms"] if one["StateValue"] == "ALARM"]
    if names:
        text = f"in alarm: {', '.join(names)}; something may be billed"
        return bad("leftovers", text, "docs/notifications.md says what to do for each")
    return good("leftovers", "no alarm: nothing that could not be ended")


def _reaper(rate: str) -> Finding:
    if rate == "never":
        return note("reaper", "is switched off", "parris deploy --set 'ReaperRate=rate(1 hour)'")
    return good("reaper", f"looks for leftovers, {rate}" if rate else "looks for leftovers")


def _mail(account: Account, topic: str) -> Finding:
    set_one = "parris deploy --set NotifyEmail=you@example.com"
    if not topic:
        return note("mail", "the deployment has no topic", "parris deploy")
    pages = account.client("sns").get_paginator("list_subscriptions_by_topic")
    found = [one for page in pages.paginate(TopicArn=topic) for one in page["Subscriptions"]]
    pending = [one["Endpoint"] for one in found if one["SubscriptionArn"] == _PENDING]
    if pending:
        text = f"{', '.join(pending)} has not confirmed the subscription"
        return note("mail", text, "open the link in the mail from AWS Notifications")
    if not found:
        return note("mail", "nobody is told of failures and of what is kept", set_one)
    return good("mail", f"{', '.join(one['Endpoint'] for one in found)}")


def _quote(account: Account, instance_type: str | None) -> Finding:
    """Return what the deployment itself says of a small job: prices, quotas, image and network."""
    overrides = {} if instance_type is None else {"instance-type": instance_type}
    try:
        quote = quote_of(account, find_job_files(None, dict(overrides)))
    except RefusedError as err:
        what = instance_type or "the default job"
        return bad("job", f"{what} is refused: {err}", "follow what each line says")
    warnings = texts_in(quote, "warnings")
    text = "; ".join([summarize_quote(quote)[0], *warnings])
    return good("job", text)
